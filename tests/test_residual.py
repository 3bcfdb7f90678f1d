"""A plain and a residual net learn side by side: their counts, their start, their gradients, their steps."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from cvdemo.errors import SettingError
from cvdemo.photo_sets import ready
from cvdemo.residual import Design, Net, charts, race, split, words
from cvdemo.residual.data import small
from cvdemo.residual.nets import Block
from cvdemo.residual.paths import lengths, paths
from cvdemo.residual.records import Lane, Moment, Photos, Race
from cvdemo.residual.side_by_side import batches


@pytest.fixture(scope="module", name="photos")
def two_kinds() -> Photos:
    """Bright left or bright right: a net learns that in a few steps."""
    random = np.random.default_rng(0)
    labels = np.arange(96) % 2
    pictures = random.normal(0, 0.3, (96, 3, 8, 8)).astype(np.float32)
    for picture, label in zip(pictures, labels, strict=True):
        picture[:, :, 4 * label : 4 * label + 4] += 1
    return Photos(pictures, labels, np.arange(96) >= 72, 2)


@pytest.mark.parametrize(("depth", "norm"), [(4, True), (20, False), (56, True)])
def test_a_net_has_as_many_layers_as_it_says(depth: int, norm: bool) -> None:
    net = Net(Design(depth, norm=norm), 10, 0)
    layers = [module for module in net.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    assert len(layers) == depth
    assert bool([module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]) is norm


def test_nothing_but_the_skip_differs() -> None:
    plain, residual = (Net(Design(20, skip), 10, 3) for skip in (False, True))
    pairs = itertools.zip_longest(plain.state_dict().items(), residual.state_dict().items())
    assert all(one[0] == other[0] and torch.equal(one[1], other[1]) for one, other in pairs)
    x = torch.randn(2, 3, 8, 8)
    assert not torch.equal(plain(x), residual(x))


@pytest.mark.parametrize("bad", [{"depth": 111}, {"depth": 2}, {"depth": 21}, {"start": "x"},
                                 {"skip": False, "start": "zero"}, {"depth": math.nan}])  # fmt: skip
def test_a_design_that_cannot_be_is_a_sentence(bad: dict[str, object]) -> None:
    with pytest.raises(SettingError, match=r"\.$"):
        Design(**bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("norm", [True, False])
def test_with_zero_at_the_end_each_block_begins_as_the_identity(norm: bool) -> None:
    for start in ("zero", "fixup"):
        net = Net(Design(20, norm=norm, start=start), 10, 0).eval()  # type: ignore[arg-type]
        first, *others, _ = net.ends(torch.randn(2, 3, 8, 8))
        assert all(torch.allclose(first, one) for one in others), start


@pytest.mark.parametrize("skip", [True, False])
def test_the_parts_of_a_gradient_are_those_of_autograd_and_add_up(skip: bool) -> None:
    net = Net(Design(12, skip), 4, 1).eval()
    pixels, labels = torch.randn(6, 3, 8, 8), torch.arange(6) % 4
    found = split(net, pixels, labels)
    x = torch.relu(net.stem(pixels)).detach().requires_grad_()
    for number in range(len(found)):
        cross_entropy(_rest(net, x, number), labels).backward()
        assert x.grad is not None
        assert found[number].norm == pytest.approx(float(x.grad.norm()), rel=1e-5)
        assert found[number].skip + found[number].branch == pytest.approx(found[number].norm, rel=1e-5)
        x = net.blocks[number](x).detach().requires_grad_()
    assert all((one.skip_norm == one.skip == 0) is not skip for one in found)


def _rest(net: Net, x: torch.Tensor, number: int) -> torch.Tensor:
    for block in list(net.blocks)[number:]:
        assert isinstance(block, Block)
        x = block(x)
    out: torch.Tensor = net.head(x.mean((2, 3)))
    return out


def test_a_race_is_the_plain_loop_of_pytorch(photos: Photos) -> None:
    """The same net, batches and SGD, written down once more."""
    found = race(photos, [Design(8)], [5], steps=6).lanes[0]
    net = Net(Design(8), 2, 5).train()
    optimizer = torch.optim.SGD(net.parameters(), 0.05, 0.9, weight_decay=1e-4)
    drawn = batches(np.flatnonzero(~photos.out), 5)
    for moment in found.moments:
        places = next(drawn)
        optimizer.zero_grad()
        loss = cross_entropy(net(torch.from_numpy(photos.pictures[places])), torch.from_numpy(photos.labels[places]))
        loss.backward()
        norms = [float(one.weight.grad.norm()) for one in net.modules() if isinstance(one, nn.Conv2d)]
        assert moment.loss == pytest.approx(float(loss.detach()), rel=1e-5)
        assert moment.gradients == pytest.approx(norms, rel=1e-4)
        optimizer.step()


def test_two_races_of_one_seed_are_equal_and_all_nets_take_turns(photos: Photos) -> None:
    seen: list[Race] = []
    designs = [Design(8, False), Design(8)]
    found = race(photos, designs, [0, 1], 8, seen.append)
    assert race(photos, designs, [0, 1], 8) == found
    assert [[len(lane.moments) for lane in one.lanes] for one in seen] == [[step] * 4 for step in range(1, 9)]
    assert all(one.errors[-1].step == 8 for one in found.lanes)


def test_what_is_learned_is_learned(photos: Photos) -> None:
    (lane,) = race(photos, [Design(8)], [0], 30).lanes
    assert lane.errors[-1].training == 0 and lane.errors[-1].held_out <= 0.1
    assert lane.moments[-1].loss < 0.1 * lane.moments[0].loss


def test_a_net_that_leaves_the_numbers_ends_and_the_others_go_on(photos: Photos) -> None:
    wild = Photos(photos.pictures * np.float32(1e30), photos.labels, photos.out, 2)
    found = race(wild, [Design(8, norm=False), Design(8)], [0], 4)
    assert found.lanes[0].diverged == 1 and not found.lanes[0].moments
    assert "left the range of numbers" in words.answer(Race((found.lanes[0],), 4, 4))


def test_batches_hold_every_photo_once_a_round() -> None:
    drawn = batches(np.arange(200), 3)
    assert sorted(np.concatenate([next(drawn) for _ in range(3)]).tolist()) != list(range(192))
    few = batches(np.arange(10), 3)
    assert sorted(next(few).tolist()) == list(range(10)) == sorted(next(few).tolist())


def test_the_digits_are_small_and_even() -> None:
    digits = small(ready("digits"))
    assert digits.pictures.shape == (400, 3, 16, 16) and digits.out.sum() == 100
    assert digits.pictures.mean() == pytest.approx(0, abs=1e-4) and digits.pictures.std() == pytest.approx(1, abs=1e-3)


def _lane(skip: bool, *losses: float, first: float = 1.0) -> Lane:
    moments = tuple(Moment(step, loss, (first, 1.0), (1.0,)) for step, loss in enumerate(losses, 1))
    return Lane(Design(20, skip), 0, moments)


@pytest.mark.parametrize(
    ("residual", "plain", "said"),
    [
        ([0.2, 0.3], [1.0, 1.2], "0.20 to 0.30 with skips, 1.00 to 1.20 without: every start with skips is below"),
        ([1.5, 1.3], [1.0, 1.2], "every start without skips is below every one with."),
        ([0.2, 1.1], [1.0, 1.2], "too close to call."),
        ([0.2], [1.0], "0.20 with skips, 1.00 without: one start each, so no verdict."),
    ],
)
def test_the_answer_follows_the_losses(residual: list[float], plain: list[float], said: str) -> None:
    lanes = [_lane(True, one) for one in residual] + [_lane(False, one) for one in plain]
    assert said in words.answer(Race(tuple(lanes), 1, 1))


@pytest.mark.parametrize(
    ("depth", "first", "plain", "said"),
    [
        (
            56,
            2.3,
            2.0,
            "Same 56 layers, same photos, 12 steps: with skips the loss fell to 0.30, without only to 2.00.",
        ),
        (8, 2.3, 1.0, "At 8 layers both learn: 0.30 with skips, 1.00 without. Try 56."),
        (8, 2.3, 2.0, "Same 8 layers, same photos, 12 steps: with skips the loss fell to 0.30, without only to 2.00."),
        (56, 2.3, 2.4, "every start with skips is below every one without."),  # the plain one's has risen
    ],
)
def test_what_fell_is_said_to_have_fallen(depth: int, first: float, plain: float, said: str) -> None:
    lanes = []
    for skip, last in ((True, 0.3), (False, plain)):
        losses = [first, first, *([last] * 10)]
        moments = tuple(Moment(step, loss, (1.0,), (1.0,)) for step, loss in enumerate(losses, 1))
        lanes += [Lane(Design(depth, skip), seed, moments) for seed in (0, 1)]
    assert words.answer(Race(tuple(lanes), 12, 12)).endswith(said)


@pytest.mark.parametrize(("first", "said"), [(0.002, "it vanishes"), (420.0, "420 times the last layer's: it explodes"),
                                             (0.5, "0.5 times the last layer's.")])  # fmt: skip
def test_a_gradient_is_told_as_measured(first: float, said: str) -> None:
    assert said in words.first_gradient([_lane(False, 1.0, first=first)])


def test_the_charts_draw_what_was_measured(photos: Photos) -> None:
    found = race(photos, [Design(8, False), Design(8)], [0], 9)
    drawn = charts.figure(found).data
    assert [len(one.x) for one in drawn] == [5, 5] and drawn[0].x[0] == 5
    assert drawn[1].y[0] == pytest.approx(np.mean([one.loss for one in found.lanes[1].moments[:5]]), rel=1e-3)
    strip = charts.gradients(found.lanes[1:]).figure().data[0]
    assert np.array(strip.z).shape == (7, 9)
    assert 10 ** strip.z[0][0] == pytest.approx(found.lanes[1].moments[0].gradients[0], rel=1e-2)


@pytest.mark.parametrize("norm", [True, False])
def test_the_64_paths_of_six_blocks_add_up_to_the_net(norm: bool) -> None:
    net = Net(Design(14, norm=norm), 5, 2).double()
    for name, tensor in [*net.named_parameters(), *net.named_buffers()]:
        if tensor.dim() == 1:
            tensor.data += 0.1 + 0.1 * torch.rand(tensor.shape, generator=torch.Generator().manual_seed(len(name)))
    pixels = torch.randn(2, 3, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = paths(net, pixels)
    assert len(found) == 2**6
    whole = net.eval()(pixels)
    assert torch.allclose(torch.stack(list(found.values())).sum(0), whole, rtol=1e-9, atol=1e-9)
    assert all(float(one.abs().max()) > 0 for one in found.values())
    rest = torch.stack([one for way, one in found.items() if any(way)]).sum(0)
    assert not torch.allclose(rest, whole, rtol=1e-3)


@pytest.mark.parametrize("blocks", [0, 1, 6, 54])
def test_path_lengths_are_binomial(blocks: int) -> None:
    assert lengths(blocks) == tuple(math.comb(blocks, through) for through in range(blocks + 1))
    if blocks <= 6:
        ways = list(paths(Net(Design(2 * blocks + 2), 3, 0), torch.randn(1, 3, 8, 8))) if blocks else [()]
        assert [[sum(way) for way in ways].count(through) for through in range(blocks + 1)] == list(lengths(blocks))

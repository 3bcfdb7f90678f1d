"""Channels, their ranks, what the answer owes to them, the table of layers, and PCA against other libraries."""

import numpy as np
import pytest
import torch

from cvdemo import models, starters
from cvdemo.errors import SettingError
from cvdemo.feature_maps import channels, words
from cvdemo.feature_maps.answer import Without, contributions, has_classes, probabilities, switch_off
from cvdemo.feature_maps.kernels import first_kernels
from cvdemo.feature_maps.layers import layer_costs, layer_rows
from cvdemo.inside import activations
from cvdemo.inside.projection import colours, foreground, project
from tests.tiny_models import hook_count

CAT = starters.get("cat").path
PAIR = ("mini_resnet", "mini_vit")
FAMILIES = ("lenet5", "alexnet", "resnet18", "mobilenetv3_large_100")


def test_figures_of_hand_made_channels() -> None:
    one = np.zeros((4, 2, 2), np.float32)
    one[1] = 1  # everywhere alike
    one[2, 0, 1] = 4  # in one place only
    one[3] = [[-1, 2], [0, 3]]
    found = channels.count(one)
    np.testing.assert_allclose(found.mean, [0, 1, 1, 1])
    np.testing.assert_allclose(found.highest, [0, 1, 4, 3])
    np.testing.assert_allclose(found.dead, [1, 0, 0.75, 0.5])
    np.testing.assert_allclose(found.sparsity[:3], [0, 0, 1], atol=1e-6)
    assert found.low < found.high
    assert channels.order(found, "max").tolist() == [2, 3, 1, 0]
    assert channels.order(found, "sparse").tolist()[0] == 2
    assert channels.order(found, "contribution", np.array([0, 3, 1, 2], np.float32)).tolist() == [1, 3, 2, 0]
    with pytest.raises(SettingError, match="ranked by"):
        channels.order(found, "colour")  # type: ignore[arg-type]


def test_a_histogram_counts_every_unit_also_of_a_flat_map() -> None:
    one = np.array([[0, 1], [2, 10]], np.float32)
    counts, low, high = channels.histogram(one)
    assert (counts.sum(), counts[0], counts[-1], low, high) == (4, 1, 1, 0, 10)
    assert channels.histogram(np.ones((3, 3), np.float32))[0].sum() == 9


def test_the_channel_that_stands_out_is_measured_against_itself() -> None:
    one = np.zeros((3, 4, 4), np.float32)
    one[0] = 1000 + np.arange(16).reshape(4, 4)  # large everywhere: its spread is what counts
    one[1, 2, 3] = 1
    best, score = channels.standing_out(one, (2, 3))
    assert best == 1 and score == pytest.approx((1 - 1 / 16) / np.sqrt(1 / 16 - 1 / 256), rel=1e-5)
    assert channels.standing_out(np.ones((2, 3, 3), np.float32), (0, 0)) == (0, 0.0)


@pytest.mark.parametrize("name", [*PAIR, *FAMILIES])
def test_contributions_are_activation_times_gradient(name: str) -> None:
    seen = activations.forward_pass(CAT, name, random=name not in PAIR)
    found = contributions(seen)
    assert [one.shape for one in found] == [(stop.channels,) for stop in seen.stops]
    assert all(np.isfinite(one).all() for one in found)
    runs = activations.network_runs()
    assert contributions(seen) is found and activations.network_runs() == runs


def test_of_a_linear_head_contributions_add_up_to_the_score() -> None:
    seen = activations.forward_pass(CAT, "mini_resnet")
    assert seen.logits is not None
    best = int(seen.logits.argmax())
    with models.borrow("mini_resnet") as ready:
        head = ready.network.get_classifier()
        bias, weight = float(head.bias[best]), head.weight[best].detach().numpy()
    last = contributions(seen)[-1]
    np.testing.assert_allclose(last, seen.maps[-1].mean((1, 2)) * weight, rtol=1e-3, atol=1e-4)
    assert last.sum() + bias == pytest.approx(float(seen.logits[best]), abs=1e-3)


@pytest.mark.parametrize("name", PAIR)
def test_a_channel_switched_off_is_a_real_run_without_it(name: str) -> None:
    seen = activations.forward_pass(CAT, name)
    assert seen.logits is not None
    best = int(seen.logits.argmax())
    number = len(seen.stops) - 3
    channel = int(contributions(seen)[number].argmax())
    with models.borrow(name) as ready:
        hung = hook_count(ready.network)
    found = switch_off(seen, number, channel)
    assert found.before == pytest.approx(torch.softmax(torch.from_numpy(seen.logits), 0)[best].item(), abs=1e-5)
    assert found.before != found.after
    with models.borrow(name) as ready:
        assert hook_count(ready.network) == hung
        np.testing.assert_allclose(ready.run(seen.picture.array)[0], seen.logits, atol=1e-5)
    with pytest.raises(SettingError, match="channels: choose one"):
        switch_off(seen, number, 100_000)


def test_of_the_last_layer_switching_off_takes_away_what_it_contributed() -> None:
    seen = activations.forward_pass(CAT, "mini_resnet")
    assert seen.logits is not None
    given = contributions(seen)[-1]
    channel = int(given.argmax())
    found = switch_off(seen, len(seen.stops) - 1, channel)
    with models.borrow("mini_resnet") as ready:
        weight = ready.network.get_classifier().weight[:, channel].detach().numpy()
    expected = probabilities(seen.logits - weight * seen.maps[-1][channel].mean())
    assert found.after == pytest.approx(expected[int(seen.logits.argmax())], abs=1e-4)


def test_without_classes_nothing_is_compared() -> None:
    seen = activations.forward_pass(CAT, "mini_vit")
    question = activations.PassRequest(seen.asked.digest, "dinov2_small", True)
    features = activations.ForwardPass(question, *list(vars(seen).values())[1:6],
                           logits=None, labels=(), network_ms=1.0)  # fmt: skip
    assert not has_classes(features)
    for ask in (lambda: contributions(features), lambda: switch_off(features, 0, 0)):
        with pytest.raises(SettingError, match="names no classes"):
            ask()


@pytest.mark.parametrize("name", [*PAIR, *FAMILIES])
def test_the_table_adds_up_to_the_whole_model(name: str) -> None:
    seen = activations.forward_pass(CAT, name, random=name not in PAIR)
    costs = layer_costs(seen)
    with models.borrow(name, random=seen.asked.random) as ready:
        assert sum(one.parameter_count for one in costs) == ready.parameter_count
        assert sum(one.multiply_adds for one in costs) == ready.multiply_adds
    assert all(one.parameter_count >= 0 and one.multiply_adds >= 0 for one in costs)
    rows = layer_rows(seen)
    assert (len(rows), rows[0]["stop"], rows[-2]["stop"], rows[-1]["label"]) == (len(costs) + 1, 0, None, "Together")


def test_resnet50_costs_what_its_paper_says() -> None:
    """25.557 M parameters; the stem's 7 x 7 convolution: 9,408 weights and 118 M multiply-adds at 224."""
    seen = activations.forward_pass(CAT, "resnet18", random=True)
    first = layer_costs(seen)[0]
    assert first.label == "stem, layer 1 of 2 (conv1)"
    assert (first.parameter_count - 2 * 64, first.multiply_adds) == (9408, 9408 * 112 * 112)


def test_first_kernels_are_the_weights_on_one_scale() -> None:
    seen = activations.forward_pass(CAT, "mini_resnet")
    found = first_kernels(seen)
    with models.borrow("mini_resnet") as ready:
        weights = next(row for row in ready.network.parameters() if row.ndim == 4).detach().numpy()
    np.testing.assert_array_equal(found.weights, weights)
    shown = found.picture(0)
    assert shown is not None and shown.shape == (*weights.shape[2:], 3)
    assert found.picture(10_000) is None
    assert first_kernels(activations.forward_pass(CAT, "lenet5")).picture(0) is None, "LeNet-5 sees grey"


@pytest.mark.parametrize(("channels_", "side"), [(5, 7), (40, 6), (300, 18), (400, 20)])
def test_components_are_those_of_the_singular_values(channels_: int, side: int) -> None:
    rng = np.random.default_rng(channels_)
    strengths = np.linspace(3, 0.1, channels_)[:, None]
    one = (rng.standard_normal((channels_, side * side)) * strengths).reshape(channels_, side, side).astype(np.float32)
    found = project(one)
    units = one.reshape(channels_, -1).T.astype(np.float64)
    left, values, _ = np.linalg.svd(units - units.mean(0), full_matrices=False)
    theirs = (left[:, :3] * values[:3]).T
    for ours, other in zip(found.scores.reshape(3, -1), theirs, strict=True):
        sign = np.sign(ours @ other)
        np.testing.assert_allclose(ours, sign * other, atol=2e-3 * np.abs(other).max())
    np.testing.assert_allclose(found.shares, values[:3] ** 2 / (values**2).sum(), rtol=1e-3)


def test_colours_and_foreground_of_a_bright_disc() -> None:
    rows, columns = np.mgrid[:20, :20]
    disc = (rows - 9.5) ** 2 + (columns - 9.5) ** 2 < 30
    rng = np.random.default_rng(0)
    one = rng.standard_normal((12, 20, 20)).astype(np.float32) * 0.1
    one[:6, disc] += 3
    projection = project(one)
    np.testing.assert_array_equal(foreground(projection), disc)
    shown = colours(projection)
    assert shown.shape == (20, 20, 3) and shown.dtype == np.uint8
    flat = project(np.ones((4, 3, 3), np.float32))
    assert flat.shares == (0, 0, 0) and (colours(flat) == 127).all() and foreground(flat).shape == (3, 3)


def test_sentences() -> None:
    seen = [activations.forward_pass(CAT, name) for name in PAIR]
    said = words.strongest(seen, [(4, 2.0), (9, 3.0)])
    assert said == "Strongest at this point: in the CNN channel 4 and in the ViT channel 9."
    assert words.strongest(seen[:1], [(4, 2.0)]) == "Strongest at this point: in Small ResNet channel 4."
    stays = words.without(Without(3, "cat", 0.9, 0.5, "cat", 0.5)).replace("\u00a0", " ")
    assert stays == "Without channel 3 cat has 50.0 % instead of 90.0 %; it stays the first answer."
    other = words.without(Without(3, "cat", 0.9, 0.2, "dog", 0.5)).replace("\u00a0", " ")
    assert other == "Without channel 3 cat has 20.0 % instead of 90.0 %, and dog comes first with 50.0 %."

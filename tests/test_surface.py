"""The loss around trained weights: its directions against their definition, its points against functional_call."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from cvdemo.errors import Stopped
from cvdemo.residual import Design, Net
from cvdemo.residual.surface import Surface, directions, losses_around

PICTURES, LABELS = torch.randn(12, 3, 6, 6, generator=torch.Generator().manual_seed(0)), torch.arange(12) % 4


def state(net: nn.Module) -> dict[str, torch.Tensor]:
    return {name: one.clone() for name, one in net.state_dict().items()}


def loss_at(net: nn.Module, weights: dict[str, torch.Tensor]) -> float:
    """Return the loss with other weights, with normalisation as in training; torch's own way to put them in."""
    kept = state(net)
    net.train()
    try:
        with torch.no_grad():
            return float(cross_entropy(functional_call(net, weights, (PICTURES,)), LABELS))
    finally:
        net.load_state_dict(kept)


@pytest.mark.parametrize("norm", [True, False])
def test_a_filters_direction_is_as_long_as_the_filter(norm: bool) -> None:
    net = Net(Design(8, norm=norm), 4, 0)
    for found in directions(net, 3):
        assert set(found) == {name for name, one in net.named_parameters() if "weight" in name and one.dim() in (2, 4)}
        for name, direction in found.items():
            weight = net.get_parameter(name)
            for drawn, own in zip(direction, weight, strict=True):  # each filter, and each row of the last layer
                assert math.dist(drawn.flatten().tolist(), [0.0] * drawn.numel()) == pytest.approx(
                    float(own.detach().pow(2).sum().sqrt()), rel=1e-5
                )


def test_a_filter_of_zeros_stays_where_it_is() -> None:
    net = Net(Design(8, norm=False, start="zero"), 4, 0)
    first, _ = directions(net, 0)
    assert not first["blocks.0.second.0.weight"].any() and first["blocks.0.first.0.weight"].any()


def test_the_two_directions_are_random_nearly_upright_and_follow_the_draw() -> None:
    net = Net(Design(20), 4, 0)
    first, second = (torch.cat([one.flatten() for one in found.values()]) for found in directions(net, 5))
    assert abs(float(torch.cosine_similarity(first, second, 0))) < 0.1
    again, other = (directions(net, draw)[0]["stem.0.weight"] for draw in (5, 6))
    assert torch.equal(again, directions(net, 5)[0]["stem.0.weight"]) and not torch.equal(again, other)


def test_a_direction_grows_with_its_weights() -> None:
    """What the normalisation is for: a net with all filters ten times larger is looked at ten times as widely."""
    net, larger = (Net(Design(8), 4, 0) for _ in range(2))
    with torch.no_grad():
        for one in larger.convolutions():
            one.weight.mul_(10)
    one, ten = (directions(each, 1)[0]["blocks.1.first.0.weight"] for each in (net, larger))
    assert torch.allclose(10 * one, ten)
    around = [losses_around(each, PICTURES, LABELS, 3, 1) for each in (net, larger)]
    assert np.allclose(*around, rtol=1e-2), "batch normalisation undoes the factor, so both surfaces are the same"


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("norm", [True, False])
def test_the_middle_is_the_nets_own_loss_and_each_point_what_torch_finds_there(skip: bool, norm: bool) -> None:
    net = Net(Design(8, skip, norm), 4, 2)
    losses = losses_around(net, PICTURES, LABELS, 5, 7)
    across, along = directions(net, 7)
    assert losses.shape == (5, 5) and losses[2, 2] == pytest.approx(loss_at(net, {}), rel=1e-5)
    for row, column in ((0, 0), (0, 3), (2, 4), (4, 1)):
        step = {name: (column - 2) / 2 * across[name] + (row - 2) / 2 * along[name] for name in across}
        moved = {name: net.get_parameter(name).detach() + one for name, one in step.items()}
        assert losses[row, column] == pytest.approx(loss_at(net, moved), rel=1e-4)


def _stop(done: int, _of: int) -> None:
    if done == 4:
        raise Stopped("Stopped.")


@pytest.mark.parametrize("told", [None, _stop])
def test_the_net_is_given_back_untouched(told: Callable[[int, int], None] | None) -> None:
    net = Net(Design(8), 4, 2).eval()
    before = state(net)
    try:
        losses_around(net, PICTURES, LABELS, 3, 0, told)
    except Stopped:
        assert told is not None
    assert all(torch.equal(one, before[name]) for name, one in net.state_dict().items())
    assert not net.training and all(one.requires_grad and one.grad is None for one in net.parameters())


def test_progress_is_told_after_each_point() -> None:
    seen: list[tuple[int, int]] = []
    losses_around(Net(Design(4), 4, 2), PICTURES, LABELS, 3, 0, lambda *step: seen.append(step))
    assert seen == [(done, 9) for done in range(1, 10)]


def test_what_is_no_number_is_infinite() -> None:
    net = Net(Design(8, norm=False), 4, 0)
    found = losses_around(net, PICTURES * 1e38, LABELS, 3, 0)
    assert not np.isnan(found).any() and np.isinf(found).any()


@pytest.mark.parametrize("shape", [(4, 4), (3, 5)])
def test_a_surface_has_a_middle(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="square with a middle"):
        Surface(Design(8), 0, 0, np.zeros(shape, np.float32))

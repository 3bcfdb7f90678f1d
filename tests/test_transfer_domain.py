"""How far photos lie from those that a network was trained on: against the definition, written down in numpy."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from cvdemo import catalogue, models, preprocess
from cvdemo.photo_sets import ready
from cvdemo.transfer import domain

DIGITS = ready("digits")


def _only_a_norm() -> nn.Module:
    """A network whose second layer normalises by what it remembers; weights and biases there play no part."""
    net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)).eval().requires_grad_(False)
    with torch.no_grad():
        net[1].running_mean.copy_(torch.tensor([0.5, -1.0, 2.0, 0.0]))
        net[1].running_var.copy_(torch.tensor([1.0, 4.0, 0.25, 9.0]))
        net[1].weight.fill_(3.0)
    return net


def test_the_shift_is_that_of_the_means_in_remembered_spreads() -> None:
    net, places = _only_a_norm(), np.array([0, 7, 90, 200])
    with models.borrow("mini_resnet") as other:
        rule = other.preprocessing
    fake: Any = SimpleNamespace(
        network=net,
        preprocessing=rule,
        spec=catalogue.get("mini_resnet"),
        run=lambda array: net(torch.from_numpy(array)),
    )
    told: list[int] = []
    found = domain._shift(fake, DIGITS, places, lambda: told.append(1))
    weight, bias = net[0].weight.detach().numpy()[:, :, 0, 0], net[0].bias.detach().numpy()
    arrays = [preprocess.prepare(DIGITS.photos[place].photo(), rule).array[0] for place in places]
    means = np.mean([np.einsum("oc,chw->ohw", weight, one).mean((1, 2)) + bias for one in arrays], axis=0)
    apart = (means - [0.5, -1, 2, 0]) / np.sqrt(np.array([1, 4, 0.25, 9]) + 1e-5)
    assert found == pytest.approx(np.sqrt((apart**2).mean()), rel=1e-4)
    assert len(told) == 4 and not net[1]._forward_pre_hooks


def test_hooks_are_gone_although_it_was_stopped() -> None:
    net = _only_a_norm()

    def stop() -> None:
        raise RuntimeError("stopped")

    with models.borrow("mini_resnet") as other, pytest.raises(RuntimeError):
        domain._shift(SimpleNamespace(network=net, preprocessing=other.preprocessing), DIGITS, np.array([1]), stop)  # type: ignore[arg-type]
    assert not net[1]._forward_pre_hooks


def test_held_out_photos_are_not_looked_at_and_a_vit_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    out = np.arange(len(DIGITS.photos)) % 4 == 0
    seen: list[np.ndarray] = []
    monkeypatch.setattr(domain, "_shift", lambda _ready, _photos, places, _told: seen.append(places) or 1.0)
    assert domain.distance(DIGITS, out, catalogue.get("mini_resnet"), lambda: None) == 1.0
    assert len(seen[0]) <= domain.MOST and not out[seen[0]].any()
    monkeypatch.undo()
    assert domain.distance(DIGITS, out, catalogue.get("mini_vit"), lambda: None) is None

"""The frozen start of a network runs once for a photo, and what is learned behind it is what plain PyTorch learns."""

from typing import Any

import numpy as np
import pytest
import timm
import torch
from torch import Tensor, nn

from cvdemo import compute
from cvdemo.transfer.training import network as layers
from cvdemo.transfer.training.frozen import FrozenStart

PHOTOS = 6


def entry() -> Tensor:
    return torch.randn(PHOTOS, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def tiny(architecture: str, **options: Any) -> nn.Module:
    torch.manual_seed(0)
    found: nn.Module = timm.create_model(architecture, num_classes=3, **options).eval()
    layers.open_layers(found, "stages")
    return found


def gradients(net: nn.Module, logits: Tensor) -> dict[str, Tensor]:
    net.zero_grad()
    nn.functional.cross_entropy(logits, torch.arange(len(logits)) % 3).backward()
    return {name: p.grad.clone() for name, p in net.named_parameters() if p.grad is not None}


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        ("test_resnet", {}),
        ("test_efficientnet", {}),
        ("test_convnext", {}),
        ("test_vit", {"img_size": 32}),
        ("mobilenetv3_small_050", {}),
        ("resnet18", {}),
    ],
)
def test_gradients_are_those_of_the_whole_network(architecture: str, options: dict[str, Any]) -> None:
    net, seen, places = tiny(architecture, **options), entry(), np.arange(PHOTOS)
    start = FrozenStart(net, seen[:1], PHOTOS)
    assert start, "there is one in each of these"
    runs: list[int] = []
    first = next(part for part in net.modules() if isinstance(part, nn.Conv2d))
    own = first._conv_forward

    def counted(given: Tensor, *rest: Any) -> Tensor:
        runs.append(len(given))
        return own(given, *rest)

    first._conv_forward = counted  # type: ignore[method-assign]
    for order in (places[:4], places, places[::-1].copy()):
        ours = gradients(net, start.logits(order, lambda new: seen[torch.from_numpy(new)]))
        known = len(runs)
        theirs = gradients(net, net(seen[torch.from_numpy(order)]))
        del runs[known:]
        assert ours.keys() == theirs.keys() and len(ours) >= 4
        for name, gradient in ours.items():
            assert torch.allclose(gradient, theirs[name], rtol=1e-3, atol=1e-5), name
    assert sum(runs) == PHOTOS, "each photo went through the start once"
    assert not any("forward" in vars(module) for module in net.modules()), "the network is given back as it was"


class _Around(nn.Module):
    """What an early layer gives is used behind those that learn, too."""

    def __init__(self, writes: bool = False) -> None:
        super().__init__()
        self.early, self.late, self.head = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1), nn.Linear(4, 3)
        self.middle, self.writes = nn.Conv2d(4, 4, 1), writes
        for part in (self.early, self.middle):
            part.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        early = self.early(x)
        if self.writes:
            early.relu_()
            return self.head(self.late(self.middle(early)).mean((2, 3)))  # type: ignore[no-any-return]
        return self.head((self.late(self.middle(early)) + early).mean((2, 3)))  # type: ignore[no-any-return]


@pytest.mark.parametrize("writes", [False, True], ids=["goes around", "writes into what it is given"])
def test_where_it_would_be_wrong_there_is_none(writes: bool) -> None:
    net = _Around(writes).eval()
    assert not FrozenStart(net, entry()[:1], PHOTOS)
    assert not any("forward" in vars(module) for module in net.modules())


def test_where_all_layers_learn_there_is_none() -> None:
    net = tiny("test_resnet")
    layers.open_layers(net, "all")
    assert not FrozenStart(net, entry()[:1], PHOTOS)


def test_what_finds_no_room_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "free_bytes", lambda: 1000)
    assert not FrozenStart(tiny("test_resnet"), entry()[:1], PHOTOS)


def test_the_network_is_given_back_also_where_photos_cannot_be_read() -> None:
    net = tiny("test_resnet")
    start = FrozenStart(net, entry()[:1], PHOTOS)

    def fails(_new: Any) -> Tensor:
        raise OSError("no photo")

    with pytest.raises(OSError, match="no photo"):
        start.logits(np.arange(2), fails)
    assert not any(module._forward_hooks or "forward" in vars(module) for module in net.modules())

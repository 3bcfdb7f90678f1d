"""Two independent methods, one answer: the layer graph and the support of the gradient, for every CNN we offer."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from cvdemo import catalogue
from cvdemo.loading import build, build_detector
from cvdemo.receptive_field.any_input_size import features
from cvdemo.receptive_field.layers import _skeleton
from cvdemo.receptive_field.theoretical import theoretical_fields
from cvdemo.receptive_field.trace import read_graph
from tests.gradient_support import make_positive, supports

WITH_ATTENTION = ("yolo26n",)  # its field is global from model.10 on
LARGER = (  # than a model of the same design that is tested always
    "resnet101", "resnet152", "efficientnet_b4", "yolov8m", "yolov8l", "yolov8x", "fasterrcnn_resnet50_fpn"
)  # fmt: skip
CNNS = [
    pytest.param(spec.name, marks=pytest.mark.soak if spec.name in LARGER else ())
    for spec in catalogue.MODELS
    if spec.family == "cnn" and spec.name not in WITH_ATTENTION
]
UNPADDED = ("alexnet", "googlenet", "inception_v3")  # their pools shrink maps, so a strip must be wider


def _agreements(plain: nn.Module, positive: nn.Module, long: int, wide: int) -> int:
    """Compare every stop of a network along both axes, on strips; return how many were compared."""
    compared = 0
    for axis, hw in enumerate([(long, wide), (wide, long)]):
        graph = read_graph(plain, hw)
        fields = theoretical_fields(graph)
        stops = {step.name: step for step in graph.steps if step.stop}
        measured = supports(positive, stops, hw)
        assert set(measured) == set(stops)
        for name, (unit, *intervals) in measured.items():
            field = fields[stops[name].node]
            axis_field = (field.rows, field.columns)[axis]
            assert axis_field is not None
            first, last = axis_field.interval(unit[axis])
            assert intervals[axis] == (max(first, 0), min(last, long - 1)), name
            compared += 1
    return compared


def _build(spec: catalogue.ModelSpec) -> nn.Module:
    return (build_detector if spec.task == "detect" else build)(spec, None).network


@pytest.mark.parametrize("model", CNNS)
def test_graph_and_gradient_agree_at_every_stop(model: str) -> None:
    spec, plain = catalogue.get(model), _skeleton(model)
    widest = max(field.size or 0 for field in theoretical_fields(read_graph(plain, (256, 256))))
    long = -(-(widest + 256) // 128) * 128  # the middle unit's field lies inside
    assert _agreements(plain, make_positive(_build(spec)), long, 96 if model in UNPADDED else 32) >= 10


class _Branches(nn.Module):
    """Skips, concatenation, dilation, a one-sided kernel and both pools in one small network."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 5, 2, 1)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.wide = nn.Conv2d(4, 4, 3, padding=4, dilation=4)
        self.tall = nn.Conv2d(4, 4, (5, 1), padding=(2, 0))
        self.join = nn.Conv2d(8, 4, 2, 2)
        self.last = nn.AvgPool2d(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(torch.relu(self.stem(x)))
        x = torch.cat([x + self.wide(x), self.tall(x)], 1)
        return self.last(self.join(x))


class _Skewed(nn.Module):
    """Branches of different reach and a padding on one side only."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, 1, 1)
        self.b = nn.Conv2d(3, 4, 7, 1, 3)
        self.c = nn.Conv2d(4, 4, 4, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.maximum(self.a(x), self.b(x)) * 2
        return self.c(nn.functional.pad(x, (0, 3, 3, 0)))


@pytest.mark.parametrize("make", [_Branches, _Skewed])
def test_small_networks_with_branches_agree(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(0)
    network = make()
    with torch.device("meta"):
        plain = make()
    assert _agreements(plain, make_positive(network), 224, 224) >= 6


def test_without_the_care_a_fresh_resnet_seems_to_see_eleven_pixels() -> None:
    """Why the care is needed: timm creates each residual branch with weight zero (facts.md)."""
    network = build(catalogue.get("resnet18"), None).network.eval()
    picture = torch.rand((1, 3, 224, 224), requires_grad=True)
    out = features(network)(picture)
    assert isinstance(out, Tensor)
    out[0, :, 3, 3].sum().backward()
    assert picture.grad is not None
    rows = picture.grad[0].ne(0).any(0).any(1).nonzero().flatten()
    assert rows[-1] - rows[0] + 1 <= 11

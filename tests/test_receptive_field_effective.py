"""The effective field: the analytic binomial, finite differences, brute-force squares, and a network left as found."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from timm.models.swin_transformer import SwinTransformer
from torch import Tensor, nn

from cvdemo import catalogue
from cvdemo.loading import build
from cvdemo.receptive_field.axis import Even
from cvdemo.receptive_field.effective import Target, influence
from cvdemo.receptive_field.layers import layer_table
from cvdemo.receptive_field.mass import logged, sides_for
from cvdemo.receptive_field.table import Layer
from cvdemo.receptive_field.theoretical import Field, theoretical_fields
from cvdemo.receptive_field.trace import read_graph
from cvdemo.receptive_field.translations import COPIES, shift_of, shifted
from cvdemo.receptive_field.units import centre_of, unit_at

FLAT = (1.0, 1.0, 1.0)


def _layer(name: str, hw: tuple[int, int], **more: Any) -> Layer:
    field = Field(Even(), Even())
    return Layer(name, name, "convolution", hw, field, field, more.get("layout", "nchw"), more.get("prefix", 0), True)


def _binomial_stack(depth: int) -> nn.Sequential:
    """3 x 3 convolutions with the kernel (1, 2, 1) x (1, 2, 1), no padding effects in the middle, no activation."""
    taps = torch.tensor([1.0, 2.0, 1.0])
    layers = []
    for number in range(depth):
        conv = nn.Conv2d(1 if number else 3, 1, 3, padding=1, bias=False)
        conv.weight.data = torch.outer(taps, taps).expand_as(conv.weight).clone() / (3 if not number else 1)
        layers.append(conv)
    return nn.Sequential(*layers).requires_grad_(False).eval()


@pytest.mark.parametrize("depth", [1, 3, 8])
def test_a_linear_stack_gives_the_binomial(depth: int) -> None:
    size, middle = 41, 20
    target = Target(_layer(str(depth - 1), (size, size)), (middle, middle))
    got = influence(_binomial_stack(depth), np.random.default_rng(0).random((1, 3, size, size), np.float32), FLAT,
                    [target])[0]  # fmt: skip
    row = np.zeros(size)
    row[middle - depth : middle + depth + 1] = [math.comb(2 * depth, k) for k in range(2 * depth + 1)]
    np.testing.assert_allclose(got, np.outer(row, row), rtol=1e-5, atol=1e-6)


class _Curved(nn.Module):
    """A small network that is not linear."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 5, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(torch.tanh(self.first(x)))


def test_influence_is_the_derivative_by_finite_differences() -> None:
    torch.manual_seed(3)
    network = _Curved().eval().double().requires_grad_(False)
    picture = np.random.default_rng(1).normal(size=(1, 3, 8, 8))
    target = Target(_layer("second", (4, 4)), (1, 2))
    got = influence(network, picture, (0.5, 0.25, 2.0), [target])[0]
    expected = np.zeros((8, 8))
    for channel, std in enumerate((0.5, 0.25, 2.0)):
        for row in range(8):
            for column in range(8):
                moved = [picture.copy(), picture.copy()]
                moved[0][0, channel, row, column] += 1e-4
                moved[1][0, channel, row, column] -= 1e-4
                high, low = (network(torch.from_numpy(one))[0, :, 1, 2].sum().item() for one in moved)
                expected[row, column] += abs((high - low) / 2e-4) / std
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)


def _state(network: nn.Module) -> list[Any]:
    tensors = [*network.parameters(), *network.buffers()]
    hooks = [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in network.modules()]
    names = ("dynamic_img_size", "strict_img_size", "flatten", "output_fmt", "dynamic_mask")
    attributes = [getattr(part, name, None) for part in network.modules() for name in names]
    return [[tensor.clone() for tensor in tensors], [tensor.grad for tensor in network.parameters()],
            [tensor.requires_grad for tensor in tensors], [module.training for module in network.modules()], hooks,
            attributes]  # fmt: skip


def _same(before: list[Any], after: list[Any]) -> bool:
    values = all(torch.equal(old, new) for old, new in zip(before[0], after[0], strict=True))
    return values and before[1:] == after[1:]


@pytest.mark.parametrize(("model", "side"), [("mini_resnet", 96), ("resnet18", 96), ("convnext_tiny", 64)])
@pytest.mark.parametrize("fails", [False, True])
def test_a_network_is_given_back_as_found(
    model: str, side: int, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    network = build(catalogue.get(model), None).network.eval().requires_grad_(False)
    before = _state(network)
    layer = layer_table(model, side).stops[-1]
    picture = np.zeros((1, 3, side, side), np.float32)
    if fails:
        monkeypatch.setattr(torch.autograd, "grad", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            influence(network, picture, FLAT, [Target(layer, (0, 0))], wake=True)
    else:
        influence(network, picture, FLAT, [Target(layer, (0, 0))], wake=True)
    assert _same(before, _state(network))


def test_a_transformer_takes_another_size_and_is_given_back() -> None:
    network = build(catalogue.get("deit_small_patch16_224"), None).network.eval().requires_grad_(False)
    before = _state(network)
    layer = layer_table("deit_small_patch16_224", 96).stops[2]
    unit = unit_at(layer, (40.0, 70.0), 96)
    assert unit == (2, 4)
    got = influence(network, np.random.default_rng(0).random((1, 3, 96, 96), np.float32), FLAT, [Target(layer, unit)])
    assert _same(before, _state(network))
    assert (got[0] > 0).mean() > 0.99  # every patch reaches every unit
    own = got[0][32:48, 64:80].sum()
    assert own == max(got[0][r : r + 16, c : c + 16].sum() for r in range(0, 96, 16) for c in range(0, 96, 16))


def test_waking_opens_the_branches_of_a_fresh_resnet() -> None:
    network = build(catalogue.get("resnet18"), None).network.eval().requires_grad_(False)
    layer = layer_table("resnet18", 224).stops[-1]
    picture = np.random.default_rng(0).random((1, 3, 224, 224), np.float32)
    asleep, awake = (
        influence(network, picture, FLAT, [Target(layer, (3, 3))], wake=wake)[0] for wake in (False, True)
    )  # fmt: skip
    centre = centre_of(layer, (3, 3), 224)
    assert sides_for(asleep, centre)[2] <= 11
    assert sides_for(awake, centre)[2] > 40


def test_swin_fields_hold_all_of_the_gradient() -> None:
    """The window table against the gradient of a real shifted-window network."""
    torch.manual_seed(0)
    shape: dict[str, Any] = {"img_size": 64, "patch_size": 4, "window_size": 4, "embed_dim": 8, "depths": (2, 2),
                             "num_heads": (1, 1), "num_classes": 3}  # fmt: skip
    network = SwinTransformer(**shape).eval().requires_grad_(False)
    with torch.device("meta"):
        graph = read_graph(SwinTransformer(**shape), (64, 64))
    fields = theoretical_fields(graph)
    picture = np.random.default_rng(0).random((1, 3, 64, 64), np.float32)
    for step in (step for step in graph.steps if step.stop and step.layout == "nhwc"):
        hw = graph.nodes[step.node].output_hw
        assert hw is not None
        field = fields[step.node]
        for unit in [(0, 0), (1, 6), (hw[0] // 2, hw[1] // 2 - 1), (hw[0] - 1, hw[1] - 2)]:
            got = influence(network, picture, FLAT, [Target(_layer(step.name, hw, layout="nhwc"), unit)])[0]
            seen = got > got.max() * 1e-20  # masked attention lets exp(-100) through
            for axis, axis_field in ((1, field.rows), (0, field.columns)):
                touched = seen.any(axis).nonzero()[0]
                first, last = axis_field.interval(unit[1 - axis]) if axis_field else (0, 63)
                assert (touched[0], touched[-1]) == (first, last), (step.name, unit)


def _brute_side(values: np.ndarray, centre: tuple[float, float], share: float) -> int:
    for side in range(1, 4 * max(values.shape)):
        rows, columns = (
            np.abs(np.arange(count) - middle) <= (side - 1) / 2 + 1e-9
            for count, middle in zip(values.shape, centre, strict=True)
        )
        if values[np.ix_(rows, columns)].sum() >= share * values.sum() * (1 - 1e-12):
            return side
    raise AssertionError


@pytest.mark.parametrize("centre", [(7.0, 5.0), (7.5, 7.5), (0.0, 15.0), (3.5, 10.5)])
def test_sides_agree_with_brute_force(centre: tuple[float, float]) -> None:
    values = np.random.default_rng(2).random((16, 16)) ** 4
    got = sides_for(values, centre)
    assert got == tuple(_brute_side(values, centre, share) for share in (0.2, 0.5, 0.95))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.zeros((9, 9)), (0, 0, 0)),  # nothing at all
        (np.eye(1, 81, 40).reshape(9, 9), (1, 1, 1)),  # all in the middle
        (np.ones((9, 9)), (5, 7, 9)),  # evenly: 25, 49 and 81 of 81 pixels
    ],
)
def test_sides_of_plain_maps(values: np.ndarray, expected: tuple[int, ...]) -> None:
    assert sides_for(values, (4.0, 4.0)) == expected


def test_the_logarithm_exaggerates_the_rim() -> None:
    rows, columns = np.mgrid[-20:21, -20:21]
    values = np.exp(-(rows**2 + columns**2) / 18)
    shown = logged(values)
    assert shown.max() == pytest.approx(1.0)
    assert shown.min() >= 0
    assert all(log > raw for log, raw in zip(sides_for(shown, (20, 20)), sides_for(values, (20, 20)), strict=True))
    assert not logged(np.zeros((3, 3))).any()


def test_copies_are_shifted_evenly_and_the_first_is_the_photo() -> None:
    shifts = [shift_of(copy, 224) for copy in range(COPIES)]
    assert shifts[0] == (0, 0)
    assert len(set(shifts)) == COPIES
    assert np.abs(shifts).max() <= 16
    assert np.abs(np.mean(shifts, 0)).max() < 2


def test_a_shifted_copy_holds_the_same_pixels_elsewhere() -> None:
    picture = np.random.default_rng(0).random((1, 3, 64, 64), np.float32)
    for copy in range(1, 6):
        down, right = shift_of(copy, 64)
        moved = shifted(picture, copy)
        rows, columns = np.arange(8, 56), np.arange(8, 56)
        np.testing.assert_array_equal(
            moved[0, :, rows[:, None], columns], picture[0, :, rows[:, None] - down, columns - right]
        )


@pytest.mark.parametrize("pick", [lambda n: 0, lambda n: n - 1, lambda n: n // 2])
def test_points_and_units_answer_each_other(pick: Callable[[int], int]) -> None:
    for model in ("resnet18", "mini_vit", "swin_base_patch4_window7_224", "alexnet"):
        for layer in layer_table(model, 224).stops:
            unit = (pick(layer.output_hw[0]), pick(layer.output_hw[1]))
            assert unit_at(layer, centre_of(layer, unit, 224), 224) == unit

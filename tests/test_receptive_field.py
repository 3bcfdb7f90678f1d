"""The theoretical field from the layer graph: published numbers, our own closed formula, and brute force."""

import random

import pytest
import torch
from torch.nn.functional import interpolate

from cvdemo.errors import SettingError
from cvdemo.receptive_field.axis import Axis, Each, Even, Periodic, enlarge, swin_windows, union, window
from cvdemo.receptive_field.axis import interpolate as between
from cvdemo.receptive_field.graph import LayerGraph, Node, Window
from cvdemo.receptive_field.layers import layer_table
from cvdemo.receptive_field.table import LayerTable
from cvdemo.receptive_field.theoretical import theoretical_fields

ALEXNET = (11, 19, 51, 67, 99, 131, 163, 195)  # RECEPTIVE_FIELD_TABLE.md of google-research/receptive_field


def _sizes(table: LayerTable) -> dict[str, int | None]:
    return {layer.name: layer.field.size for layer in table.layers}


@pytest.mark.parametrize(
    ("model", "expected"),
    [  # facts.md: conv1, max-pool, the four stages
        ("resnet18", (7, 11, 43, 99, 211, 435)),
        ("resnet50", (7, 11, 35, 91, 267, 427)),
        ("resnext50_32x4d", (7, 11, 35, 91, 267, 427)),
    ],
)
def test_stages_of_resnets_see_what_is_published(model: str, expected: tuple[int, ...]) -> None:
    sizes = _sizes(layer_table(model, 224))
    names = ("conv1", "maxpool", "layer1", "layer2", "layer3", "layer4")
    assert tuple(sizes[name] for name in names) == expected


@pytest.mark.parametrize(
    ("model", "last", "expected"),
    [("resnet34", "layer4", 899), ("resnet101", "layer4", 971), ("vgg16", "features.30", 212),
     ("vgg16", "features.28", 196)],
)  # fmt: skip
def test_last_layers_see_what_is_published(model: str, last: str, expected: int) -> None:
    assert _sizes(layer_table(model, 224))[last] == expected


def test_alexnet_sees_what_google_published() -> None:
    table = layer_table("alexnet", 224)
    assert tuple(layer.field.size for layer in table.stops) == ALEXNET


def _plain_path(layers: list[tuple[int, int]]) -> int:
    """Our own formula: r = 1 + sum of (k - 1) * product of the strides before (He et al. 2016, table 1)."""
    size, jump = 1, 1
    for kernel, stride in layers:
        size, jump = size + (kernel - 1) * jump, jump * stride
    return size


@pytest.mark.parametrize(("model", "blocks"), [("resnet50", (3, 4, 6, 3)), ("resnet152", (3, 8, 36, 3))])
def test_bottleneck_networks_follow_the_closed_formula(model: str, blocks: tuple[int, ...]) -> None:
    path = [(7, 2), (3, 2)]
    for stage, count in enumerate(blocks):
        path += [(3, 2 if stage and not block else 1) for block in range(count)]  # 1 x 1 convolutions add nothing
    table = layer_table(model, 224)
    assert table.stops[-1].field.size == _plain_path(path)
    assert table.stops[-1].field.stride == 32


def test_the_shortest_path_of_a_resnet_runs_through_its_skips() -> None:
    last = layer_table("resnet50", 224).stops[-1]
    assert last.shortest.size == _plain_path([(7, 2), (3, 2)])  # strided 1 x 1 skips widen nothing
    assert last.shortest.stride == 32


def test_the_table_tells_stride_start_and_padding() -> None:
    layers = {layer.name: layer.field for layer in layer_table("vgg16", 224).layers}
    assert (layers["features.4"].stride, layers["features.4"].start, layers["features.4"].padding) == (2, 0.5, 2)
    conv1 = layer_table("resnet50", 224).layer("conv1").field
    assert (conv1.stride, conv1.start, conv1.padding) == (2, 0.0, 3)
    alex = layer_table("alexnet", 224).layer("features.0").field
    assert (alex.stride, alex.start, alex.padding) == (4, 3.0, 2)  # pixels -2..8


@pytest.mark.parametrize(
    ("model", "patch", "blocks"),
    [("vit_base_patch16_224", 16, 12), ("dinov2_small", 14, 12), ("mini_vit", 8, 7), ("mae_base", 16, 12),
     ("dinov2_small_linear", 14, 12), ("siglip_base_patch16_224", 16, 12)],
)  # fmt: skip
def test_transformers_see_a_patch_and_then_everything(model: str, patch: int, blocks: int) -> None:
    stops = layer_table(model, 224).stops
    assert [layer.field.size for layer in stops] == [patch] + [None] * blocks
    assert {layer.shortest.size for layer in stops} == {patch}
    assert stops[0].output_hw == (224 // patch, 224 // patch)
    assert [layer.label for layer in stops[1:]] == [f"block {number}" for number in range(1, blocks + 1)]


def test_swin_grows_by_window_and_shift() -> None:
    sizes = _sizes(layer_table("swin_base_patch4_window7_224", 224))
    assert sizes["patch_embed.proj"] == 4
    assert sizes["layers.0.blocks.0"] == 7 * 4  # one window
    assert sizes["layers.0.blocks.1"] == 14 * 4  # a shifted window lies over two of the first block's
    assert sizes["layers.1.blocks.0"] == 4 * 28  # a window of 14 x 14 merged patches of those
    assert sizes["layers.3.blocks.0"] is None


def test_gates_are_flagged_and_left_out() -> None:
    stops = {layer.name: layer.field for layer in layer_table("efficientnet_b0", 224).stops}
    assert not stops["conv_stem"].global_gate
    assert stops["blocks.0.0"].global_gate
    assert stops["conv_head"].size == 851  # as without gates: Tan and Le 2019, table 1, by the closed formula below
    path = [(3, 2), (3, 1), (3, 2), (3, 1), (5, 2), (5, 1), (3, 2), (3, 1), (3, 1), (5, 1), (5, 1), (5, 1), (5, 2),
            (5, 1), (5, 1), (5, 1), (3, 1)]  # fmt: skip
    assert _plain_path(path) == 851
    assert not any(layer.field.global_gate for layer in layer_table("efficientnet_lite0", 224).layers)


def test_mobilevit_sees_everything_from_its_first_attention_on() -> None:
    stops = layer_table("mobilevit_s", 224).stops
    sizes = [layer.field.size for layer in stops]
    first = [layer.name for layer in stops].index("stages.2.1")
    assert None not in sizes[:first]
    assert set(sizes[first:]) == {None}


@pytest.mark.parametrize(
    ("model", "side", "words"),
    [("inception_v3", 64, "larger input size"), ("resnet50", 16, "from 32 to 1024"), ("haar_faces", 224, "no network"),
     ("resnet51", 224, "no model called")],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(model: str, side: int, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        layer_table(model, side)


def test_an_unknown_layer_names_known_ones() -> None:
    with pytest.raises(SettingError, match=r"layer4\.1"):
        layer_table("resnet18", 224).layer("layer9")


def _touched(inputs: list[set[int]], kernel: int, stride: int, padding: int, dilation: int, count: int) -> list[set]:
    """Brute force: the pixels behind each unit, step by step; beyond the ends units continue as they began."""
    jump = min(inputs[1]) - min(inputs[0])
    rows = []
    for unit in range(count):
        seen: set[int] = set()
        for step in range(kernel):
            place = unit * stride - padding + step * dilation
            seen |= {pixel + place * jump for pixel in inputs[0]}
        rows.append(seen)
    return rows


def test_random_chains_agree_with_brute_force() -> None:
    dice = random.Random(5)
    for _ in range(60):
        axis: Axis = Even()
        sets = [{0}, {1}, {2}]
        for _ in range(dice.randint(1, 6)):
            step = (dice.randint(1, 5), dice.randint(1, 3), dice.randint(0, 3), dice.randint(1, 3))
            axis, sets = window(axis, *step, 3), _touched(sets, *step, 3)
        for unit in range(3):
            assert axis.interval(unit) == (min(sets[unit]), max(sets[unit]))


def test_swin_windows_agree_with_brute_force() -> None:
    for count, size, shift in [(8, 4, 0), (8, 4, 2), (14, 7, 3), (10, 4, 2), (7, 7, 0)]:
        padded = -(-count // size) * size
        rolled = [(place + shift) % count for place in range(count)]
        region = [0 if not shift or p < padded - size else 1 if p < padded - shift else 2 for p in range(count)]
        got = swin_windows(Even(), size, shift, count, count)
        for place, unit in enumerate(rolled):
            mates = [
                rolled[other] for other in range(count)
                if other // size == place // size and region[other] == region[place]
            ]  # fmt: skip
            assert got.intervals[unit] == (min(mates), max(mates))


def test_branches_take_the_union_or_the_smallest() -> None:
    nodes = (
        Node("input", (), (9, 9)),
        Node("window", (0,), (9, 9), Window((3, 3), padding=(1, 1))),
        Node("window", (1,), (9, 9), Window((1, 5), padding=(0, 0))),  # looks to the right only
        Node("merge", (0, 2), (9, 9)),
    )
    graph = LayerGraph(nodes, (), (9, 9))
    longest, shortest = theoretical_fields(graph)[-1], theoretical_fields(graph, shortest=True)[-1]
    assert (longest.columns, longest.rows) == (Even(7, 1, -1), Even(3, 1, -1))
    assert (shortest.columns, shortest.rows) == (Even(1, 1, 0), Even(1, 1, 0))
    assert longest.size == 7


def test_maps_of_different_strides_cannot_meet() -> None:
    with pytest.raises(ValueError, match="different strides"):
        union([Even(3, 1, 0), Even(3, 2, 0)], 4, 8)


@pytest.mark.parametrize(("before", "count"), [(4, 8), (7, 8), (8, 4), (5, 5)])
def test_resampling_reads_what_torch_reads(before: int, count: int) -> None:
    got = between(Even(1, 1, 0), before, count, before)
    for unit in range(count):
        source = torch.rand(1, 1, 1, before, requires_grad=True)
        interpolate(source, (1, count), mode="bilinear")[..., unit].sum().backward()
        touched = source.grad[0, 0, 0].nonzero().flatten().tolist()
        first, last = got.interval(unit)
        assert first <= touched[0] and touched[-1] <= last <= touched[-1] + 1


def _brute(axis: Axis, kernel: int, stride: int, padding: int, dilation: int, unit: int) -> tuple[int, int]:
    seen = [axis.interval(unit * stride - padding + step * dilation) for step in range(kernel)]
    return min(first for first, _ in seen), max(last for _, last in seen)


def test_enlarged_maps_take_turns_exactly() -> None:
    dice = random.Random(3)
    for _ in range(100):
        axis: Axis = Even(dice.randint(1, 9), dice.choice([4, 8, 12]), dice.randint(-5, 5))
        for factor in dice.choices([1, 2, 3], k=2):
            bigger = enlarge(axis, 4, 4 * factor, 999)
            assert [bigger.interval(unit) for unit in range(-9, 24)] == [
                axis.interval(unit // factor) for unit in range(-9, 24)
            ]
            step = (dice.randint(1, 4), dice.randint(1, 3), dice.randint(0, 2), dice.randint(1, 2))
            axis = window(bigger, *step, 6)
            assert [axis.interval(unit) for unit in range(12)] == [_brute(bigger, *step, unit) for unit in range(12)]
    assert enlarge(Even(3, 4, -1), 5, 10, 99) == Periodic(((-1, 1), (-1, 1)), 4)
    both = union([enlarge(Even(3, 4, 0), 5, 10, 99), Even(1, 2, 0)], 10, 99)
    assert [both.interval(unit) for unit in range(4)] == [(0, 2), (0, 2), (4, 6), (4, 6)]
    assert isinstance(enlarge(Even(3, 4, 0), 5, 7, 99), Each)


def test_fields_too_large_for_any_float_stay_exact() -> None:
    axis: Axis = Even()
    for _ in range(50):
        axis = window(axis, 7, 4, 3, 2, 3)
    assert axis.size == 1 + 12 * (4**50 - 1) // 3

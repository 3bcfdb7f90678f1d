"""Surgery on networks: equal to networks built by hand without the block, prefixes once, given back untouched."""

import copy
import hashlib
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from timm.layers import BatchNormAct2d
from timm.models import convnext, efficientnet, resnet, resnetv2, swin_transformer, vision_transformer
from torch import Tensor, nn
from transformers import Dinov2Config, Dinov2ForImageClassification

from cvdemo.catalogue import MODELS
from cvdemo.errors import SettingError, Stopped
from cvdemo.loading import build
from cvdemo.loading.from_transformers import Logits
from cvdemo.surgery.blocks import blocks_of, parts, sums_of, whole
from cvdemo.surgery.lesion import refuse, suited, turns
from cvdemo.surgery.operating import operated
from cvdemo.surgery.plain import NOTHING, Operation
from tests.tiny_models import hook_count

SIDE = 32
LARGE = ("101", "152", "_large_patch", "swin_base", "vit_base", "_b4", "dinov2_base", "vgg", "distilled", "_long")
CLASSIFIERS = [spec for spec in MODELS if spec.task == "classify" and not any(one in spec.name for one in LARGE)]
Make = Callable[[int], nn.Module]


def _resnet(kind: Any, first: int, **more: Any) -> nn.Module:
    return resnet.ResNet(kind, (first, 1, 1, 1), channels=(8, 8, 12, 16), num_classes=7, zero_init_last=False, **more)


def _dinov2(first: int) -> nn.Module:
    config: Any = Dinov2Config(
        hidden_size=24, num_attention_heads=2, num_hidden_layers=first, image_size=SIDE, patch_size=8, num_labels=7
    )
    return Logits(Dinov2ForImageClassification(config))


# name: the network with so many blocks in its first stage, the path of the last of three, and the last module of each
# branch
NETWORKS: dict[str, tuple[Make, str, tuple[str, ...]]] = {
    "resnet": (lambda first: _resnet(resnet.BasicBlock, first), "layer1.2", ("bn2",)),
    "resnext": (lambda first: _resnet(resnet.Bottleneck, first, cardinality=2, base_width=32), "layer1.2", ("bn3",)),
    "preactivation": (
        lambda first: resnetv2.ResNetV2(
            (first, 1, 1, 1), (16, 16, 32, 32), 7, stem_chs=8, norm_layer=BatchNormAct2d, zero_init_last=False
        ),
        "stages.0.blocks.2", ("conv3",),
    ),
    "convnext": (
        lambda first: convnext.ConvNeXt(
            depths=(first, 1, 1, 1), dims=(8, 8, 16, 16), num_classes=7, ls_init_value=1.0
        ),
        "stages.0.blocks.2", ("mlp",),
    ),
    "vit": (
        lambda first: vision_transformer.VisionTransformer(
            SIDE, 8, embed_dim=24, depth=first, num_heads=2, num_classes=7
        ),
        "blocks.2", ("attn", "mlp"),
    ),
    "swin": (
        lambda first: swin_transformer.SwinTransformer(
            SIDE, 4, embed_dim=12, depths=(first, 2), num_heads=(2, 2), window_size=4, num_classes=7
        ),
        "layers.0.blocks.2", ("attn", "mlp"),
    ),
    "dinov2": (_dinov2, "inner.dinov2.encoder.layer.2", ("attention.o_proj", "mlp")),
    "efficientnet": (
        lambda _: efficientnet._gen_efficientnet("efficientnet_b0", 0.25, 1.0, num_classes=7), "", ("bn3", "bn2")
    ),
}  # fmt: skip
WITHOUT = [name for name, (_, path, _) in NETWORKS.items() if path]  # EfficientNet's builder scales all stages at once


def _awake(network: nn.Module) -> nn.Module:
    """Return a network whose every weight says something, in eval mode: some are created as 0 or 1."""
    random = torch.Generator().manual_seed(0)
    for tensor in [*network.parameters(), *network.buffers()]:
        if tensor.dim() == 1 and tensor.is_floating_point():
            tensor.data += 0.2 * torch.rand(tensor.shape, generator=random)
    return network.double().eval().requires_grad_(False)


def _network(name: str) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return _awake(NETWORKS[name][0](3))


def _picture() -> Tensor:
    return torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def _answers(network: nn.Module, operations: list[Operation]) -> Tensor:
    """Return logits, a row an operation."""
    with torch.inference_mode(), operated(network, operations) as rows:
        return network(_picture())[rows.of()]


def _plain(network: nn.Module) -> Tensor:
    with torch.inference_mode():
        return network(_picture())[0]


def _apart(one: Tensor, other: Tensor) -> float:
    """Return the largest difference of two answers, as a share of the largest logit."""
    return float((one - other).abs().max() / other.abs().max())


def _dropped(*names: str) -> Operation:
    return Operation(dropped=frozenset(names))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_block_is_its_parts(name: str) -> None:
    network, seen = _network(name), []
    for module in network.modules():
        if sums_of(module):
            module.register_forward_hook(lambda module, inputs, out: seen.append((module, inputs[0], out)))
    with torch.inference_mode():
        network(_picture())
        assert len(seen) >= 3
        for module, x, out in seen:
            assert torch.allclose(whole(module, x), out, atol=1e-6)
            *_, joined = parts(module, len(sums_of(module)) - 1, x)
            assert torch.allclose(joined, out, atol=1e-6)


@pytest.mark.parametrize("name", WITHOUT)
def test_without_a_block_is_the_librarys_own_network_with_one_less(name: str) -> None:
    make, path, _ = NETWORKS[name]
    network, fewer = _network(name), make(2).double().eval()
    kept = {key: value for key, value in network.state_dict().items() if not key.startswith(f"{path}.")}
    fewer.load_state_dict(kept)
    names = [block.name for block in blocks_of(network) if block.module == path]
    assert names
    found = _answers(network, [_dropped(*names), NOTHING])
    assert _apart(found[0], _plain(fewer)) < 1e-6
    assert _apart(found[1], _plain(network)) < 1e-6
    assert _apart(found[0], found[1]) > 1e-4, "the block says nothing, so nothing is tested"


@pytest.mark.parametrize("name", NETWORKS)
def test_each_branch_alone_is_a_branch_that_gives_zeros(name: str) -> None:
    network, ends = _network(name), NETWORKS[name][2]
    blocks = [block for block in blocks_of(network) if block.droppable]
    found = _answers(network, [_dropped(block.name) for block in blocks])
    assert len(blocks) >= 6
    for row, block in zip(found, blocks, strict=True):
        ways = ends[::-1] if block.name.endswith(".mlp") else ends
        paths = dict(network.named_modules())
        module = next(paths[path] for end in ways if (path := f"{block.module}.{end}") in paths)
        hook = module.register_forward_hook(lambda _module, _inputs, out: _zeros(out))
        expected = _plain(network)
        hook.remove()
        assert _apart(row, expected) < 1e-6, block.name


def _zeros(out: Any) -> Any:
    return (torch.zeros_like(out[0]), *out[1:]) if isinstance(out, tuple) else torch.zeros_like(out)


class _Nothing(nn.Module):
    """A shortcut that passes nothing on."""

    def __init__(self, inner: nn.Module | None) -> None:
        super().__init__()
        self.inner = inner or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(self.inner(x))


@pytest.mark.parametrize(("name", "slot"), [("resnet", "downsample"), ("resnext", "downsample"),
                                            ("preactivation", "downsample"), ("convnext", "shortcut")])  # fmt: skip
def test_a_cut_skip_is_a_shortcut_that_passes_nothing(name: str, slot: str) -> None:
    network = _network(name)
    blocks = blocks_of(network)
    every = [Operation(cut=frozenset({block.name})) for block in blocks]
    found = _answers(network, [*every, Operation(cut=frozenset(block.name for block in blocks))])
    all_cut = copy.deepcopy(network)
    for row, block in zip(found, blocks, strict=False):
        by_hand = copy.deepcopy(network)
        for net in (by_hand, all_cut):
            module = net.get_submodule(block.module)
            setattr(module, slot, _Nothing(getattr(module, slot)))
        assert _apart(row, _plain(by_hand)) < 1e-6, block.name
    assert _apart(found[-1], _plain(all_cut)) < 1e-6


def test_a_cut_skip_of_a_transformer_leaves_its_branch_alone() -> None:
    network: Any = _network("vit")
    by_hand: Any = copy.deepcopy(network)
    block = by_hand.blocks[1]
    block.forward = lambda x: _alone(block, block.attn(block.norm1(x)))
    (found,) = _answers(network, [Operation(cut=frozenset({"blocks.1.attn"}))])
    assert _apart(found, _plain(by_hand)) < 1e-6


def _alone(block: Any, x: Tensor) -> Tensor:
    return x + block.mlp(block.norm2(x))


def test_a_branch_and_its_skip_off_pass_zeros() -> None:
    network = _network("resnet")
    (found,) = _answers(network, [Operation(frozenset({"layer1.2"}), frozenset({"layer1.2"}))])
    by_hand: Any = copy.deepcopy(network)
    by_hand.layer1[2] = _Nothing(None)
    assert _apart(found, _plain(by_hand)) < 1e-6


@pytest.mark.parametrize(("name", "path", "stage"), [
    ("vit", "blocks.1", "blocks"), ("swin", "layers.1.blocks.0", "layers.1.blocks"),
    ("convnext", "stages.0.blocks.0", "stages.0.blocks"), ("resnet", "layer1.1", "layer1"),
])  # fmt: skip
def test_swapped_neighbours_are_those_of_a_network_whose_modules_were_swapped(name: str, path: str, stage: str) -> None:
    network = _network(name)
    by_hand = copy.deepcopy(network)
    chain: Any = by_hand.get_submodule(stage)
    place = int(path.rpartition(".")[2])
    chain[place], chain[place + 1] = chain[place + 1], chain[place]
    found = _answers(network, [NOTHING, Operation(swapped=frozenset({path}))])
    assert _apart(found[1], _plain(by_hand)) < 1e-6
    assert _apart(found[1], found[0]) > 1e-5


def test_what_stands_before_a_difference_is_computed_once() -> None:
    network = _network("resnet")
    blocks, rows = blocks_of(network), []
    for block in blocks:
        network.get_submodule(f"{block.module}.conv1").register_forward_hook(
            lambda _module, inputs, _out: rows.append(len(inputs[0]))
        )
    _answers(network, [NOTHING, *(_dropped(block.name) for block in blocks)])
    assert rows == [1, 2, 3, 4, 5, 6]


def _state(network: nn.Module, weights: bool = False) -> str:
    """Return a hash of what a network is: its tensors and how often they changed, its modules, flags and hooks."""
    digest = hashlib.sha256()
    for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
        digest.update(f"{name} {id(tensor)} {tensor._version}".encode())
        if weights:
            digest.update(tensor.detach().numpy().tobytes())
    for path, module in network.named_modules():
        digest.update(f"{path} {id(module)} {module.training} {sorted(vars(module))}".encode())
    return f"{digest.hexdigest()} {hook_count(network)}"


@pytest.mark.parametrize("name", ["resnet", "vit"])
def test_a_network_is_given_back_as_it_was_after_100_operations_some_of_which_fail(name: str) -> None:
    network, random = _network(name), np.random.default_rng(0)
    blocks = blocks_of(network)
    names = [block.name for block in blocks if block.droppable]
    swaps = sorted({block.module for block in blocks if block.swaps})
    before, weights, answer, failed = _state(network), _state(network, True), _plain(network), 0
    for number in range(100):
        picked = [frozenset(random.choice(names, random.integers(len(names)), replace=False)) for _ in range(2)]
        swapped = frozenset(swaps[:1]) if number % 3 == 0 else frozenset()
        kind = number % 5
        try:
            with torch.inference_mode(), operated(network, [Operation(*picked, swapped), NOTHING]):
                if kind == 1:
                    raise Stopped("Stopped.")
                network(_picture() if kind != 2 else _picture()[:, :2])  # two channels: it breaks inside
                if kind == 3:
                    raise KeyboardInterrupt
        except (Stopped, RuntimeError, KeyboardInterrupt):
            failed += 1
        assert _state(network) == before
    assert failed == 60
    assert _state(network, True) == weights
    assert torch.equal(_plain(network), answer)


def test_a_forward_of_its_own_that_a_module_had_is_given_back() -> None:
    network: Any = _network("resnet")
    own = network.layer1[0].forward
    vars(network.layer1[0])["forward"] = own
    _answers(network, [NOTHING])
    assert vars(network.layer1[0])["forward"] is own


@pytest.mark.parametrize(("operation", "says"), [
    (_dropped("layer9.0"), "no block 'layer9.0'"),
    (Operation(cut=frozenset({"conv1"})), "no block 'conv1'"),
    (Operation(swapped=frozenset({"layer1.2"})), "neighbours of one stage"),
    (Operation(swapped=frozenset({"layer2.0"})), "neighbours of one stage"),  # it projects
])  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(operation: Operation, says: str) -> None:
    with pytest.raises(SettingError, match=says), operated(_network("resnet"), [operation]):
        pass


def test_a_block_without_a_shortcut_says_why_it_cannot_be_left_out() -> None:
    blocks = blocks_of(_network("efficientnet"))
    widening = [block for block in blocks if not block.droppable]
    assert len(widening) >= 5
    assert {block.reason for block in blocks if block.droppable} == {""}
    assert all("no shortcut" in block.reason for block in widening)
    with pytest.raises(SettingError, match="no shortcut"):
        _answers(_network("efficientnet"), [_dropped(widening[0].name)])


@pytest.mark.parametrize(("name", "wanted"), [
    ("vit", ["blocks.0.attn", "blocks.0.mlp", "blocks.1.attn"]), ("resnet", ["layer1.0", "layer1.1", "layer1.2"]),
])  # fmt: skip
def test_blocks_are_named_as_the_library_names_them(name: str, wanted: list[str]) -> None:
    assert [block.name for block in blocks_of(_network(name))][:3] == wanted


def test_kinds_of_shortcuts_are_read_from_the_model() -> None:
    kinds = [block.shortcut for block in blocks_of(_network("resnet"))]
    assert kinds == ["projection", "identity", "identity", "projection", "projection", "projection"]


@pytest.mark.parametrize("spec", CLASSIFIERS, ids=lambda spec: spec.name)
def test_models_are_offered_that_have_blocks_to_switch(spec: Any) -> None:
    with torch.device("meta"):
        network = build(spec, None).network
    blocks = blocks_of(network)
    assert bool(blocks) == suited(spec)
    assert len({block.name for block in blocks}) == len(blocks)


ALIKE = ("distilled", "_long")  # as large as the one without
SWITCHED = [spec for spec in MODELS if suited(spec) and not spec.name.endswith(ALIKE)]


@pytest.mark.parametrize("spec", SWITCHED, ids=lambda spec: spec.name)
def test_every_network_answers_with_each_of_its_blocks_off(spec: Any) -> None:
    """Of the whole catalogue, as large as it is, on tensors without numbers: a row of classes for each operation."""
    with torch.device("meta"):
        built = build(spec, None)
    network = built.network.eval()
    blocks = [block.name for block in blocks_of(network) if block.droppable]
    swaps = [block.module for block in blocks_of(network) if block.swaps][:1]
    operations = [
        NOTHING,
        *map(_dropped, blocks),
        Operation(cut=frozenset(blocks)),
        Operation(swapped=frozenset(swaps)),
    ]
    picture = torch.empty(1, 3, *built.preprocessing.size_hw, device="meta")
    with torch.inference_mode(), operated(network, operations) as rows:
        answers = network(picture)
    assert answers.shape == (len(set(rows.of())), len(built.labels)) and len(blocks) >= 6
    assert len(set(rows.of())) >= len(blocks) + 2, "operations share a row"


def test_what_has_no_such_blocks_is_refused_with_another_choice() -> None:
    for spec in [one for one in MODELS if one.task == "classify" and not suited(one)]:
        with pytest.raises(SettingError, match=rf"^{re.escape(spec.title)} has no blocks here .* Choose a ResNet, "):
            refuse(spec)


def test_operations_that_begin_alike_stand_in_one_turn() -> None:
    blocks = blocks_of(_network("vit"))
    operations = [_dropped(blocks[place].name) for place in (5, 0, 4, 1)] + [Operation(swapped=frozenset({"blocks.0"}))]
    assert turns(blocks, operations, 0) == [[1, 4, 3, 2, 0]]
    heavy = turns(blocks, operations * 3, 10**11)
    assert [len(one) for one in heavy] == [6, 6, 3]
    assert sorted(number for one in heavy for number in one) == list(range(15))

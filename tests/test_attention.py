"""Attention rows, places, rollout and relevance, against unfused networks and hand-computed cases."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import timm
import torch
from timm.models.swin_transformer import SwinTransformer
from torch import Tensor, nn

from cvdemo.attention import rollout, statistics
from cvdemo.attention.layer import AttentionLayer
from cvdemo.attention.places import by_corner, by_window, plain
from cvdemo.attention.relevance import relevance
from cvdemo.attention.tap import layer_of, listening, taps
from cvdemo.bundled import mini_vit
from cvdemo.errors import SettingError


def small_swin() -> nn.Module:
    return SwinTransformer(img_size=64, patch_size=4, window_size=4, embed_dim=16, depths=(2, 2), num_heads=(2, 4))


def small_dinov2() -> nn.Module:
    from transformers import Dinov2Config, Dinov2ForImageClassification

    from cvdemo.loading.from_transformers import Logits

    config = Dinov2Config(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=56, num_labels=5)
    config._attn_implementation = "eager"  # the reference needs it; ours does not care
    return Logits(Dinov2ForImageClassification(config))


def small_siglip() -> nn.Module:
    from transformers import SiglipVisionConfig, SiglipVisionModel

    tower = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = SiglipVisionConfig(**tower, image_size=32, patch_size=8)
    config._attn_implementation = "eager"
    return SiglipVisionModel(config)


NETWORKS: list[tuple[str, Callable[[], nn.Module], int, int]] = [
    ("ViT with class token", mini_vit, 64, 7),
    ("Swin, shifted windows", small_swin, 64, 4),
    ("MobileViT", lambda: timm.create_model("mobilevit_xxs", num_classes=5), 128, 9),
    ("DINOv2 of transformers", small_dinov2, 56, 2),
    ("SigLIP of transformers", small_siglip, 32, 2),
]


def awake(build: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    network = build().eval().requires_grad_(False)
    for parameter in network.parameters():  # fresh attention is nearly even everywhere: make it choose
        if parameter.dim() == 2:
            parameter.mul_(4)
    return network


def run(network: nn.Module, picture: Tensor) -> Any:
    with torch.inference_mode():
        return network(pixel_values=picture) if "Siglip" in type(network).__name__ else network(picture)


def read(network: nn.Module, picture: Tensor) -> list[AttentionLayer]:
    wanted = taps(network)
    with listening(wanted) as outputs:
        run(network, picture)
    return [layer_of(tap, outputs[tap.name], (picture.shape[2], picture.shape[3])) for tap in wanted]


def unfused(network: nn.Module, picture: Tensor) -> list[Tensor]:
    """Switch timm's fused attention off and take what its dropout gets; ask transformers' eager attention."""
    found: list[Tensor] = []
    handles, before = [], []
    for module in network.modules():
        if hasattr(module, "fused_attn"):
            before.append((module, module.fused_attn))
            module.fused_attn = False  # type: ignore[assignment]
            handles.append(module.attn_drop.register_forward_hook(lambda m, i, o: found.append(o)))  # type: ignore
        elif hasattr(module, "q_proj"):
            handles.append(module.register_forward_hook(lambda m, i, o: found.append(o[1])))
    run(network, picture)
    for handle in handles:
        handle.remove()
    for module, flag in before:
        module.fused_attn = flag
    return found


@pytest.mark.parametrize(("build", "side", "depth"), [row[1:] for row in NETWORKS], ids=[row[0] for row in NETWORKS])
def test_rows_are_those_of_the_unfused_network(build: Callable[[], nn.Module], side: int, depth: int) -> None:
    network, picture = awake(build), torch.randn(1, 3, side, side)
    layers, reference = read(network, picture), unfused(network, picture)
    assert len(layers) == len(reference) == depth
    for layer, expected in zip(layers, reference, strict=True):
        for group in range(len(layer.places)):
            rows = layer.rows(group, np.arange(layer.tokens))
            np.testing.assert_allclose(rows, expected[group].numpy(), atol=2e-6)
            assert np.abs(rows.sum(-1) - 1).max() < 1e-5


def test_swin_looks_only_within_its_window_of_the_shifted_picture() -> None:
    layers = read(awake(small_swin), torch.randn(1, 3, 64, 64))
    first, _ = layers[0].from_cell(5 * 16 + 6)  # row 5, column 6 of 16 x 16: window of rows 4..7, columns 4..7
    seen = first.sum(0).reshape(16, 16) > 0
    assert seen[4:8, 4:8].all() and seen.sum() == 16
    second, other = layers[1].from_cell(5 * 16 + 5)  # shifted by 2: rows 2..5, columns 2..5
    seen = second.sum(0).reshape(16, 16) > 1e-6
    assert seen[2:6, 2:6].all() and seen.sum() == 16
    corner, _ = layers[1].from_cell(0)  # in the rolled picture four corners share a window; the mask keeps them apart
    assert (np.flatnonzero(corner.sum(0) > 1e-6) == [0, 1, 16, 17]).all()
    np.testing.assert_allclose(second.sum(1) + other, 1, atol=1e-5)


def test_swin_swaps_with_the_picture() -> None:
    """What a moved picture's moved patch sees is what the patch saw: an oracle without any code of ours."""
    network, picture = awake(small_swin), torch.randn(1, 3, 64, 64)
    still = read(network, picture)[0].from_cell(5 * 16 + 6)[0].reshape(2, 16, 16)
    moved = read(network, torch.roll(picture, (16, 16), (2, 3)))[0].from_cell(9 * 16 + 10)[0].reshape(2, 16, 16)
    np.testing.assert_allclose(np.roll(still, (4, 4), (1, 2)), moved, atol=1e-5)


@pytest.mark.parametrize(
    ("places", "grid", "tokens"),
    [
        (plain(65, (64, 64)), (8, 8), 65),  # a class token
        (plain(64, (64, 64)), (8, 8), 64),  # none
        (plain(261, (224, 224)), (16, 16), 261),  # class token and four registers
        (plain(33, (32, 64)), (4, 8), 33),  # a picture that is no square
        (by_window((8, 8), (4, 4), (0, 0)), (8, 8), 16),
        (by_window((8, 8), (4, 4), (2, 2)), (8, 8), 16),
        (by_window((6, 6), (4, 4), (2, 2)), (6, 6), 16),  # filled up to 8 x 8
        (by_corner((4, 4), (2, 2)), (8, 8), 16),
    ],
)
def test_every_cell_has_one_token(places: tuple[np.ndarray, Any], grid: tuple[int, int], tokens: int) -> None:
    found, grid_hw = places
    assert grid_hw == grid and found.shape[1] == tokens
    cells = np.sort(found[found >= 0])
    assert (cells == np.arange(grid[0] * grid[1])).all()


def test_tokens_that_cover_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="do not cover"):
        plain(120, (224, 224))


def test_a_cnn_has_no_attention() -> None:
    assert taps(timm.create_model("resnet18")) == ()


TWO_LAYERS = (np.array([[0.5, 0.5], [0.25, 0.75]], np.float32), np.array([[1.0, 0.0], [0.5, 0.5]], np.float32))


@pytest.mark.parametrize(
    ("start", "discard", "expected"),
    [
        # A1' = [[.75, .25], [.125, .875]], A2' = [[1, 0], [.25, .75]]; rollout = A2' A1'
        (0, 0.0, [0.75, 0.25]),
        (1, 0.0, [0.25 * 0.75 + 0.75 * 0.125, 0.25 * 0.25 + 0.75 * 0.875]),
        # the smallest quarter gone: A1 loses its .25 -> A1' = [[.75, .25], [0, 1]]; A2 its 0, which changes nothing
        (1, 0.25, [0.25 * 0.75, 0.25 * 0.25 + 0.75]),
    ],
)
def test_rollout_of_two_layers_by_hand(start: int, discard: float, expected: list[float]) -> None:
    np.testing.assert_allclose(rollout.rollout(TWO_LAYERS, start, discard), expected, atol=1e-6)


def test_rollout_is_a_row_of_the_product_of_matrices() -> None:
    layers = read(awake(mini_vit), torch.randn(1, 3, 64, 64))
    assert rollout.possible(layers)
    for fusion in rollout.FUSIONS:
        matrices = [rollout.fused(layer, fusion) for layer in layers]
        product = np.eye(65)
        for matrix in matrices:
            step = matrix + np.eye(65)
            product = step / step.sum(1, keepdims=True) @ product
        np.testing.assert_allclose(rollout.rollout(matrices, 7), product[7], atol=1e-5)
    assert not rollout.possible(read(awake(small_swin), torch.randn(1, 3, 64, 64)))


@pytest.mark.parametrize("discard", [-0.1, 1.0, float("nan")])
def test_a_share_out_of_range_is_refused(discard: float) -> None:
    with pytest.raises(SettingError, match=r"from 0 to 0\.99"):
        rollout.rollout(TWO_LAYERS, 0, discard)


@pytest.mark.parametrize(("build", "side"), [(mini_vit, 64), (small_dinov2, 56)], ids=["timm", "transformers"])
def test_relevance_is_that_of_an_unfused_network_with_autograd(build: Callable[[], nn.Module], side: int) -> None:
    """Chefer's equations written out with whole matrices, gradients taken of the attention itself."""
    network, picture = awake(build), torch.randn(1, 3, side, side)
    ours = relevance(network, network, picture.numpy(), taps(network), lambda logits: logits[3])
    kept: list[Tensor] = []
    handles = []
    for module in network.modules():
        if hasattr(module, "fused_attn"):
            module.fused_attn = False  # type: ignore[assignment]
            handles.append(module.attn_drop.register_forward_hook(lambda m, i, o: kept.append(o)))  # type: ignore
        elif hasattr(module, "q_proj"):
            handles.append(module.register_forward_hook(lambda m, i, o: kept.append(o[1])))
    pixels = picture.clone().requires_grad_(True)
    slopes = torch.autograd.grad(network(pixels)[0, 3], kept)
    relation = torch.eye(kept[0].shape[-1])
    for attention, slope in zip(kept, slopes, strict=True):
        relation = relation + (slope[0] * attention[0].detach()).clamp(min=0).mean(0) @ relation
    np.testing.assert_allclose(ours, relation[0].numpy(), atol=1e-5)


def test_figures_of_known_attention() -> None:
    """Even attention over a 2 x 2 grid, cells of 10 x 20 px: (0 + 10 + 20 + sqrt(500)) / 4, and 2 bits."""
    empty = np.zeros((1, 1, 4, 3), np.float32)
    layer = AttentionLayer("a", "a", empty, empty, None, None, np.arange(4, dtype=np.int32)[None], (2, 2))
    found = statistics.figures(layer, (10, 20))
    np.testing.assert_allclose(found.distance_px, [(30 + 500**0.5) / 4], rtol=1e-6)
    np.testing.assert_allclose(found.entropy_bits, [2], rtol=1e-6)
    assert found.deviation < 1e-6 and found.queries == 4


def test_outliers_are_far_above_the_others() -> None:
    norms = np.full(100, 10, np.float32) + np.linspace(0, 1, 100, dtype=np.float32)
    norms[17] = 60
    assert np.flatnonzero(statistics.outliers(norms)).tolist() == [17]
    assert not statistics.outliers(np.full(100, 10, np.float32)).any()


def facts(network: nn.Module) -> tuple[Any, ...]:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return (
        [len(getattr(module, kind)) for module in network.modules() for kind in kinds],
        [getattr(module, "fused_attn", None) for module in network.modules()],
        [module.training for module in network.modules()],
        [(parameter.requires_grad, parameter.grad is None) for parameter in network.parameters()],
        torch.is_grad_enabled(),
    )


class Broken(Exception):
    pass


def test_the_network_is_given_back_as_found_also_after_exceptions() -> None:
    network, picture = awake(mini_vit), torch.randn(1, 3, 64, 64)
    before, wanted = facts(network), taps(network)

    def fails(module: Any, inputs: Any, output: Any) -> None:
        raise Broken

    for number in range(50):
        handle = network.blocks[number % 7].register_forward_hook(fails)  # type: ignore[union-attr, index]
        with pytest.raises(Broken):
            if number % 2:
                relevance(network, network, picture.numpy(), wanted, lambda logits: logits[0])
            else:
                with listening(wanted):
                    network(picture)
        handle.remove()
    assert facts(network) == before

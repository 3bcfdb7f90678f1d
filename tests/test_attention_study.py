"""Attention of catalogue models on a photo: every layer has rows, a second look runs nothing, errors are sentences."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from cvdemo import models, starters
from cvdemo.attention import study
from cvdemo.attention.export import attention_from, layer_number
from cvdemo.attention.rollout import possible
from cvdemo.catalogue import MODELS
from cvdemo.errors import SettingError
from cvdemo.inside import activations
from tests.test_attention import Broken, facts

CAT = starters.get("cat").path
FAST = ("mini_vit", "dinov2_small_linear", "mobilevit_s")
SLOW = tuple(
    spec.name for spec in MODELS if spec.task != "detect" and spec.family in ("vit", "hybrid") and spec.name not in FAST
)


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.soak) for name in SLOW)])
def test_every_transformer_shows_its_attention(name: str) -> None:
    found = study.attend(CAT, name, random=name != "mini_vit")
    assert len(found.layers) >= 7 and len(found.figures) == len(found.layers)
    for layer, figures in zip(found.layers, found.figures, strict=True):
        rows, columns = layer.grid_hw
        spread, other = layer.from_cell(rows // 2 * columns + columns // 2)
        assert spread.shape == (layer.heads, rows * columns) and np.isfinite(spread).all() and spread.min() >= 0
        np.testing.assert_allclose(spread.sum(1) + other, 1, atol=1e-5)
        assert figures.deviation < 1e-5 and figures.distance_px.shape == figures.entropy_bits.shape == (layer.heads,)
        assert (figures.distance_px > 0).all() and (figures.distance_px < 500).all()
    assert (found.norms is None) == any(layer.windowed for layer in found.layers)
    if possible(found.layers) and found.logits is not None:
        relevance, target = study.relevance_of(found)
        assert relevance.shape == found.norms.shape and np.isfinite(relevance).all() and relevance.min() >= 0  # type: ignore[union-attr]
        assert target == found.logits.argmax()


def test_norms_are_those_of_the_last_block() -> None:
    found = study.attend(CAT, "mini_vit")
    with models.borrow("mini_vit") as ready, torch.inference_mode():
        network: Any = ready.network
        tokens = network.forward_intermediates(torch.from_numpy(found.picture.array), output_fmt="NLC")[1][-1]
    np.testing.assert_allclose(found.norms, tokens[0].norm(dim=-1).numpy(), rtol=1e-4)


def test_points_layers_and_classes_run_nothing_once_known() -> None:
    found = study.attend(CAT, "mini_vit")
    study.relevance_of(found, 3)
    before = activations.network_runs()
    assert study.attend(CAT, "mini_vit") is found and study.known(found.asked) is found
    for layer in found.layers:
        cell, moved = found.cell_at(layer, (142, 178))
        layer.from_cell(cell)
        assert not moved
    study.relevance_of(found, 3)
    assert activations.network_runs() == before


def test_the_left_upper_corner_of_the_crop_is_cell_0_and_what_is_cut_off_moves_to_the_edge() -> None:
    found = study.attend(CAT, "mini_vit")
    layer = found.layers[0]
    assert found.cell_at(layer, (1, 77)) == (0, False)  # the cat is 451 px wide, its crop begins at 75
    assert found.cell_at(layer, (1, 0)) == (0, True)
    assert found.cell_at(layer, (299, 450)) == (63, True)


@pytest.mark.parametrize(
    ("model", "layer", "cell", "says"),
    [
        ("mini_resnet", 0, (0, 0), "a CNN mixes neighbours by fixed filters"),
        ("yolov8n_blood_cells", 0, (0, 0), "detector"),
        ("mini_vit", 7, (0, 0), "ask for 0 to 6"),
        ("mini_vit", "blocks.9", (0, 0), r"such as blocks.0.attn \(block 1 of 7\) or blocks.6.attn"),
        ("mini_vit", 0, (8, 0), "row must be from 0 to 7"),
        ("mini_vit", 0, (0, -1), "col from 0 to 7"),
    ],
)
def test_what_does_not_exist_is_refused(model: str, layer: Any, cell: tuple[int, int], says: str) -> None:
    with pytest.raises(SettingError, match=says):
        attention_from(CAT, model, layer, cell)


@pytest.mark.parametrize("layer", [6, -1, "6", "blocks.6", "blocks.6.attn", "block 7"])
def test_a_layer_has_several_names(layer: Any) -> None:
    assert layer_number(study.attend(CAT, "mini_vit"), layer) == 6


def test_a_borrowed_model_is_given_back_as_found_when_the_run_fails(tmp_path: Path) -> None:
    with models.borrow("mini_vit") as ready:
        before = facts(ready.network)
        network: Any = ready.network
    unseen = tmp_path / "unseen.png"  # what another test asked of this photo would be known, and run nothing
    Image.new("RGB", (90, 70), (12, 34, 56)).save(unseen)
    for number in range(50):

        def fails(module: Any, inputs: Any, output: Any) -> None:
            raise Broken

        handle = network.blocks[number % 7].register_forward_hook(fails)
        try:
            with pytest.raises(Broken):
                study.attend(unseen, "mini_vit")
        finally:
            handle.remove()
    assert facts(network) == before

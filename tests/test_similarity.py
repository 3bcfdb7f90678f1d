"""Patch similarity against torch's cosine, DINOv2's features against transformers' own, and matches of two photos."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cvdemo import models, starters
from cvdemo.errors import SettingError
from cvdemo.inside import activations
from cvdemo.inside.activations import ForwardPass
from cvdemo.similarity import words
from cvdemo.similarity.export import from_patch
from cvdemo.similarity.patches import similar, stop_for

CAT = starters.get("cat").path


@pytest.mark.parametrize(("name", "unit"), [("mini_resnet", (1, 2)), ("mini_vit", (0, 7))])
def test_cosines_are_torch_s(name: str, unit: tuple[int, int]) -> None:
    one = activations.forward_pass(CAT, name).maps[-1]
    found = similar(one, unit)
    here = torch.from_numpy(np.ascontiguousarray(one))
    theirs = torch.nn.functional.cosine_similarity(here, here[:, unit[0], unit[1]][:, None, None], dim=0)
    np.testing.assert_allclose(found.cosines, theirs.numpy(), atol=1e-5)
    assert found.cosines[unit] == pytest.approx(1)
    assert found.best != unit
    assert found.cosines[found.best] == sorted(found.cosines.ravel())[-2]


def test_a_patch_without_features_is_like_nothing() -> None:
    one = np.zeros((3, 4, 4), np.float32)
    one[:, 0, 0] = 1
    assert (similar(one, (3, 3)).cosines == 0).all()
    assert similar(one, (0, 0)).alike == pytest.approx(1 / 16)


def test_a_moved_patch_is_found_in_another_photo() -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.standard_normal((32, 6, 6)).astype(np.float32) for _ in range(2))
    other[:, 4, 1] = 2 * one[:, 2, 3]
    found = similar(one, (2, 3), other)
    assert found.best == (4, 1) and found.cosines[4, 1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("unit", [(-1, 0), (0, 8), (99, 99)])
def test_a_patch_outside_the_grid_is_refused(unit: tuple[int, int]) -> None:
    with pytest.raises(SettingError, match="from 0 to 7"):
        similar(np.ones((2, 8, 8), np.float32), unit)


@pytest.mark.parametrize("name", ["mini_resnet", "mini_vit", "lenet5", "alexnet", "resnet18"])
def test_the_grid_is_never_coarser_than_four_by_four(name: str) -> None:
    seen = activations.forward_pass(CAT, name, random=not name.startswith("mini"))
    for depth in (0, 0.5, 1):
        assert min(seen.stops[stop_for(seen, depth)].hw) >= 4


def _dinov2() -> ForwardPass:
    return activations.forward_pass(CAT, "dinov2_small_linear", random=True)


def test_dinov2_s_features_are_those_of_transformers() -> None:
    seen = _dinov2()
    with models.borrow("dinov2_small_linear", random=True) as ready, torch.inference_mode():
        inner = ready.network.inner.dinov2
        theirs = inner(pixel_values=torch.from_numpy(seen.picture.array), output_hidden_states=True)
    assert theirs.last_hidden_state.shape == (1, 1 + 16 * 16, 384)
    ours = seen.maps[-1].reshape(384, -1).T
    np.testing.assert_allclose(ours, theirs.last_hidden_state[0, 1:].numpy(), atol=1e-4)
    np.testing.assert_allclose(seen.prefixes[-1][0], theirs.last_hidden_state[0, 0].numpy(), atol=1e-4)
    blocks = [one for stop, one in zip(seen.stops, seen.maps, strict=True) if stop.label.startswith("block")]
    for one, other in zip(blocks, theirs.hidden_states[1:], strict=True):
        np.testing.assert_allclose(one.reshape(384, -1).T, other[0, 1:].numpy(), atol=1e-4)


@pytest.mark.soak
@pytest.mark.parametrize(("side", "grid"), [(224, 16), (518, 37)])
@pytest.mark.parametrize("name", ["dinov2_small", "dinov2_base", "dinov2_large"])
def test_dinov2_looks_at_both_sizes(name: str, side: int, grid: int) -> None:
    seen = activations.forward_pass(CAT, name, random=True, side=side)
    assert seen.stops[-1].hw == (grid, grid)
    assert np.isfinite(similar(seen.maps[-1], (grid // 2, grid // 2)).cosines).all()


def test_dinov2_at_224_has_16_by_16_patches_and_a_strange_side_is_refused() -> None:
    seen = activations.forward_pass(CAT, "dinov2_small", random=True, side=224)
    assert seen.stops[-1].hw == (16, 16) and seen.picture.size_hw == (224, 224)
    with pytest.raises(SettingError, match="518 pixels only"):
        activations.forward_pass(CAT, "dinov2_small", random=True, side=300)


@pytest.mark.parametrize("size", [(1, 1), (2000, 20)])
def test_thin_photos_have_similar_patches_too(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "thin.png"
    Image.new("RGB", size, (90, 160, 220)).save(path)
    answer = from_patch(activations.forward_pass(path, "mini_vit"), (0, 0))
    assert np.isfinite(answer["similarity"]).all() and answer["grid"] == [8, 8]


def test_the_answer_counts_what_is_alike() -> None:
    seen = [activations.forward_pass(CAT, name) for name in ("mini_resnet", "mini_vit")]
    found = [similar(one.maps[-1], (1, 1)) for one in seen]
    said = words.answer(seen, found, None)
    assert said.startswith("Much like the point you clicked (cosine above 0.7): to the CNN ") and "of the photo" in said
    assert "of Portrait" in words.answer(seen, found, "Portrait")
    assert "best match in row" in words.told(found[0], 0.4)

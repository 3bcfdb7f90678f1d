"""The floor of Look inside: one forward pass for every family, against timm's own intermediates; hooks always go."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cvdemo import models, starters
from cvdemo.catalogue import get, names
from cvdemo.errors import PhotoError, SettingError
from cvdemo.inside import activations, hooks
from cvdemo.inside.crop import Crop, centred, unit_at
from cvdemo.inside.layers import Stop, find, stop_at
from cvdemo.inside.model_input import Picture
from cvdemo.loading import ReadyModel
from tests.tiny_models import hook_count

CAT = starters.get("cat").path
FAST = ("mini_resnet", "mini_vit", "lenet5", "alexnet", "resnet18", "mobilenetv3_large_100", "dinov2_small_linear")
SLOW = tuple(name for name in (*names("classify"), *names("features")) if name not in FAST)


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.soak) for name in SLOW)])
def test_every_model_gives_a_map_of_each_layer(name: str) -> None:
    seen = activations.forward_pass(CAT, name, random=True)
    height, width = seen.picture.size_hw
    assert len(seen.stops) >= 4
    for stop, one, prefix in zip(seen.stops, seen.maps, seen.prefixes, strict=True):
        assert one.shape == (stop.channels, *stop.hw), stop
        assert one.dtype == np.float32 and np.isfinite(one).all()
        assert height >= stop.hw[0] > 1 and width >= stop.hw[1] > 1 and 2 < stop.channels <= 2048
        assert prefix.shape == (stop.prefix, stop.channels)
    sizes = [stop.hw[0] for stop in seen.stops]
    assert sizes == sorted(sizes, reverse=True), "maps grow smaller with depth"
    assert (seen.logits is None) == (get(name).task == "features")
    assert seen.logits is None or len(seen.logits) == len(seen.labels)


@pytest.mark.parametrize("name", ["mini_resnet", "mini_vit"])
def test_maps_are_those_of_forward_intermediates(name: str) -> None:
    seen = activations.forward_pass(CAT, name)
    with models.borrow(name) as ready, torch.inference_mode():
        network = ready.network
        final, each = network.forward_intermediates(torch.from_numpy(seen.picture.array))
        answer = network.forward_head(final)[0].numpy()
        kept = [info["module"] for info in network.feature_info.info] if hasattr(network.feature_info, "info") else []
    np.testing.assert_allclose(seen.logits, answer, atol=1e-4)
    if name == "mini_vit":
        blocks = [one for stop, one in zip(seen.stops, seen.maps, strict=True) if stop.label.startswith("block")]
        for ours, theirs in zip(blocks, each, strict=True):
            np.testing.assert_allclose(ours, theirs[0].numpy(), atol=1e-4)
        np.testing.assert_allclose(seen.prefixes[-1][0], final[0, 0].numpy(), atol=1e-4)
        return
    last = {stop.name.rpartition(".")[0]: one for stop, one in zip(seen.stops, seen.maps, strict=True)}
    assert kept or last
    for number, theirs in enumerate(each[1:], 1):
        np.testing.assert_allclose(last[f"layer{number}"], theirs[0].numpy(), atol=1e-4)


def test_a_swin_s_maps_are_those_of_forward_intermediates() -> None:
    import timm

    network = timm.create_model(
        "swin_tiny_patch4_window7_224", img_size=56, depths=(1, 1), num_heads=(2, 4), embed_dim=16, window_size=7
    ).eval()
    pixels = torch.rand(1, 3, 56, 56)
    with torch.inference_mode(), hooks.watched(network, hooks.candidates(network)) as outputs:
        network(pixels)
    stops = hooks.stops_in(network, outputs, (56, 56))
    ours = [hooks.as_map(outputs[stop.name], stop) for stop in stops if ".blocks." in stop.name]
    _, theirs = network.forward_intermediates(pixels)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other[0], atol=1e-4, rtol=0)


def test_asked_twice_the_network_runs_once() -> None:
    activations.forward_pass(CAT, "mini_resnet")
    before = activations.network_runs()
    assert activations.forward_pass(CAT, "mini_resnet") is activations.forward_pass(CAT, "mini_resnet")
    assert activations.network_runs() == before


def _logits_with(
    ready: ReadyModel, shown: Picture, stop: Stop, change: Callable[[torch.Tensor], torch.Tensor]
) -> np.ndarray:
    with hooks.changed(ready.network, stop.name, change):
        return ready.run(shown.array)[0]


@pytest.mark.parametrize("name", ["mini_resnet", "mini_vit"])
def test_a_changed_map_changes_the_answer_and_leaves_no_trace(name: str) -> None:
    seen = activations.forward_pass(CAT, name)
    with models.borrow(name) as ready:
        hung = hook_count(ready.network)
        for stop in (seen.stops[2], seen.stops[-3]):  # a class token takes nothing from patches after the last block
            same = _logits_with(ready, seen.picture, stop, lambda one: one)
            np.testing.assert_allclose(same, seen.logits, atol=1e-5)
            other = _logits_with(ready, seen.picture, stop, torch.zeros_like)
            assert np.abs(other - same).max() > 0.01
        for _ in range(50):
            with pytest.raises(ZeroDivisionError):
                _logits_with(ready, seen.picture, seen.stops[1], lambda one: one * (1 // 0))
            with pytest.raises(KeyError), hooks.watched(ready.network, ["no such layer"]):
                pass
        assert hook_count(ready.network) == hung
        np.testing.assert_allclose(ready.run(seen.picture.array)[0], seen.logits, atol=1e-5)
        assert not ready.network.training


@pytest.fixture(params=["one", "wide", "tall"], name="odd")
def odd_photo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    size = {"one": (1, 1), "wide": (3000, 30), "tall": (30, 3000)}[request.param]
    path = tmp_path / "odd.png"
    Image.new("RGB", size, (200, 120, 40)).save(path)
    yield path


def test_odd_photos_are_seen_or_refused_with_a_sentence(odd: Path) -> None:
    try:
        seen = activations.forward_pass(odd, "mini_resnet")
    except PhotoError as error:
        assert str(error).endswith(".")
        return
    assert all(np.isfinite(one).all() for one in seen.maps)
    (row, column), _ = seen.point((0, 0))
    assert 0 <= row < seen.picture.size_hw[0] and 0 <= column < seen.picture.size_hw[1]


def test_points_go_to_the_picture_and_back() -> None:
    crop = centred((451, 300))
    inside, gone = crop.to_picture((140, 200), (64, 64))
    assert not gone
    row, column = crop.to_photo(inside, (64, 64))
    assert (round(row), round(column)) == (140, 200)
    assert crop.to_picture((140, 3), (64, 64)) == (((140.5 / 300) * 64 - 0.5, 0.0), True)
    assert unit_at((63.4, 0.0), (64, 64), (4, 4)) == (3, 0)
    assert Crop(0, 0, 100, 50).to_picture((49, 99), (10, 10))[0] == (9.0, 9.0)


def test_depth_runs_over_the_layers_evenly() -> None:
    assert [stop_at(11, number / 10) for number in range(11)] == list(range(11))
    assert (stop_at(5, -3), stop_at(5, 7), stop_at(1, 0.0)) == (0, 4, 0)
    seen = activations.forward_pass(CAT, "mini_vit")
    assert find(seen.stops, "blocks.3", "Small ViT") == 4
    with pytest.raises(SettingError, match=r"has no layer 'blocks.99'. It has, for example,"):
        find(seen.stops, "blocks.99", "Small ViT")


@pytest.mark.parametrize(("name", "side"), [("hog_people", None), ("nothing", None), ("mini_vit", 518)])
def test_what_cannot_be_looked_into_is_refused(name: str, side: int | None) -> None:
    with pytest.raises(SettingError):
        activations.forward_pass(CAT, name, side=side)

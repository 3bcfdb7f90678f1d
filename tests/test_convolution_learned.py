"""Learned filters against the networks they come from, what the page says of them, and OpenCV as the page's peer."""

import numpy as np
import pytest
import torch

from cvdemo import models, starters
from cvdemo.convolution import (
    ReducedPhoto,
    Settings,
    kernels,
    learned,
    reduce_photo,
    reduced_photo,
    slide,
    tool,
    window_around,
)
from cvdemo.convolution.describe import describe
from cvdemo.convolution.peer import apart_from_opencv, sentence
from cvdemo.convolution.sliding import planes
from cvdemo.errors import SettingError


@pytest.fixture(scope="module")
def cat() -> ReducedPhoto:
    return reduce_photo(starters.get("cat").path)


@pytest.mark.parametrize("filter_number", [0, 7, 15])
def test_a_learned_filter_is_that_of_the_network_itself(cat: ReducedPhoto, filter_number: int) -> None:
    settings = Settings("learned", model="mini_resnet", filter=filter_number)
    layer = learned.first_layer("mini_resnet")
    ours = slide(planes(cat, settings), tool(settings), settings).result[0]
    with models.borrow("mini_resnet") as model, torch.inference_mode():
        mean, std = (torch.tensor(v).view(3, 1, 1) for v in (model.preprocessing.mean, model.preprocessing.std))
        seen = (torch.from_numpy(cat.pixels.copy()).permute(2, 0, 1) / 255 - mean) / std
        convolution_layer = model.network.conv1[0]
        theirs = torch.nn.functional.conv2d(seen[None], convolution_layer.weight, padding=1)[0, filter_number]
    np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-4)
    assert layer.kernels.shape == (16, 3, 3, 3) and layer.stride == 2


def test_a_vit_begins_with_a_convolution_too() -> None:
    layer = learned.first_layer("mini_vit")
    assert layer.kernels.shape == (160, 3, 8, 8) and layer.stride == 8 and layer.bias.any()


@pytest.mark.parametrize(("name", "sentence"), [("resnet50", "not on this machine"), ("nothing", "no model called")])
def test_a_model_that_is_not_here_is_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        learned.first_layer(name)


def test_a_filter_that_the_layer_lacks_is_a_sentence() -> None:
    with pytest.raises(SettingError, match="has 16 first filters"):
        tool(Settings("learned", model="mini_resnet", filter=16))


SOBEL, LAPLACE, ONE = kernels.get("sobel_x").rows, ((0, 1, 0), (1, -4, 1), (0, 1, 0)), ((1, 1, 1),) * 3


@pytest.mark.parametrize(
    ("rows", "colour", "expected"),
    [
        (SOBEL, (1, 1, 1), "upright edges"),
        (kernels.get("sobel_y").rows, (1, 1, 1), "level edges"),
        (((-2, -1, 0), (-1, 0, 1), (0, 1, 2)), (1, 1, 1), "slanted edges"),
        (((0, 1, 2), (-1, 0, 1), (-2, -1, 0)), (1, 1, 1), "slanted edges"),
        (LAPLACE, (1, 1, 1), "spots and fine texture"),
        (ONE, (1, 1, 1), "bright areas"),
        (ONE, (-1, -1, -1), "dark areas"),
        (ONE, (2, -1, -1), "red areas"),
        (ONE, (-1, -1, 2), "blue areas"),
        (ONE, (1, 1, -2), "yellow areas"),
        (ONE, (-1, 2, -1), "green areas"),
        (SOBEL, (2, -1, -1), "upright colour edges"),
        (LAPLACE, (2, -1, -1), "colour texture"),
        (((0, 0, 0),) * 3, (1, 1, 1), "nothing here"),
    ],
)
def test_filters_with_a_known_meaning_are_told_so(
    cat: ReducedPhoto, rows: tuple[tuple[float, ...], ...], colour: tuple[int, int, int], expected: str
) -> None:
    kernel = np.array(colour, float)[:, None, None] * np.array(rows, float)
    assert describe(kernel, reduced_photo.colours(cat) / 255) == expected


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings("own", own=((1.0, -2.5), (0.25, 3.0)), padding="none", stride=3),
        Settings("blur", padding="mirror", dilation=4, colour=True),
        Settings("emboss", colour=True, groups=3, stride=2, flip=True),
        Settings("learned", model="mini_resnet", filter=5),
    ],
    ids=repr,
)
def test_opencv_agrees_on_the_page(cat: ReducedPhoto, settings: Settings) -> None:
    used = tool(settings)
    slid = slide(window_around(cat, (113, 172)).of(planes(cat, settings)), used, settings)
    assert (apart_from_opencv(slid, used, settings) or 0) < 1e-9
    spoilt = type(slid)(slid.seen, slid.padding, slid.result + 0.5)
    assert apart_from_opencv(spoilt, used, settings) == pytest.approx(0.5)


def test_opencv_has_no_transposed_form(cat: ReducedPhoto) -> None:
    settings = Settings(transposed=True)
    slid = slide(planes(cat, settings), tool(settings), settings)
    assert apart_from_opencv(slid, tool(settings), settings) is None
    assert "no transposed form" in sentence(None, 5)
    assert sentence(0.0, 1024) == "OpenCV's filter2D gives the same 1,024 numbers (largest difference 0)."

"""The lab itself: which cells, which kernel, how the whole photo reacts, and what the page says about it."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from app import request_log
from app.lab.handlers import handler
from app.lab.questions import answers_questions
from app.tabs import convolution_costs, convolution_view
from app.tabs.convolution import BENCH
from cvdemo import starters
from cvdemo.convolution import (
    ReducedPhoto,
    Settings,
    kernels,
    maps,
    reduce_photo,
    reduced_photo,
    slide,
    tool,
    window_around,
    words,
)
from cvdemo.convolution.response import Response, coloured, reach, respond
from cvdemo.convolution.sliding import planes
from cvdemo.errors import PhotoError


@pytest.fixture(scope="module")
def cat() -> ReducedPhoto:
    return reduce_photo(starters.get("cat").path)


def scene_of(pixels: np.ndarray) -> ReducedPhoto:
    return ReducedPhoto(pixels.astype(np.uint8), (pixels.shape[1], pixels.shape[0]), "", 0.0)


def halves() -> ReducedPhoto:
    """A photo whose left half is black and whose right half is white: one upright edge."""
    pixels = np.zeros((40, 60, 3))
    pixels[:, 30:] = 255
    return scene_of(pixels)


def test_a_large_photo_is_reduced_and_its_point_follows(tmp_path: Path) -> None:
    pixels = np.zeros((1200, 900, 3), np.uint8)
    pixels[800:, 600:] = 255
    Image.fromarray(pixels).save(tmp_path / "large.png")
    found = reduce_photo(tmp_path / "large.png")
    assert found.size_wh == (360, 480) and found.full_size_wh == (900, 1200)
    window = window_around(found, (800, 600))
    cells = window.of(reduced_photo.grey(found))
    assert cells.shape == (1, 32, 32)
    assert cells[0, :15, :15].max() == 0 and cells[0, 17:, 17:].min() == 255
    assert reduce_photo(tmp_path / "large.png") is found


@pytest.mark.parametrize(
    ("size_wh", "point", "expected"),
    [
        ((100, 80), (40, 50), (24, 34, 32, 32)),
        ((100, 80), (0, 0), (0, 0, 32, 32)),
        ((100, 80), (79, 99), (48, 68, 32, 32)),
        ((20, 80), (40, 10), (24, 0, 32, 20)),
        ((1, 1), (0, 0), (0, 0, 1, 1)),
    ],
)
def test_the_window_stays_inside_the_photo(
    size_wh: tuple[int, int], point: tuple[int, int], expected: tuple[int, ...]
) -> None:
    window = window_around(scene_of(np.zeros((size_wh[1], size_wh[0], 3))), point)
    assert (window.top, window.left, window.height, window.width) == expected


def test_a_file_that_is_no_photo_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError):
        reduce_photo(tmp_path / "nothing.png")


@pytest.mark.parametrize("kernel", [kernel.name for kernel in kernels.KERNELS])
@pytest.mark.parametrize("padding", ["zeros", "mirror"])
def test_the_whole_photo_is_filtered_as_opencv_does(cat: ReducedPhoto, kernel: str, padding: str) -> None:
    settings = Settings(kernel=kernel, padding=padding)  # type: ignore[arg-type]
    border = cv2.BORDER_CONSTANT if padding == "zeros" else cv2.BORDER_REFLECT_101
    grey = np.asarray(Image.fromarray(cat.pixels).convert("L"), np.float64)
    theirs = cv2.filter2D(grey, cv2.CV_64F, kernels.array(kernels.get(kernel).rows), borderType=border)
    made = respond(cat, tool(settings), settings)
    np.testing.assert_allclose(made.values[0], theirs, atol=1e-5)
    assert made.limit >= np.percentile(np.abs(theirs), 99) or not made.signed


def test_sobel_finds_the_one_upright_edge_and_no_level_one() -> None:
    photo = halves()
    across = respond(photo, tool(Settings(padding="none")), Settings(padding="none"))
    down = respond(photo, tool(Settings("sobel_y", padding="none")), Settings("sobel_y", padding="none"))
    assert across.strongest == down.strongest == 4 * 255
    assert across.reacting == pytest.approx(2 / 58)  # both columns beside the edge, of 58 that fit
    assert down.reacting == 0 and not down.values.any()
    assert words.answer(Settings("sobel_y"), down) == "Sobel y answers to level edges: 0.0\u00a0% of the photo reacts."


@pytest.mark.parametrize("seed", range(6))
def test_no_photo_answers_more_strongly_than_the_strongest(seed: int) -> None:
    """The photo that is white under positive and black under negative numbers reaches it; others stay below."""
    rng = np.random.default_rng(seed)
    rows = tuple(tuple(float(number) for number in row) for row in rng.uniform(-2, 2, (3, 3)))
    settings = Settings("own", own=rows, padding="none", colour=bool(seed % 2))
    used = tool(settings)
    most = reach(used, settings)
    signs = np.array(rows) > 0 if sum(map(sum, rows)) > 0 else np.array(rows) < 0
    best = scene_of(np.repeat(np.where(signs, 255, 0)[:, :, None], 3, 2))
    assert np.abs(slide(planes(best, settings), used, settings).result).max() == pytest.approx(most)
    noise = scene_of(rng.integers(0, 256, (30, 30, 3)))
    assert np.abs(slide(planes(noise, settings), used, settings).result).max() <= most + 1e-9


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
def test_a_transposed_kernel_stays_within_its_strongest(stride: int) -> None:
    settings = Settings(transposed=True, stride=stride, padding="none")
    used = tool(settings)
    made = slide(planes(halves(), settings), used, settings).result
    white = slide(np.full((1, 9, 9), 255.0), tool(Settings("blur")), Settings("blur", transposed=True, stride=stride))
    assert np.abs(made).max() <= reach(used, settings) + 1e-9
    assert white.result.max() == pytest.approx(
        reach(tool(Settings("blur")), Settings("blur", transposed=True, stride=stride))
    )


def test_flipping_is_the_convolution_of_mathematics(cat: ReducedPhoto) -> None:
    from scipy.signal import convolve2d

    rows = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
    settings = Settings("own", own=rows, flip=True, padding="none")
    ours = slide(planes(cat, settings), tool(settings), settings).result[0]
    np.testing.assert_allclose(ours, convolve2d(reduced_photo.grey(cat)[0], np.array(rows, float), "valid"), atol=1e-6)


@pytest.mark.parametrize(("kernel", "grows"), [("blur", False), ("sharpen", True)])
def test_contrast_is_told_as_it_changed(cat: ReducedPhoto, kernel: str, grows: bool) -> None:
    grey = np.asarray(Image.fromarray(cat.pixels).convert("L"), np.float64)
    theirs = cv2.filter2D(grey, cv2.CV_64F, kernels.array(kernels.get(kernel).rows))[3:-3, 3:-3]
    across, down = (np.abs(np.diff(part, axis=1)) for part in (theirs, theirs.T))
    before = [np.abs(np.diff(part, axis=1)) for part in (grey[3:-3, 3:-3], grey[3:-3, 3:-3].T)]
    expected = np.r_[across.ravel(), down.ravel()].mean() / np.r_[before[0].ravel(), before[1].ravel()].mean()
    made = respond(cat, tool(Settings(kernel)), Settings(kernel))
    assert made.contrast == pytest.approx(expected)
    assert ("times as much" if grows else "% less") in words.answer(Settings(kernel), made).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "colour"), [(-5, "543005"), (0, "f5f5f5"), (5, "003c30"), (9, "003c30"), (-9, "543005")]
)
def test_signed_values_are_brown_white_and_teal(value: float, colour: str) -> None:
    assert maps.signed(np.array([[value]]), 5)[0, 0].tobytes().hex() == colour


@pytest.mark.parametrize(("value", "end"), [(0, 1), (0.7, 0.8), (3.01, 4), (10, 10), (301, 400), (999, 1000)])
def test_a_colour_bar_ends_at_a_round_number(value: float, end: float) -> None:
    assert maps.round_up(value) == pytest.approx(end)


def test_three_groups_keep_the_colours_apart(cat: ReducedPhoto) -> None:
    settings = Settings("blur", colour=True, groups=3)
    made = respond(cat, tool(settings), settings)
    theirs = cv2.filter2D(cat.pixels, -1, kernels.array(kernels.get("blur").rows), borderType=cv2.BORDER_CONSTANT)
    assert np.abs(coloured(made.values, made).astype(int) - theirs).max() <= 1


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (Settings(), "nn.Conv2d(1, 1, kernel_size=3, padding=1, bias=False)"),
        (
            Settings(padding="mirror", stride=2),
            'nn.Conv2d(1, 1, kernel_size=3, stride=2, padding=1, padding_mode="reflect", bias=False)',
        ),
        (
            Settings(colour=True, groups=3, dilation=2),
            "nn.Conv2d(3, 3, kernel_size=3, padding=2, dilation=2, groups=3, bias=False)",
        ),
        (
            Settings(transposed=True, stride=2, padding="none"),
            "nn.ConvTranspose2d(1, 1, kernel_size=3, stride=2, bias=False)",
        ),
        (Settings("learned"), "nn.Conv2d(3, 1, kernel_size=3, padding=1, bias=False)"),
    ],
    ids=repr,
)
def test_the_pytorch_line_makes_the_same_layer(cat: ReducedPhoto, settings: Settings, line: str) -> None:
    used = tool(settings)
    assert words.torch_line(used, settings) == line
    layer = eval(line, {"nn": torch.nn})
    part = window_around(cat, (113, 172)).of(planes(cat, settings))
    ours = slide(part, used, settings).result
    weight = used.taps[None] if settings.groups == 1 and not settings.transposed else used.taps[:, None]
    assert layer.weight.shape == weight.shape
    with torch.inference_mode():
        layer.weight.copy_(torch.from_numpy(weight.copy()))
        theirs = layer(torch.from_numpy(part.copy()).float()[None])[0]
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-3)


see, look = handler(BENCH, "again"), answers_questions(BENCH)


@pytest.mark.parametrize("asked", [None, 5, [], {}, {"key": None}, {"key": "guess"}, {"settings": {}}], ids=repr)
def test_a_step_for_nothing_known_asks_for_the_cells_again(asked: object) -> None:
    assert look(asked) == {"gone": True}


def test_a_page_gets_cells_and_sentences_and_hostile_settings_one_sentence() -> None:
    rail = {"photo": {"id": "starter:cat"}, "point": [113, 172], "tab": "convolution"}
    *_, value = see(rail, {"settings": {"kernel": "blur"}})
    assert value["settings"]["kernel"] == "blur" and len(value["grid"]["output"]["values"][0]) == 32
    *_, broken = see(rail, {"settings": {"kernel": "blur", "own": "x"}})
    assert broken["settings"]["kernel"] == "sobel_x" and "square" in broken["error"]
    for settings in (None, [], {"nothing": 1}, {"stride": 0}, {"kernel": "learned", "model": "resnet50"}):
        answer = look({"key": value["key"], "settings": settings})
        assert answer["key"] == value["key"] and answer["error"].endswith((".", "page."))
    *_, outside = see({**rail, "point": [5000, 1]}, None)
    assert outside["grid"] is None and "inside the photo" in outside["message"]


def test_the_same_cells_keep_their_key_and_a_kernel_that_does_not_fit_leaves_them_to_see() -> None:
    rail = {"photo": {"id": "starter:cat"}, "point": [113, 172], "tab": "convolution"}
    *_, value = see(rail, None)
    *_, even = see(rail, {"settings": {"kernel": "own", "own": [[1, -1], [1, -1]]}})
    assert even["error"].startswith(BENCH.props["even_kernel"])
    assert (even["key"], even["grid"], even["settings"]) == (value["key"], value["grid"], Settings().plain())


@pytest.mark.parametrize("refuse", [
    lambda key: list(see({"photo": {"id": "starter:cat"}, "point": [5000, 1]}, None)),
    lambda key: list(see({"photo": {"id": "starter:cat"}, "point": [1, 1]}, {"settings": {"own": "x"}})),
    lambda key: look({"key": key, "settings": {"stride": 0}}),
    lambda key: answers_questions(convolution_costs.BENCH)({"settings": {"inputs": 2}}),
])  # fmt: skip
def test_what_is_refused_is_counted_as_refused(refuse: Any) -> None:
    *_, value = see({"photo": {"id": "starter:cat"}, "point": [113, 172]}, None)
    before = request_log.totals()
    refuse(value["key"])
    now = request_log.totals()
    assert {name: count - before.get(name, 0) for name, count in now.items() if count != before.get(name, 0)} == {
        "refused": 1
    }


def test_an_empty_kernel_says_so(cat: ReducedPhoto) -> None:
    settings = Settings("own", own=((0.0,),))
    made = respond(cat, tool(settings), settings)
    assert isinstance(made, Response) and made.reacting == 0
    assert words.answer(settings, made) == "Your kernel has only zeros: nothing reacts."
    assert convolution_view.view(cat, window_around(cat, (0, 0)), settings)["grid"]["output"]["height"] == 32


@pytest.mark.parametrize("size_wh", [(1, 1), (2, 2), (3, 90), (90, 3), (40, 40)])
@pytest.mark.parametrize("kernel", ["sobel_x", "blur", "learned"])
@pytest.mark.parametrize("stride", [1, 4])
def test_tiny_photos_get_an_answer(size_wh: tuple[int, int], kernel: str, stride: int) -> None:
    photo = scene_of(np.random.default_rng(2).integers(0, 256, (size_wh[1], size_wh[0], 3)))
    window = window_around(photo, (0, 0))
    drawn = convolution_view.view(photo, window, Settings(kernel, stride=stride))
    grid = drawn["grid"]["output"]
    assert [grid["width"], grid["height"]] == [-(-min(32, side) // stride) for side in size_wh]
    assert drawn["answer"].endswith(".")


def test_a_flat_photo_has_no_contrast_to_compare() -> None:
    photo = scene_of(np.full((40, 40, 3), 77))
    made = respond(photo, tool(Settings("blur")), Settings("blur"))
    assert made.contrast is None and "no differences" in words.answer(Settings("blur"), made)

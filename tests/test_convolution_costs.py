"""Costs against torch's own modules and counters, halving against torch's pooling layers and brute force."""

from itertools import product
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from app.lab.handlers import handler
from app.lab.questions import answers_questions
from app.tabs import convolution_costs, convolution_pool
from cvdemo import starters
from cvdemo.convolution import ReducedPhoto, reduce_photo, reduced_photo
from cvdemo.convolution.costs import Shape, answer, costs, sentence
from cvdemo.convolution.pooling import (
    STRIPES,
    STRIPES_HW,
    WAYS,
    Halving,
    compare,
    flicker,
    halve,
    halve_often,
    last_halving,
    moved,
    stripes,
)
from cvdemo.convolution.pooling import answer as pooling_answer
from cvdemo.errors import SettingError

ROWS = ((3, 1, 3, 7), (64, 128, 3, 56), (1, 1, 1, 7), (16, 8, 5, 14), (32, 64, 11, 28), (128, 3, 7, 7))
SHAPES = [Shape(*row) for row in ROWS]


def modules(shape: Shape) -> list[nn.Module]:
    size, options = shape.size, {"padding": shape.size // 2, "bias": False}
    return [
        nn.Conv2d(shape.inputs, shape.outputs, size, **options),
        nn.Sequential(
            nn.Conv2d(shape.inputs, shape.inputs, size, groups=shape.inputs, **options),
            nn.Conv2d(shape.inputs, shape.outputs, 1, bias=False),
        ),
        nn.Conv2d(shape.inputs, shape.outputs, 1, bias=False),
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_torch_counts_the_same_weights_and_multiply_adds(shape: Shape) -> None:
    for cost, module in zip(costs(shape), modules(shape), strict=True):
        assert cost.weights == sum(parameter.numel() for parameter in module.parameters())
        with FlopCounterMode(display=False) as counter, torch.device("meta"):
            made = module.to("meta")(torch.empty(1, shape.inputs, shape.side, shape.side))
        assert made.shape[2:] == (shape.side, shape.side)
        assert cost.multiply_adds == counter.get_total_flops() // 2
        assert eval(cost.formula) == cost.weights


def test_a_filter_over_three_colours_has_28_parameters() -> None:
    assert "27 weights and 1 bias, 28 in all" in sentence(Shape(3, 64, 3, 224))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Shape(64, 128, 3, 56), "8.41 times fewer multiply-adds than a standard 3 × 3"),  # 9*128 / (9 + 128)
        (Shape(64, 128, 1, 56), "does not pay"),
        (Shape(1, 1, 3, 7), "does not pay"),
    ],
    ids=repr,
)
def test_the_answer_tells_what_splitting_saves(shape: Shape, words: str) -> None:
    assert words in answer(shape)


@pytest.mark.parametrize(
    "wrong", [None, 5, {}, {"settings": None}, *({"settings": shape} for shape in (
        {"inputs": 2}, {"size": 0}, {"side": 56.5}, {"inputs": True}, {"colour": 3}, {"outputs": "3"}))], ids=repr,
)  # fmt: skip
def test_a_layer_from_a_browser_is_checked(wrong: Any) -> None:
    assert answers_questions(convolution_costs.BENCH)(wrong)["error"].endswith(".")


def test_costs_are_there_from_the_start_and_need_no_photo() -> None:
    first = convolution_costs.BENCH.begin()
    asked = {"key": first["key"], "settings": {**first["settings"], "inputs": 3}}
    assert first["answer"] == answer(Shape())
    assert answers_questions(convolution_costs.BENCH)(asked)["answer"] == answer(Shape(3))


@pytest.mark.parametrize(("height", "width"), [(8, 8), (9, 13), (32, 20)])
def test_halving_is_torch_s_pooling(height: int, width: int) -> None:
    planes = np.random.default_rng(3).uniform(0, 255, (3, height, width))
    tensor = torch.from_numpy(planes)[None]
    even = planes[:, : height // 2 * 2, : width // 2 * 2]
    blurred = [
        cv2.filter2D(p, -1, np.outer([1, 2, 1], [1, 2, 1]) / 16.0, borderType=cv2.BORDER_REFLECT_101) for p in even
    ]
    expected = {
        "max": functional.max_pool2d(tensor, 2)[0].numpy(),
        "average": functional.avg_pool2d(tensor, 2)[0].numpy(),
        "stride": functional.conv2d(
            torch.from_numpy(even.copy())[None], torch.ones(3, 1, 1, 1).double(), stride=2, groups=3
        )[0].numpy(),
        "blur": np.stack(blurred)[:, ::2, ::2],
    }
    for way, _, _ in WAYS:
        np.testing.assert_allclose(halve(planes, way), expected[way], atol=1e-9)


def test_blur_pooling_is_timm_s() -> None:
    from timm.layers import BlurPool2d

    planes = np.random.default_rng(5).uniform(0, 1, (4, 16, 16)).astype(np.float32)
    theirs = BlurPool2d(4, filt_size=3, stride=2)(torch.from_numpy(planes)[None])[0].numpy()
    np.testing.assert_allclose(halve(planes.astype(float), "blur"), theirs, atol=1e-5)


@pytest.mark.parametrize("way", [way for way, _, _ in WAYS])
def test_flicker_is_what_plain_loops_find(way: Any) -> None:
    planes = np.random.default_rng(9).uniform(0, 255, (3, 24, 40))
    here, further = (halve_often(planes[:, :, 8 - step : 32 - step], way, 2) for step in (0, 1))
    changes = [
        abs(further[c, y, (x + 1) // 4] - here[c, y, x // 4]) for c, y, x in product(range(3), range(6), range(23))
    ]
    assert flicker(here, further, 4) == pytest.approx(np.mean(changes))


def test_a_flat_photo_never_flickers_and_fine_stripes_do_under_a_stride() -> None:
    stripes = np.zeros((3, 16, 64))
    stripes[:, :, ::2] = 255
    found = {one.way: one for one in compare(stripes, 1)}
    assert found["stride"].flicker > 100 > found["blur"].flicker
    assert found["max"].brightness == pytest.approx(127.5) and found["average"].brightness == pytest.approx(0)
    assert all(one.flicker == 0 for one in compare(np.full((3, 16, 64), 9.0), 2))
    assert pooling_answer(compare(stripes, 1)).startswith("Moved by one pixel, ")


@pytest.mark.parametrize("size_hw", [(4, 8), (5, 9), (33, 70), (480, 360), (3, 480)])
def test_the_last_halving_is_possible_and_no_more(size_hw: tuple[int, int]) -> None:
    planes = np.zeros((3, *size_hw))
    last = last_halving(size_hw)
    if min(size_hw) >= 4:
        compare(planes, last)
    if last < 5:
        with pytest.raises(SettingError, match="too small to be halved"):
            compare(planes, last + 1)


def test_a_photo_moves_on_real_pixels() -> None:
    """Moving by a whole cell moves the small picture by one cell: nothing is invented at the edge."""
    cat = reduced_photo.colours(reduce_photo(starters.get("cat").path))
    still, further = ({one.way: one.picture for one in compare(cat, 2, shift)} for shift in (0, 4))
    for way in still:
        edge = 1 if way == "blur" else 0  # the mirror at the edge
        np.testing.assert_allclose(further[way][:, edge:-1, 1 + edge : -1], still[way][:, edge:-1, edge:-2])


see, halved = handler(convolution_pool.BENCH, "again"), answers_questions(convolution_pool.BENCH)


@pytest.mark.parametrize("asked", [None, 5, {}, {"key": 3}, {"key": "guess", "settings": {}}], ids=repr)
def test_a_step_for_no_known_photo_asks_again(asked: object) -> None:
    assert halved(asked) == {"gone": True}


def test_the_page_gets_four_pictures_once_and_hostile_settings_a_sentence() -> None:
    rail = {"photo": {"id": "starter:cat"}, "point": [1, 1], "tab": "convolution"}
    *_, value = see(rail, None)
    assert [panel["title"] for panel in value["panels"]] == [title for _, title, _ in WAYS]
    assert [again["key"] for again in see(rail, value)] == [value["key"]]  # the page draws nothing anew
    moved = halved({"key": value["key"], "settings": {"times": 3, "shift": 1}})
    assert (
        moved["settings"] == {"picture": "stripes", "times": 3, "shift": 1}
        and moved["panels"][0]["src"] != value["panels"][0]["src"]
    )
    for settings in ({"times": 9}, {"times": 0}, {"shift": 1.5}, {"shift": float("nan")}, {"times": True}):
        assert "must be a whole number" in halved({"key": value["key"], "settings": settings})["error"]
    assert halved({"key": value["key"], "settings": None})["error"].endswith("Reload the page.")


def test_the_first_view_shows_a_difference() -> None:
    """Stripes as fine as pixels: a stride keeps one of their two colours, averaging their mean, max-pooling white."""
    finest = stripes()[:, : STRIPES_HW[0] // len(STRIPES)]
    assert set(np.unique(finest)) == {0, 255} and (np.diff(finest, axis=2) != 0).all()
    kept = {one.way: one.picture for one in compare(finest, Halving().times, Halving().shift)}
    assert {way: set(np.unique(kept[way])) for way in ("max", "average")} == {"max": {255}, "average": {127.5}}
    assert [set(np.unique(halve_often(moved(finest, step), "stride", 2))) for step in (0, 1)] == [{0}, {255}]
    found = {one.way: one for one in compare(stripes(), Halving().times, Halving().shift)}
    assert found["stride"].flicker > 5 * max(found["blur"].flicker, found["average"].flicker, found["max"].flicker)
    assert found["max"].picture.min() == 0  # the widest stripes are still seen


def test_a_tiny_photo_is_a_sentence() -> None:
    with pytest.raises(SettingError, match="too small"):
        convolution_pool.view(ReducedPhoto(np.zeros((2, 2, 3), np.uint8), (2, 2), "", 0.0), Halving("photo"))

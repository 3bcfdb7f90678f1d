"""The starter photos: found without importing their packages, complete, and the drawn one with true boxes."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cvdemo import starters

NAMES = ["cat", "street", "portrait", "blood_cells", "coffee"]


@pytest.fixture
def fresh() -> Iterator[None]:
    """Forget which photos were found, before and after."""
    starters.all.cache_clear()
    yield
    starters.all.cache_clear()


def test_all_five_are_here_in_order() -> None:
    assert [starter.id for starter in starters.all()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_says_the_truth_about_its_file(name: str) -> None:
    starter = starters.get(name)
    with Image.open(starter.path) as picture:
        picture.load()
        assert picture.size == (starter.width, starter.height)
        assert picture.getexif().get(0x0112, 1) == 1, "the size in the header is the upright one"
    row, column = starter.point_rc
    assert 0 <= row < starter.height and 0 <= column < starter.width
    assert starter.name[0].isupper() and starter.credit


def test_heavy_packages_are_not_imported() -> None:
    code = (
        "import sys; from cvdemo import starters; assert len(starters.all()) == 5; "
        "print(sorted({'skimage', 'ultralytics', 'torch', 'scipy', 'cv2'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("missing", "left", "detect"),
    [
        ({"skimage"}, ["street", "blood_cells"], "street"),
        ({"ultralytics"}, ["cat", "portrait", "blood_cells", "coffee"], "cat"),
        ({"skimage", "ultralytics"}, ["blood_cells"], "blood_cells"),
    ],
    ids=["no scikit-image", "no ultralytics", "neither"],
)
def test_a_missing_package_leaves_the_others(
    fresh: None, monkeypatch: pytest.MonkeyPatch, missing: set[str], left: list[str], detect: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else find(name))
    assert [starter.id for starter in starters.all()] == left
    assert starters.for_tab("detect") == detect
    assert starters.for_tab("classify") == left[0]


def test_a_missing_file_leaves_the_others(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple((*row[:3], "no/such/file.png", *row[4:]) if row[0] == "coffee" else row for row in starters.ROWS)
    monkeypatch.setattr(starters, "ROWS", rows)
    assert [starter.id for starter in starters.all()] == NAMES[:4]


@pytest.mark.parametrize(
    ("tab", "name"), [("classify", "cat"), ("detect", "street"), ("inside", "cat"), ("no such tab", "cat")]
)
def test_each_tab_has_the_photo_that_suits_it(tab: str, name: str) -> None:
    assert starters.for_tab(tab) == name


@pytest.mark.parametrize("name", ["", "dog", "Cat", "../cat"])
def test_an_unknown_starter_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        starters.get(name)


def _truth() -> dict[str, Any]:
    return dict(json.loads((starters.ASSETS / "blood_cells.json").read_text()))


def test_the_drawn_smear_is_small_and_its_boxes_lie_inside() -> None:
    truth = _truth()
    with Image.open(starters.ASSETS / truth["image"]) as picture:
        assert list(picture.size) == truth["size_wh"]
    assert (starters.ASSETS / truth["image"]).stat().st_size < 300_000
    labels = [box["label"] for box in truth["boxes"]]
    assert {label: labels.count(label) for label in set(labels)} == {"RBC": 66, "WBC": 3, "Platelets": 9}
    for box in truth["boxes"]:
        left, top, right, bottom = box["box_xyxy"]
        assert 0 <= left < right <= truth["size_wh"][0] and 0 <= top < bottom <= truth["size_wh"][1]


def test_the_boxes_hold_what_they_name() -> None:
    """Judged by colour alone: red cells are redder than blue, the others bluer than red, the slide is bright."""
    truth = _truth()
    with Image.open(starters.ASSETS / truth["image"]) as picture:
        pixels = np.asarray(picture.convert("RGB"), dtype=float)
    slide = np.ones(pixels.shape[:2], dtype=bool)
    for box in truth["boxes"]:
        left, top, right, bottom = (round(value) for value in box["box_xyxy"])
        slide[top:bottom, left:right] = False
        quarter_h, quarter_w = (bottom - top) // 4, (right - left) // 4
        core = pixels[top + quarter_h : bottom - quarter_h, left + quarter_w : right - quarter_w]
        red, green, blue = core.reshape(-1, 3).mean(axis=0)
        assert {"RBC": red > blue + 40, "WBC": blue > red + 15, "Platelets": blue > red}[box["label"]], box
        assert green < 200
    assert pixels[slide].mean() > 205

"""What the browser asks of the Detect tab: everything from there is checked before it reaches the backend."""

from typing import Any

import pytest

from app.tabs.detect_asked import FIRST_DETECTOR, Wanted, asked, wanted
from cvdemo.detect import Settings
from cvdemo.errors import CvDemoError, SettingError

LABELS = ("person", "dog", "cup")


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "settings",
        {"unknown": 1},
        {"confidence": "0.5"},
        {"confidence": float("nan")},
        {"iou": True},
        {"iou": 1.01},
        {"method": "fast"},
        {"overlap": ["iou"]},
        {"max_detections": 0},
        {"max_detections": 1.5},
        {"max_per_class": 0},
        {"class_agnostic": 1},
        {"classes": "person"},
        {"classes": [1]},
        {"classes": ["x"] * 201},
        {"merged": "no"},
    ],
    ids=repr,
)
def test_settings_that_do_not_exist_are_one_sentence(value: Any) -> None:
    with pytest.raises(SettingError, match=r"\.$"):
        wanted(value)


def test_settings_come_back_as_they_were_sent() -> None:
    sent = {"confidence": 0.4, "iou": 0.6, "method": "diou", "classes": ["dog", "cup"], "merged": False}
    assert wanted(sent).echo().items() >= sent.items()
    assert wanted(wanted(sent).echo()) == wanted(sent)
    assert wanted({}) == Wanted()


@pytest.mark.parametrize(
    ("classes", "numbers"),
    [
        (None, None),
        ([], frozenset()),
        (["dog"], frozenset({1})),
        (["cup", "person"], frozenset({0, 2})),
        (["unknown here"], frozenset()),
    ],
    ids=repr,
)
def test_classes_go_by_name_because_detectors_number_them_differently(classes: Any, numbers: Any) -> None:
    assert wanted({"classes": classes}).settings_for(LABELS) == Settings(classes=numbers)


@pytest.mark.parametrize(
    "value",
    [
        {"models": "hog_people"},
        {"models": [1]},
        {"models": ["no such model"]},
        {"models": ["mini_vit"]},
        {"tiles": 4},
        {"tiles": True},
        {"tiles": "2"},
        {"settings": {"iou": -1}},
    ],
    ids=repr,
)
def test_a_wish_that_cannot_be_met_is_one_sentence(value: Any) -> None:
    with pytest.raises(CvDemoError, match=r"\.$"):
        asked(value)


@pytest.mark.parametrize("value", [None, "text", {}, {"models": []}, {"labels": {"path": 3}}], ids=repr)
def test_without_a_wish_the_first_detector_looks_at_the_whole_photo(value: Any) -> None:
    wish = asked(value)
    assert (wish.models, wish.wanted, wish.tiles, wish.labels) == ((FIRST_DETECTOR,), Wanted(), 1, None)


def test_two_detectors_at_most_and_none_twice() -> None:
    names = ["hog_people", "hog_people", "haar_faces", "yolov8n"]
    assert asked({"models": names, "tiles": 3}).models == ("hog_people", "haar_faces")

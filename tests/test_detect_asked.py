"""What the browser asks of the Detect tab: everything from there is checked before it reaches the backend."""

from typing import Any

import pytest

from app.components.photo import start
from app.lab.handlers import wish
from app.tabs.detect import BENCH
from cvdemo.detect import Settings
from cvdemo.detect.settings import FIRST_DETECTOR, Wanted
from cvdemo.errors import CvDemoError, SettingError

LABELS = ("person", "dog", "cup")


def asked(value: Any) -> Wanted:
    settings: Wanted = wish(BENCH, start("street"), None, value).settings
    return settings


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
        Wanted.of(value)


def test_settings_come_back_as_they_were_sent() -> None:
    sent = {"confidence": 0.4, "iou": 0.6, "method": "diou", "classes": ["dog", "cup"], "merged": False}
    assert Wanted.of(sent).plain().items() >= sent.items()
    assert Wanted.of(Wanted.of(sent).plain()) == Wanted.of(sent)
    assert Wanted.of({}) == Wanted()


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
    assert Wanted.of({"classes": classes}).settings_for(LABELS) == Settings(classes=numbers)


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
        {"tiles": 2.0},
        {"iou": -1},
    ],
    ids=repr,
)
def test_a_wish_that_cannot_be_met_is_one_sentence(value: Any) -> None:
    with pytest.raises(CvDemoError, match=r"\.$"):
        asked({"settings": value})


@pytest.mark.parametrize(
    "value",
    [None, "text", {}, {"settings": None}, {"settings": {"models": []}}, {"settings": {"labels": {"path": 3}}}],
    ids=repr,
)
def test_without_a_wish_the_first_detector_looks_at_the_whole_photo(value: Any) -> None:
    wanted = asked(value)
    assert (wanted.models, wanted.tiles, wanted.labels) == ((FIRST_DETECTOR,), 1, None)
    assert wanted == Wanted()


def test_two_detectors_at_most_and_none_twice() -> None:
    names = ["hog_people", "hog_people", "haar_faces", "yolov8n"]
    assert asked({"settings": {"models": names, "tiles": 3}}).models == ("hog_people", "haar_faces")

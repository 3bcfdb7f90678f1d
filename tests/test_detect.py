"""/detect and the tab's view: the ledger adds up, the suppressor overlaps by the IoU that is told."""

from pathlib import Path
from typing import Any

import pytest
import torch
from gradio_client import Client, handle_file
from torchvision.ops import box_iou, nms

from app.tabs import detect, detect_view
from cvdemo import starters
from cvdemo.detect import Settings
from cvdemo.detect.find import find
from cvdemo.errors import SettingError


@pytest.fixture(scope="module")
def street() -> Path:
    return starters.get("street").path


@pytest.fixture(scope="module")
def client(page: str) -> Client:
    return Client(page, verbose=False)


def test_detect_tells_every_box_and_adds_up(client: Client, street: Path) -> None:
    answer = client.predict(image=handle_file(street), model="hog_people", iou=0.3, api_name="/detect")
    kept, suppressed = answer["kept"], answer["suppressed"]
    assert len(kept) + len(suppressed) + answer["over_limit"] == answer["above_confidence"] <= answer["candidates"]
    assert answer["image_size"] == [810, 1080]
    assert len(suppressed) > 1
    boxes = {row["id"]: row["box_xyxy"] for row in kept + suppressed}
    for row in suppressed:
        overlap = box_iou(torch.tensor([row["box_xyxy"]]), torch.tensor([boxes[row["by"]]])).item()
        assert overlap == pytest.approx(row["iou"], abs=0.01)
        assert overlap > 0.3 - 0.01


def test_the_kept_boxes_are_those_of_torchvision(street: Path) -> None:
    found, _ = find(street, "hog_people")
    drawn = detect_view.view(found, Settings(confidence=0.25, iou=0.45), "key")
    above = found.scores >= 0.25
    kept = nms(torch.from_numpy(found.boxes_xyxy[above]), torch.from_numpy(found.scores[above]), 0.45)
    assert sum(row["state"] == detect_view.SHOWN_KEPT for row in drawn["boxes"]) == len(kept)
    assert drawn["curve"]["kept"][drawn["curve"]["thresholds"].index(0.45)] == len(kept)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"model": "resnet50"}, "does not detect"),
        ({"model": "nothing"}, "no model called"),
        ({"model": 3}, "name of a detector"),
        ({"iou": 1.5}, "from 0 to 1"),
        ({"iou": "half"}, "from 0 to 1"),
        ({"confidence": True}, "from 0 to 1"),
        ({"confidence": None}, "from 0 to 1"),
        ({"method": "magic"}, "must be one of"),
        ({"class_agnostic": "yes"}, "either on"),
        ({"max_detections": 0}, "whole number"),
        ({"max_detections": 2.5}, "whole number"),
    ],
)
def test_bad_settings_get_one_sentence(client: Client, street: Path, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Exception, match=sentence):
        client.predict(image=handle_file(street), **{"model": "hog_people", **arguments}, api_name="/detect")


@pytest.mark.parametrize(
    "asked",
    [None, 5, [], {}, {"key": None}, {"key": "guess"}, {"key": 5, "settings": {}}, {"settings": {"iou": 0.5}}],
    ids=repr,
)
def test_a_slider_step_for_nothing_known_asks_for_a_new_run(asked: object) -> None:
    assert detect.suppress(asked) == {"gone": True}


@pytest.mark.parametrize(
    "value",
    [None, [], "x", {"iou": 7}, {"nothing": 1}, {"iou": float("nan")}, {"classes": [1]}, {"method": 3}],
    ids=repr,
)
def test_settings_from_a_browser_are_checked(value: object) -> None:
    with pytest.raises(SettingError):
        detect_view.settings_from(value)

"""/detect and the tab's view: the ledger adds up, the suppressor overlaps by the IoU that is told."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from gradio_client import Client, handle_file
from torchvision.ops import box_iou, nms

from app import request_log
from app.components.photo import start
from app.lab import answers_questions
from app.lab.handlers import handler
from app.tabs import detect_rows, detect_view
from app.tabs.detect import BENCH
from app.tabs.detect_view import Pane, Request, Shown
from cvdemo import images, starters
from cvdemo.detect import Candidates, Settings
from cvdemo.detect.find import find
from cvdemo.errors import ModelUnavailable

look = answers_questions(BENCH)


@pytest.fixture(scope="module")
def street() -> Path:
    return starters.get("street").path


@pytest.fixture(scope="module")
def client(page: str) -> Client:
    return Client(page, verbose=False)


def test_detect_tells_every_box_and_adds_up(client: Client, street: Path) -> None:
    answer = client.predict(image=handle_file(street), model="hog_people", iou=0.3, api_name="/detect")
    assert answer["engine"] == "opencv"
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
    drawn = detect_view.pane(Pane(found), Settings(confidence=0.25, iou=0.45), "key")
    above = found.scores >= 0.25
    kept = nms(torch.from_numpy(found.boxes_xyxy[above]), torch.from_numpy(found.scores[above]), 0.45)
    assert sum(row["state"] == detect_rows.SHOWN_KEPT for row in drawn["boxes"]) == len(kept)
    stairs = drawn["curve"]["data"][0]
    assert stairs["y"][stairs["x"].index(0.45)] == len(kept)


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
    "asked", [None, 5, [], {}, {"key": None}, {"key": []}, {"key": "guess"}, {"key": 5}, {"key": ["a"]}], ids=repr
)
@pytest.mark.parametrize("more", [{}, {"format": "csv"}, {"check": "labels.txt"}], ids=repr)
def test_a_step_for_nothing_known_asks_for_a_new_run(asked: object, more: dict[str, str]) -> None:
    assert look(asked | more if isinstance(asked, dict) else asked) == {"gone": True}


@pytest.fixture(scope="module")
def cells() -> tuple[str, Candidates]:
    """The candidates of a drawn scene, remembered as a page remembers them: their key, and themselves."""
    path = starters.get("cells_crowded").path
    found, _ = find(path, "yolov8n_blood_cells")
    request = Request(images.open(path).digest, ("yolov8n_blood_cells",))
    shown, error = detect_view.with_truth(Shown(request, path, (Pane(found, 1),)), None)
    assert error is None
    return BENCH.shown.keep(shown), found


def test_the_true_boxes_of_a_drawn_scene_add_up(cells: tuple[str, Candidates]) -> None:
    key, _ = cells
    labels = json.loads(starters.get("cells_crowded").path.with_suffix(".json").read_text())["boxes"]
    (pane,) = look({"key": key, "settings": {"iou": 0.45}})["panes"]
    outcomes = Counter(row.get("outcome") for row in pane["boxes"] if row["state"] == detect_rows.SHOWN_KEPT)
    missed = [row for row in pane["boxes"] if row["state"] == 2]
    assert outcomes["tp"] + len(missed) == len(labels)
    assert set(outcomes) <= {"tp", "fp"}
    assert pane["truth"]["sentence"].startswith(f"{outcomes['tp']} found, {outcomes['fp']} false, {len(missed)} missed")
    here = pane["truth"]["chart"]["data"][1]
    (recall,), (precision,) = here["x"], here["y"]
    assert recall == pytest.approx(outcomes["tp"] / len(labels))
    assert precision == pytest.approx(outcomes["tp"] / outcomes.total())


def test_what_is_taken_away_is_what_is_shown(cells: tuple[str, Candidates]) -> None:
    key, _ = cells
    settings = {"iou": 0.3, "confidence": 0.4, "classes": ["RBC"]}
    (pane,) = look({"key": key, "settings": settings})["panes"]
    kept = sum(row["state"] == detect_rows.SHOWN_KEPT for row in pane["boxes"])
    taken = look({"key": key, "settings": settings, "format": "json"})
    answer = json.loads(taken["text"])
    assert (len(answer["kept"]), {box["label"] for box in answer["kept"]}) == (kept, {"RBC"})
    rows = look({"key": key, "settings": settings, "format": "csv"})["text"].splitlines()
    assert sum(",kept," in row for row in rows) == kept


@pytest.mark.parametrize("path", [None, 3, "/etc/passwd", "labels.txt", ["x"]], ids=repr)
def test_a_label_file_comes_through_the_one_door(cells: tuple[str, Candidates], path: object) -> None:
    key, _ = cells
    answer = look({"key": key, "settings": {}, "check": path})
    assert answer["error"].startswith("The label file is no longer here")


def test_nothing_but_the_asked_settings_counts(cells: tuple[str, Candidates]) -> None:
    key, _ = cells
    assert "from 0 to 1" in look({"key": key, "settings": {"iou": 7}})["error"]


@pytest.mark.parametrize("pane", [None, -1, 1, 7, True, 0.0, 1.0, "0", [0], {}], ids=repr)
def test_a_file_of_no_pane_is_that_of_the_first(cells: tuple[str, Candidates], pane: object) -> None:
    key, _ = cells
    assert look({"key": key, "settings": {}, "format": "json", "pane": pane})["name"] == "yolov8n_blood_cells.json"


def _asked(event: str, value: dict[str, Any]) -> list[dict[str, Any]]:
    return list(handler(BENCH, event)(start("street"), value))


def test_the_same_is_not_asked_twice_and_a_new_wish_is() -> None:
    first = _asked("again", BENCH.waiting(""))[-1]
    assert [pane["model"] for pane in first["panes"]] == ["hog_people"]
    again = _asked("again", first)[-1]
    assert (again["key"], again["run"]) == (first["key"], first["run"])
    other = _asked("again", first | {"settings": first["settings"] | {"models": ["haar_faces"]}})[-1]
    assert other["key"] != first["key"] and other["run"] != first["run"]


def test_a_detector_that_is_not_here_is_offered_and_what_is_shown_stays() -> None:
    first = _asked("again", BENCH.waiting(""))[-1]
    last = _asked("again", first | {"settings": first["settings"] | {"models": ["yolov8n"]}})[-1]
    assert [offer["model"] for offer in last["offers"]] == ["yolov8n"]
    assert "Download" in last["offers"][0]["fetch"]
    assert (last["key"], last["panes"]) == (first["key"], first["panes"])


def test_refused_work_counts_as_refused(monkeypatch: pytest.MonkeyPatch, cells: tuple[str, Candidates]) -> None:
    def gone(*_: object) -> None:
        raise ModelUnavailable("It cannot be had now.", "yolov8n", "hog_people")

    first = _asked("again", BENCH.waiting(""))[-1]
    monkeypatch.setattr("app.tabs.detect.find", gone)
    before = request_log.totals().get("refused", 0)
    last = _asked("fetch", first | {"settings": first["settings"] | {"models": ["yolov8n"]}})[-1]
    (offered,) = last["offers"]
    assert (offered["text"], offered["fetch"], offered["use"]["name"]) == ("It cannot be had now.", None, "hog_people")
    assert (last["key"], last["panes"], last["busy"]) == (first["key"], first["panes"], None)
    assert "error" in look({"key": cells[0], "settings": {"iou": 7}})
    assert "error" in look({"key": cells[0], "settings": {}, "check": "/etc/passwd"})
    unreadable = {"photo": {"id": "/etc/passwd"}}
    *_, refused = handler(BENCH, "again")(unreadable, BENCH.waiting(""))
    assert refused["message"].endswith(".") and refused["key"] is None
    assert request_log.totals()["refused"] == before + 4

"""Why this box: what the browser takes away is what is known; to take it away runs nothing."""

import base64
import io
from typing import Any

import numpy as np
import pytest

from app import request_log
from app.components.photo import start
from app.lab import answers_questions
from app.lab.handlers import handler
from app.tabs import detect
from app.tabs.detect_view import Pane, Request, Shown
from app.tabs.detect_why import BENCH
from cvdemo import images, starters
from cvdemo.detect.find import find
from cvdemo.results import Results
from cvdemo.saliency import box

CELLS = starters.get("blood_cells").path
MODEL = "yolov8n_blood_cells"

look = answers_questions(BENCH)


def _explained(asked: Any) -> dict[str, Any]:
    *_, last = handler(BENCH, "again")(start("blood_cells"), BENCH.waiting("") | {"asked": asked})
    assert isinstance(last, dict)
    return last


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    found, _ = find(CELLS, MODEL)
    key = detect.BENCH.shown.keep(Shown(Request(images.open(CELLS).digest, (MODEL,)), CELLS, (Pane(found, 1),)))
    return {"key": key, "model": MODEL, "index": 3, "method": "layercam"}


def test_the_file_holds_the_map_over_the_photo(asked: dict[str, Any]) -> None:
    last = _explained(asked)
    file = look({"key": last["key"], "settings": {}, "npy": True})
    values = np.load(io.BytesIO(base64.b64decode(file["url"].partition(",")[2])))
    width, height = images.open(CELLS).facts.full_size_wh
    assert file["name"] == f"{MODEL}-layercam.npy"
    assert values.shape[1] / values.shape[0] == pytest.approx(width / height, rel=0.01)
    x0, y0, x1, y1 = (np.array(last["box"]) * (values.shape[1] / width)).round().astype(int)
    assert 0.5 < values[max(y0, 0) : y1, max(x0, 0) : x1].sum() / values.sum() <= 1, "most of it lies inside the box"


def test_what_is_not_known_any_more_runs_nothing(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object) -> None:
        raise AssertionError("a network ran")

    key = _explained(asked)["key"]
    monkeypatch.setattr(box, "_found", Results())
    monkeypatch.setattr(box, "_run", run)
    assert look({"key": key, "settings": {}, "npy": True}) == {"gone": True}


@pytest.mark.parametrize(
    "changes",
    [{"key": "no such key"}, {"key": None}, {"key": []}, {"index": -1}, {"index": 10**9}, {"index": True},
     {"index": "3"}, {"method": "scorecam"}, {"method": None}, {"method": {}}, {"model": "hog_people"}, {"model": []}],
)  # fmt: skip
def test_rubbish_is_nothing_but_a_sentence(asked: dict[str, Any], changes: dict[str, Any]) -> None:
    before = request_log.totals().get("refused", 0)
    last = _explained(asked | changes)
    assert last["key"] is None and last["message"].endswith(".") and "map" not in last
    assert request_log.totals()["refused"] == before + 1


@pytest.mark.parametrize("asked", [None, 7, "text", [], {}])
def test_no_question_is_nothing(asked: Any) -> None:
    assert look(asked) == {"gone": True}
    assert _explained(asked)["key"] is None

"""Why this box: what the browser takes away is what is known; to take it away runs nothing."""

import base64
import io
from typing import Any

import numpy as np
import pytest

from app.tabs import detect_steps, detect_why
from app.tabs.detect_view import Shown
from cvdemo import images, starters
from cvdemo.detect.find import find
from cvdemo.results import Results
from cvdemo.saliency import box

CELLS = starters.get("blood_cells").path
MODEL = "yolov8n_blood_cells"


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    found, _ = find(CELLS, MODEL)
    return {"key": detect_steps.remember(Shown(found, 1, path=CELLS)), "index": 3, "method": "layercam"}


def test_the_file_holds_the_map_over_the_photo(asked: dict[str, Any]) -> None:
    *_, last = detect_why.ask({"asked": asked})
    (file,) = detect_why.arrays(asked)
    values = np.load(io.BytesIO(base64.b64decode(file["url"].partition(",")[2])))
    width, height = images.open(CELLS).facts.full_size_wh
    assert file["name"] == f"{MODEL}-layercam.npy"
    assert values.shape[1] / values.shape[0] == pytest.approx(width / height, rel=0.01)
    x0, y0, x1, y1 = (np.array(last["shown"]["box"]) * (values.shape[1] / width)).round().astype(int)
    assert 0.5 < values[max(y0, 0) : y1, max(x0, 0) : x1].sum() / values.sum() <= 1, "most of it lies inside the box"


def test_what_is_not_known_any_more_runs_nothing(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object) -> None:
        raise AssertionError("a network ran")

    monkeypatch.setattr(box, "_found", Results())
    monkeypatch.setattr(box, "_run", run)
    assert detect_why.arrays(asked) == []


@pytest.mark.parametrize(
    "changes",
    [{"key": "no such key"}, {"key": None}, {"key": []}, {"index": -1}, {"index": 10**9}, {"index": True},
     {"index": "3"}, {"method": "scorecam"}, {"method": None}, {"method": {}}],
)  # fmt: skip
def test_rubbish_is_nothing(asked: dict[str, Any], changes: dict[str, Any]) -> None:
    assert detect_why.arrays(asked | changes) == []


@pytest.mark.parametrize("asked", [None, 7, "text", [], {}])
def test_no_question_is_nothing(asked: Any) -> None:
    assert detect_why.arrays(asked) == []

"""Frames of live video get boxes or a sentence: hostile ones at once, nobody's mixed, nothing kept."""

import base64
import logging
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app import live_frames
from app.components.live import FRAME_SIDE, LiveDetect
from app.tabs import detect_live
from cvdemo import compute, images, starters
from cvdemo.detect import find as find_module
from tests import bad_files as files
from tests.stub_detector import Stub, asked, grey_says_where, jpeg, raw

pytestmark = pytest.mark.usefixtures("idle")
SAME = [[10, 10, 50, 50], [11, 11, 51, 51], [200, 10, 260, 50]]


def _patient(frame: dict[str, Any]) -> dict[str, Any]:
    """Ask again as the page does, while something else uses the device."""
    for _ in range(50):
        answer = detect_live.answer(frame)
        if not answer.get("busy"):
            return answer
    raise AssertionError("always busy")


def test_a_real_frame_is_answered_with_people() -> None:
    street = np.asarray(Image.open(starters.get("street").path).convert("RGB").resize((480, 640)))
    answer = _patient(asked(frame=jpeg(street)))
    assert answer["size"] == [480, 640] and answer["detector_ms"] > 0 and answer["nms_ms"] > 0
    assert len(answer["boxes"]) >= 3
    for row in answer["boxes"]:
        x0, y0, x1, y1 = row["box"]
        assert 0 <= x0 < x1 <= 480 and 0 <= y0 < y1 <= 640
        assert re.fullmatch(r"person [01]\.\d\d", row["tag"])


def test_a_busy_machine_is_said_at_once_and_the_next_frame_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    Stub(lambda _: raw(SAME, [0.9, 0.8, 0.5])).take_place(monkeypatch)
    with compute.turn(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(detect_live.answer, asked()).result(20) == {"busy": True}
    assert [row["tag"] for row in _patient(asked())["boxes"]] == ["person 0.90", "person 0.50"]


NO_FRAME = live_frames.NO_FRAME
HOSTILE: dict[str, tuple[Any, str]] = {
    "nothing": (None, NO_FRAME),
    "a number": (5, NO_FRAME),
    "a list": ([asked()], NO_FRAME),
    "empty": ({}, NO_FRAME),
    "no frame": ({"model": "hog_people", "settings": {}}, NO_FRAME),
    "frame is a number": (asked(frame=7), NO_FRAME),
    "frame is an object": (asked(frame={"path": "/etc/passwd"}), NO_FRAME),
    "not base64": (asked(frame="%%%"), "arrived damaged"),
    "not ASCII": (asked(frame="ö" * 400), "arrived damaged"),
    "a data URL": (asked(frame="data:image/jpeg;base64," + jpeg()), "arrived damaged"),
    "empty frame": (asked(frame=""), "empty"),
    "too long": (asked(frame="A" * 400_001), "too large: 400,001 characters"),
    "garbage": (asked(frame=base64.b64encode(b"garbage" * 500).decode()), "not a picture"),
    "SVG": (asked(frame=base64.b64encode(b"<svg onload='alert(1)'/>").decode()), "SVG is a drawing"),
    "PNG": (asked(frame=jpeg(format="PNG")), "must be JPEG"),
    "cut": (asked(frame=jpeg(files.scene(300, 200))[:2000]), "ends in the middle"),
    "a large frame": (asked(frame=jpeg(np.zeros((900, 1200, 3), np.uint8))), "at most 640 pixels a side"),
    "a bomb": (
        asked(frame=base64.b64encode(files.resized_header("JPEG", 65_500, 65_500)).decode()), "megapixels is too much",
    ),
    "model is a list": (asked(model=["hog_people"]), NO_FRAME),
    "unknown model": (asked(model="yolov9000"), "no model called"),
    "a classifier": (asked(model="mini_vit"), "does not detect"),
    "not here": (asked(model="yolov8x"), "not on this machine"),
    "a long name": (asked(model="x" * 100_000), "no model called"),
    "no settings": (asked(settings=None), "settings are not known"),
    "settings are text": (asked(settings="iou"), "settings are not known"),
    "unknown setting": (asked(settings={"evil": 1}), "settings are not known"),
    "NaN": (asked(settings={"iou": float("nan")}), "from 0 to 1"),
    "infinite": (asked(settings={"confidence": float("inf")}), "from 0 to 1"),
    "true": (asked(settings={"iou": True}), "from 0 to 1"),
    "too many boxes": (asked(settings={"max_detections": 10**9}), "whole number"),
    "classes are text": (asked(settings={"classes": "person"}), "list of names"),
    "classes are numbers": (asked(settings={"classes": [0]}), "list of names"),
    "too many classes": (asked(settings={"classes": ["x"] * 201}), "list of names"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_frames_get_one_sentence_at_once(name: str) -> None:
    frame, sentence = HOSTILE[name]
    started = time.process_time()
    answer = detect_live.answer(frame)
    assert set(answer) == {"error"} and sentence in answer["error"] and len(answer["error"]) < 300
    assert time.process_time() - started < 1


def test_settings_of_the_page_are_known() -> None:
    settings = {"confidence": 0.3, "iou": 0.5, "method": "merge", "class_agnostic": True, "overlap": "smaller",
                "max_detections": 9, "max_per_class": None, "classes": ["person"], "merged": False}  # fmt: skip
    assert "boxes" in _patient(asked(model="haar_faces", settings=settings))


def test_two_threads_with_their_own_frames_never_mix_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub(grey_says_where, pause_s=0.001).take_place(monkeypatch)
    start = threading.Barrier(2)

    def visit(level: int) -> set[float]:
        frame = asked(frame=jpeg(np.full((80, 400, 3), level, np.uint8)))
        start.wait()
        return {_patient(frame)["boxes"][0]["box"][2] for _ in range(50)}

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(visit, (50, 200))) == [{50.0}, {200.0}]
    assert stub.most_at_once == 1 and len(stub.models) >= 100


def test_nothing_of_a_frame_is_kept(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    Stub(lambda _: raw(SAME, [0.9, 0.8, 0.5])).take_place(monkeypatch)
    cache = Path(os.environ["GRADIO_TEMP_DIR"])
    before = len(find_module._candidates), {path for path in cache.rglob("*") if path.is_file()}
    with caplog.at_level(logging.DEBUG):
        for _ in range(5):
            assert "boxes" in _patient(asked())
        detect_live.answer(asked(frame="garbage"))
    assert (len(find_module._candidates), {path for path in cache.rglob("*") if path.is_file()}) == before
    assert not [record for record in caplog.records if record.name.startswith(("app", "cvdemo"))]


def test_the_page_asks_for_what_the_server_takes() -> None:
    live = LiveDetect({"model": "hog_people", "settings": {}, "titles": {}})
    assert (live.props["seconds"], live.props["side"]) == (30, FRAME_SIDE)
    noise = np.random.default_rng(0).integers(0, 256, (FRAME_SIDE, FRAME_SIDE, 3), np.uint8)
    assert len(images.data_url(noise, quality=80)) < live_frames.FRAME_LIMIT  # the heaviest frame there is
    assert "'image/jpeg', 0.8" in (Path(detect_live.__file__).parents[1] / "components" / "live_camera.js").read_text()

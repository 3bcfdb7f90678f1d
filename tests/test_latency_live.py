"""Live video through several classifiers: the same answers as for a photo, in turn, and nonsense does no harm."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app import request_log
from app.live_frames import BUSY, NO_FRAME, WaitingRoom
from app.tabs import latency_live
from cvdemo import catalogue, compute, engines, models, starters
from cvdemo.classify import classify
from cvdemo.latency import live
from tests.stub_detector import jpeg

pytestmark = pytest.mark.usefixtures("idle")
PAIR = list(catalogue.BUNDLED_PAIR)


@pytest.fixture(name="frame", scope="module")
def cat_frame() -> np.ndarray:
    with Image.open(starters.get("cat").path) as photo:
        return np.asarray(photo.convert("RGB").resize((320, 240)))


def asked(**changes: Any) -> dict[str, Any]:
    return {"frame": jpeg(), "models": PAIR, "turned": False, **changes}


def test_a_frame_is_called_what_a_photo_of_it_is_called(frame: np.ndarray, tmp_path: Path) -> None:
    Image.fromarray(frame).save(tmp_path / "frame.png")
    known = {answer.model: answer.top(1)[0] for answer in classify(tmp_path / "frame.png", PAIR).answers}
    for said in live.classify_frame(frame, PAIR):
        assert said.label == known[said.model].label
        assert said.share == pytest.approx(known[said.model].probability, abs=1e-4)
        assert said.weights == "bundled" and said.prepare_ms > 0 and said.network_ms > 0


def test_every_second_frame_begins_with_the_last_model(frame: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    ran, engine_for = [], engines.engine_for
    monkeypatch.setattr(
        engines, "engine_for", lambda model, shape: (ran.append(model.spec.name), engine_for(model, shape))[1]
    )
    for turned in (False, True):
        assert [said.model for said in live.classify_frame(frame, PAIR, turned)] == PAIR
    assert ran == PAIR + PAIR[::-1]


def test_random_weights_say_nothing(frame: np.ndarray) -> None:
    (said,) = live.classify_frame(frame, ["resnet18"])
    assert (said.weights, said.label, said.share) == ("random", None, None)
    (row,) = latency_live.answer(asked(models=["resnet18"]))["models"]
    assert row["by"].endswith("random weights") and row["says"] is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"models": []}, NO_FRAME),
        ({"models": "mini_vit"}, NO_FRAME),
        ({"models": [1]}, NO_FRAME),
        ({"models": ["hog_people"]}, "finds objects"),
        ({"models": ["siglip_base_patch16_224"]}, "your own labels"),
        ({"models": ["nobody"]}, "nobody"),
        ({"models": list(catalogue.names("classify")[:7])}, "Six at most"),
        ({"frame": "%%"}, "damaged"),
        ({"frame": None}, NO_FRAME),
        ({"frame": "A" * 400_001}, "too large"),
        ({"frame": jpeg(np.zeros((10, 800, 3), np.uint8))}, "640 pixels a side"),
        ({"frame": jpeg(format="PNG")}, ""),
    ],
)
def test_nonsense_is_answered_with_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    wrong = asked(**changes)
    told = latency_live.prepare(wrong) or latency_live.answer(wrong)
    assert set(told) == {"error"} and sentence in told["error"]


def test_a_lent_model_means_busy_not_waiting() -> None:
    live.ready(PAIR)
    with models.borrow(PAIR[1]), ThreadPoolExecutor(1) as pool:
        assert pool.submit(latency_live.prepare, asked()).result(20) is None
        assert pool.submit(latency_live.answer, asked()).result(20) == BUSY


def test_a_held_device_means_busy_not_waiting(frame: np.ndarray) -> None:
    live.ready(PAIR)
    with compute.turn(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(latency_live.answer, asked()).result(60) == BUSY


def test_refused_frames_count_as_refused() -> None:
    async def admitted() -> list[dict[str, Any]]:
        room = WaitingRoom(latency_live.prepare, latency_live.answer)
        return [await room.admit("one", frame) for frame in (asked(models=[]), asked(frame="%%"), asked())]

    before = request_log.totals()
    with ThreadPoolExecutor(1) as pool:  # a browser test before it may have left this thread an event loop that runs
        told = pool.submit(asyncio.run, admitted()).result(60)
    assert [set(one) for one in told] == [{"error"}, {"error"}, {"models"}]
    counted = {name: request_log.totals().get(name, 0) - before.get(name, 0) for name in ("refused", "ok")}
    assert counted == {"refused": 2, "ok": 1}

"""What a detector sees in one frame of live video: the boxes of greedy NMS, without waiting and without a trace."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.ops import batched_nms, nms

from cvdemo import catalogue, compute, models, starters, weights
from cvdemo.detect import Settings
from cvdemo.detect.find import find
from cvdemo.detect.live import LiveBoxes, detect_frame
from cvdemo.errors import Busy, ModelUnavailable, SettingError
from tests.stub_detector import FRAME, Stub, raw

pytestmark = pytest.mark.usefixtures("idle")
LOW = Settings(confidence=0.0)


def _scene(seed: int) -> Any:
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 400, (300, 2))
    boxes = np.concatenate([corners, corners + random.uniform(5, 80, (300, 2))], axis=1)
    return raw(boxes, random.permutation(300) / 300, random.integers(0, 3, 300), ("cat", "dog", "cup"))


@pytest.mark.parametrize("agnostic", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_the_kept_boxes_are_those_of_torchvision(monkeypatch: pytest.MonkeyPatch, seed: int, agnostic: bool) -> None:
    scene = _scene(seed)
    Stub(lambda _: scene).take_place(monkeypatch)
    found = detect_frame(FRAME, "yolov8n", Settings(confidence=0.3, iou=0.4, class_agnostic=agnostic))
    above = scene.scores >= 0.3
    boxes, scores = torch.from_numpy(scene.boxes_xyxy[above]), torch.from_numpy(scene.scores[above])
    groups = torch.zeros(len(scores)) if agnostic else torch.from_numpy(scene.class_ids[above])
    kept = batched_nms(boxes, scores, groups, 0.4).numpy()
    assert np.array_equal(found.boxes_xyxy, boxes.numpy()[kept])
    assert np.array_equal(found.scores, scores.numpy()[kept])
    assert found.labels == tuple(scene.labels[number] for number in scene.class_ids[above][kept])
    assert found.network_ms == 21.5 and found.nms_ms > 0


SAME = [[10, 10, 50, 50], [11, 11, 51, 51], [200, 10, 260, 50]]


@pytest.mark.parametrize(
    ("model", "settings", "classes", "count"),
    [
        ("yolov8n", Settings(), None, 2),
        ("yolov8n", Settings(method="soft_linear"), None, 2),  # live is greedy whatever the photo's method
        ("yolov8n", Settings(iou=0.99), None, 3),
        ("yolov8n", Settings(max_detections=1), None, 1),
        ("yolov8n", Settings(), ("cup",), 1),
        ("yolov8n", Settings(), (), 0),
        ("yolo26n", Settings(), None, 3),  # needs no NMS
        ("yolo26n", Settings(confidence=0.6), None, 2),
    ],
)
def test_the_visitor_s_settings_act(
    monkeypatch: pytest.MonkeyPatch, model: str, settings: Settings, classes: tuple[str, ...] | None, count: int
) -> None:
    Stub(lambda _: raw(SAME, [0.9, 0.8, 0.5], [0, 0, 1], ("cat", "cup"))).take_place(monkeypatch)
    assert len(detect_frame(FRAME, model, settings, classes).scores) == count


def test_an_empty_frame_has_no_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    Stub(lambda _: raw([], [])).take_place(monkeypatch)
    found = detect_frame(FRAME, "yolov8n", LOW)
    assert found.boxes_xyxy.shape == (0, 4) and found.labels == ()


def test_boxes_are_cut_at_the_frame_and_what_is_no_box_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    nan = float("nan")
    boxes = [
        [-9, -9, 50, 60],
        [600, 400, 700, 500],
        [700, 0, 800, 9],
        [20, 20, 10, 30],
        [nan, 0, 9, 9],
        [1, 300, 9, 310],
    ]
    Stub(lambda _: raw(boxes, [0.2, 0.8, 0.9, 0.9, 0.9, nan])).take_place(monkeypatch)
    found = detect_frame(FRAME, "yolov8n", LOW)
    assert found.boxes_xyxy.tolist() == [[600, 400, 640, 480], [0, 0, 50, 60]]
    assert np.allclose(found.scores, [0.8, 0.2])


def test_a_real_frame_shows_the_people_that_the_photo_shows(tmp_path: Path) -> None:
    whole = Image.open(starters.get("street").path).convert("RGB").resize((480, 640))
    file = tmp_path / "street.png"
    whole.save(file)
    found, _ = find(file, "hog_people")
    above = found.scores >= 0.25
    kept = nms(torch.from_numpy(found.boxes_xyxy[above]), torch.from_numpy(found.scores[above]), 0.45).numpy()
    seen = detect_frame(np.asarray(whole), "hog_people", Settings(confidence=0.25, iou=0.45))
    assert len(kept) >= 3
    assert np.array_equal(seen.boxes_xyxy, found.boxes_xyxy[above][kept])


def test_a_frame_fetches_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a frame must not fetch")

    monkeypatch.setattr(models, "borrow_detector", never)
    assert weights.state(catalogue.get("rtdetr_r50vd")) == "download"
    with pytest.raises(ModelUnavailable, match="RT-DETR R50 is not on this machine yet"):
        detect_frame(FRAME, "rtdetr_r50vd", LOW)
    with pytest.raises(SettingError, match="does not detect"):
        detect_frame(FRAME, "mini_vit", LOW)


@contextmanager
def _held(what: Any) -> Iterator[None]:
    """Hold a context manager in another thread."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with what:
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(60)
    yield
    done.set()
    thread.join()


@pytest.mark.parametrize("what", ["device", "model"])
def test_a_frame_does_not_wait_for_long_work(what: str) -> None:
    with models.borrow_detector("haar_faces"):
        pass
    with _held(compute.turn() if what == "device" else models.borrow_detector("haar_faces")):
        started = time.perf_counter()
        with pytest.raises(Busy):
            detect_frame(FRAME, "haar_faces", LOW)
        assert time.perf_counter() - started < 3


def test_rows_belong_together() -> None:
    with pytest.raises(ValueError, match="2 scores need boxes"):
        LiveBoxes(np.zeros((1, 4), np.float32), np.ones(2, np.float32), ("a", "b"), 1.0, 1.0)

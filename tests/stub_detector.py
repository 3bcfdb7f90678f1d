"""A detector of known answers, in place of every detector, and frames to show it, for the tests of live video."""

import base64
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cvdemo import models
from cvdemo.errors import Busy
from cvdemo.loading.boxes import RawBoxes

FRAME = np.zeros((480, 640, 3), np.uint8)


def jpeg(pixels: np.ndarray = FRAME, format: str = "JPEG") -> str:
    """Return a frame as the page sends it."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format)
    return base64.b64encode(buffer.getvalue()).decode()


def asked(**changes: Any) -> dict[str, Any]:
    """Return what the page sends for one frame."""
    return {"frame": jpeg(), "model": "hog_people", "settings": {"confidence": 0.25, "iou": 0.45}, **changes}


def raw(
    boxes: Any, scores: Any, classes: Any = None, labels: tuple[str, ...] = ("person",), margins: Any = None
) -> RawBoxes:
    """Return what a detector hands over, out of lists."""
    boxes, scores = np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32)
    classes = np.zeros(len(scores), np.int32) if classes is None else np.array(classes, np.int32)
    return RawBoxes(boxes, scores, classes, labels, margins, preprocess_ms=1.5, network_ms=20.0)


def grey_says_where(pixels: np.ndarray) -> RawBoxes:
    """See one box as wide as the frame is bright."""
    return raw([[0, 0, float(pixels.mean()), 100]], [0.9])


class Stub:
    """Answers ``see(pixels)`` after ``pause_s``; knows which models were asked for and how many ran at once."""

    def __init__(self, see: Callable[[np.ndarray], RawBoxes], pause_s: float = 0.0) -> None:
        self.see, self.pause_s = see, pause_s
        self.models: list[str] = []
        self.inside = self.most_at_once = 0
        self.in_use = threading.Lock()

    def run(self, pixels: np.ndarray) -> RawBoxes:
        """Stand in for `ReadyDetector.run`."""
        self.inside += 1
        self.most_at_once = max(self.most_at_once, self.inside)
        time.sleep(self.pause_s)
        self.inside -= 1
        return self.see(pixels)

    @contextmanager
    def borrow_detector(self, model: Any, *_: Any, wait_s: float = 180.0) -> Iterator[Any]:
        """Stand in for `models.borrow_detector`: one at a time, and patience ends."""
        if not self.in_use.acquire(timeout=wait_s):
            raise Busy("Somebody else is using this model.")
        try:
            self.models.append(getattr(model, "name", model))
            yield SimpleNamespace(run=self.run, graph=None)
        finally:
            self.in_use.release()

    def take_place(self, patch: pytest.MonkeyPatch) -> "Stub":
        """Take the place of every detector, as one that is in memory."""
        patch.setattr(models, "borrow_detector", self.borrow_detector)
        patch.setattr(models, "resident", lambda _: True)
        return self

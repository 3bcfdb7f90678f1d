"""One frame of live video: what a detector that is ready here sees in it, thinned out, and how long that took."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, engines, models, weights
from cvdemo.catalogue import get
from cvdemo.detect.nms import suppress
from cvdemo.detect.result import CANDIDATE_LIMIT
from cvdemo.detect.settings import Settings
from cvdemo.errors import ModelUnavailable, SettingError

if TYPE_CHECKING:
    from cvdemo.loading.boxes import RawBoxes

PATIENCE_S = 0.25  # a frame that waits for longer shows what is no longer there


@dataclass(frozen=True)
class LiveBoxes:
    """The boxes kept in one frame, best first.

    Args:
        boxes_xyxy: float32 (N, 4), pixels of the frame, inside it.
        scores: float32 (N,), 0..1, descending.
        labels: the class name of each box.
        network_ms: of the detector, with the preparation of its input.
        nms_ms: of ordering and suppression.
    """

    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: tuple[str, ...]
    network_ms: float
    nms_ms: float

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes_xyxy.shape != (count, 4) or len(self.labels) != count:
            raise ValueError(f"{count} scores need boxes ({count}, 4), got {self.boxes_xyxy.shape}")


def ready(model: str) -> None:
    """Load the detector ``model`` into memory if it is not there yet; never fetches one.

    Raises:
        SettingError: ``model`` is no detector.
        ModelUnavailable: its weights are not on this machine, or cannot be used.
    """
    spec = get(model)
    if spec.task != "detect":
        raise SettingError(f"{spec.title} does not detect objects. Choose a detector.")
    if models.resident(model):
        return
    if not weights.is_ready(spec):
        raise ModelUnavailable(f"{spec.title} is not on this machine yet. Fetch it first, for a photo.", model)
    with models.borrow_detector(model):
        pass


def detect_frame(
    pixels: NDArray[np.uint8],
    model: str,
    settings: Settings,
    classes: tuple[str, ...] | None = None,
    patience_s: float = PATIENCE_S,
) -> LiveBoxes:
    """Return what ``model`` sees in one frame after greedy NMS; keeps nothing of it.

    Args:
        pixels: uint8 RGB (H, W, 3).
        settings: all but the method count, and ``classes`` where the next argument is None.
        classes: names of the classes that count.
        patience_s: how long to wait for the model, and then for the device, while others use them.

    Raises:
        SettingError: ``model`` is no detector.
        ModelUnavailable: it is not on this machine, or computed something that is no number.
        Busy: the patience was too short.
    """
    ready(model)
    with models.borrow_detector(model, wait_s=patience_s) as detector, compute.turn(patience_s):
        raw = engines.detect(detector, pixels)
    started = time.perf_counter()
    boxes, rows = _inside(raw, pixels.shape[1], pixels.shape[0])
    scores, class_ids = raw.scores[rows], raw.class_ids[rows]
    acting = replace(settings, method="greedy") if get(model).needs_nms else settings.without_nms()
    if classes is not None:
        acting = replace(acting, classes=frozenset(at for at, name in enumerate(raw.labels) if name in classes))
    kept = suppress(boxes, scores, class_ids, acting).kept
    return LiveBoxes(
        boxes_xyxy=boxes[kept],
        scores=scores[kept],
        labels=tuple(raw.labels[number] for number in class_ids[kept]),
        network_ms=raw.preprocess_ms + raw.network_ms,
        nms_ms=1000 * (time.perf_counter() - started),
    )


def _inside(raw: "RawBoxes", width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the boxes cut at the frame's edges, best first, and their rows; what lies outside is left out."""
    boxes = np.clip(raw.boxes_xyxy, 0, [width, height] * 2).astype(np.float32)
    inside = np.flatnonzero((boxes[:, 2:] > boxes[:, :2]).all(axis=1))
    rows = inside[np.argsort(-raw.scores[inside], kind="stable")][:CANDIDATE_LIMIT]
    return boxes[rows], rows

"""Runs one detector once on one photo; every slider afterwards acts on what it proposed."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cvdemo import compute, images, models
from cvdemo.catalogue import get
from cvdemo.detect.result import CANDIDATE_LIMIT, Candidates
from cvdemo.errors import ModelUnavailable, SettingError
from cvdemo.images import Photo
from cvdemo.results import Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading.boxes import RawBoxes

SHORTEST_SIDE = 640  # finer detail than any detector here looks at

_candidates = Results()
_runs = 0
_count = threading.Lock()


def detector_runs() -> int:
    """Return how many times a detector has run since the start."""
    return _runs


def find(path: Path, model: str, progress: Callable[[Progress], None] | None = None) -> tuple[Candidates, bool]:
    """Return the raw candidates of ``model`` on the photo at ``path``, and whether they were known already.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: ``model`` is no detector.
        ModelUnavailable: it cannot be had now, or gave no valid number.
    """
    global _runs
    spec = get(model)
    if spec.task != "detect":
        raise SettingError(f"{spec.title} does not detect objects. Choose a detector.")
    started = time.perf_counter()
    photo = images.read(path, SHORTEST_SIDE)
    decode_ms = 1000 * (time.perf_counter() - started)
    key = (photo.digest, model)
    known = _candidates.get(key)
    if known is not None:
        return known, True
    with models.borrow_detector(model, progress) as ready, compute.turn():
        raw = ready.run(photo.pixels)
    with _count:
        _runs += 1
    result = _ordered(raw, photo, model, decode_ms)
    _candidates.put(key, result)
    return result, False


def _ordered(raw: "RawBoxes", photo: Photo, model: str, decode_ms: float) -> Candidates:
    """Bring boxes to full-size pixels inside the photo, best first; drop invalid numbers."""
    spec = get(model)
    valid = np.isfinite(raw.boxes_xyxy).all(axis=1) & np.isfinite(raw.scores)
    if len(valid) and not valid.any():
        raise ModelUnavailable(f"{spec.title} returned invalid numbers for this photo. Choose another model.", model)
    order = np.flatnonzero(valid)[np.argsort(-raw.scores[valid], kind="stable")][:CANDIDATE_LIMIT]
    width, height = photo.full_size_wh
    shrunk_h, shrunk_w = photo.pixels.shape[:2]
    scale = np.array([width / shrunk_w, height / shrunk_h] * 2, np.float32)
    boxes = np.clip(raw.boxes_xyxy[order] * scale, 0, np.array([width, height] * 2, np.float32))
    return Candidates(
        model=model,
        title=spec.title,
        boxes_xyxy=boxes.astype(np.float32),
        scores=raw.scores[order].astype(np.float32),
        class_ids=raw.class_ids[order].astype(np.int32),
        labels=raw.labels,
        size_wh=(width, height),
        raw_scores=None if raw.margins is None else raw.margins[order].astype(np.float32),
        needs_nms=spec.needs_nms,
        found=int(valid.sum()),
        decode_ms=decode_ms,
        preprocess_ms=raw.preprocess_ms,
        network_ms=raw.network_ms,
    )

"""Runs one detector once on one photo; every slider afterwards acts on what it proposed."""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cvdemo import compute, images, models
from cvdemo.catalogue import get
from cvdemo.detect.result import CANDIDATE_LIMIT, Candidates
from cvdemo.errors import SettingError
from cvdemo.images import Photo
from cvdemo.results import Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading.boxes import RawBoxes

SHORTEST_SIDE = 640  # the longer side of what most detectors look at
TORCHVISION_SIDE = 800  # the shorter side of what torchvision's look at

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
        ModelUnavailable: it cannot be had now, or computed something that is no number.
    """
    global _runs
    spec = get(model)
    if spec.task != "detect":
        raise SettingError(f"{spec.title} does not detect objects. Choose a detector.")
    known = _candidates.get((_digest(path), model))
    if known is not None:
        return known, True
    started = time.perf_counter()
    photo = images.read(path, TORCHVISION_SIDE if spec.source == "torchvision" else SHORTEST_SIDE)
    decode_ms = 1000 * (time.perf_counter() - started)
    with models.borrow_detector(model, progress) as ready, compute.turn():
        raw = ready.run(photo.pixels)
    with _count:
        _runs += 1
    result = _ordered(raw, photo, model, decode_ms)
    _candidates.put((photo.digest, model), result)
    return result, False


def _digest(path: Path) -> str | None:
    """Return what ``Photo.digest`` would be; only hashes, so that a slider's step decodes nothing."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None  # images.read says why


def _ordered(raw: "RawBoxes", photo: Photo, model: str, decode_ms: float) -> Candidates:
    """Bring boxes to full-size pixels, cut at the photo's edges, best first; leave out what lies outside of it."""
    spec = get(model)
    width, height = photo.full_size_wh
    left, top, right, bottom = photo.covers_xyxy or (0, 0, width, height)
    rows, columns = photo.pixels.shape[:2]
    scale = np.array([(right - left) / columns, (bottom - top) / rows] * 2)
    boxes = np.clip(raw.boxes_xyxy * scale + [left, top] * 2, 0, [width, height] * 2).astype(np.float32)
    inside = np.flatnonzero((boxes[:, 2:] > boxes[:, :2]).all(axis=1))
    order = inside[np.argsort(-raw.scores[inside], kind="stable")][:CANDIDATE_LIMIT]
    return Candidates(
        model=model,
        title=spec.title,
        boxes_xyxy=boxes[order],
        scores=raw.scores[order],
        class_ids=raw.class_ids[order],
        labels=raw.labels,
        size_wh=(width, height),
        raw_scores=None if raw.margins is None else raw.margins[order],
        needs_nms=spec.needs_nms,
        found=len(inside),
        decode_ms=decode_ms,
        preprocess_ms=raw.preprocess_ms,
        network_ms=raw.network_ms,
    )

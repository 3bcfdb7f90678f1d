"""Non-maximum suppression that keeps its books: every candidate is kept, or says which box removed it and why."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.greedy import greedy
from cvdemo.detect.ledger import Ledger, State
from cvdemo.detect.overlap import Columns, Floats, at_most, columns
from cvdemo.detect.settings import Settings
from cvdemo.detect.soft import soften

Ids = NDArray[np.int32]


def suppress(boxes_xyxy: Floats, scores: Floats, class_ids: Ids, settings: Settings) -> Ledger:
    """Thin out overlapping candidates and write down what became of each.

    Args:
        boxes_xyxy: (N, 4), pixels; boxes with NaN or infinity never take part, boxes without area overlap nothing.
        scores: (N,), 0..1, in any order; equal ones go in the order they came.
        class_ids: (N,), boxes of different classes do not compare unless ``settings.class_agnostic``.

    Raises:
        ValueError: the arrays do not belong together.
    """
    boxes, scores, classes = checked(boxes_xyxy, scores, class_ids)
    ranked = ranking(boxes, scores, classes, settings)
    with np.errstate(all="ignore"):
        table = columns(boxes[ranked], None if settings.class_agnostic else classes[ranked])
        if settings.method.startswith("soft"):
            return _softly(table, ranked, boxes, scores, classes, settings)
        by, shared = greedy(table, at_most(settings.iou), measure_of(settings))
    order = ranked[by < 0]
    within = within_limits(classes[order], settings)
    ledger = _entered(ranked, by, shared, order[within], order, scores, boxes)
    return replace(ledger, boxes_xyxy=_merged(ledger)) if settings.method == "merge" else ledger


def measure_of(settings: Settings) -> str:
    """Return the name under which `overlaps` knows the measure that greedy methods compare with the limit."""
    return "diou" if settings.method == "diou" else settings.overlap


def _softly(table: Columns, ranked: NDArray[np.intp], boxes: Floats, scores: Floats, classes: Ids,
            settings: Settings) -> Ledger:  # fmt: skip
    limit = at_most(settings.iou) if settings.method == "soft_linear" else None
    soft = soften(table, scores[ranked], classes[ranked], limit, settings)
    dropped = soft.scores < np.float32(settings.confidence)
    chosen = ranked[soft.order]
    final = scores.copy()
    final[ranked] = soft.scores
    waiting = np.ones(len(ranked), np.bool_)
    waiting[soft.order] = False
    left = np.flatnonzero(waiting & ~dropped)
    left = left[np.argsort(-soft.scores[left], kind="stable")]
    by, shared = np.where(dropped, soft.by, -1), np.where(dropped, soft.overlap, np.nan)
    ledger = _entered(ranked, by, shared, chosen, np.concatenate([chosen, ranked[left]]), scores, boxes)
    return replace(ledger, scores=final)


def checked(boxes_xyxy: Floats, scores: Floats, class_ids: Ids) -> tuple[Floats, Floats, Ids]:
    """Return float32 boxes (N, 4), float32 scores and int32 classes (N,), or raise ValueError."""
    boxes = np.asarray(boxes_xyxy, np.float32)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (N, 4), got {boxes.shape}")
    if np.shape(scores) != (len(boxes),) or np.shape(class_ids) != (len(boxes),):
        raise ValueError(f"scores and classes must have shape ({len(boxes)},), got {np.shape(scores)}")
    return boxes, np.asarray(scores, np.float32), np.asarray(class_ids, np.int32)


def ranking(boxes: Floats, scores: Floats, classes: Ids, settings: Settings) -> NDArray[np.intp]:
    """Return the indices of the candidates that take part, best first."""
    part = scores >= np.float32(settings.confidence)
    if not (np.isfinite(scores).all() and np.isfinite(boxes).all()):
        part &= np.isfinite(scores) & np.isfinite(boxes).all(axis=1)
    if settings.classes is not None:
        part &= np.isin(classes, list(settings.classes))
    chosen = np.flatnonzero(part)
    left = scores[chosen]
    return chosen if (left[1:] <= left[:-1]).all() else chosen[np.argsort(-left, kind="stable")]


def within_limits(classes: Ids, settings: Settings) -> NDArray[np.bool_]:
    """Return which of the survivors, best first, lie within both limits."""
    within = np.ones(len(classes), np.bool_)
    if settings.max_per_class is not None:
        order = np.argsort(classes, kind="stable")
        grouped = classes[order]
        within[order] = np.arange(len(order)) - np.searchsorted(grouped, grouped) < settings.max_per_class
    within[np.flatnonzero(within)[settings.max_detections :]] = False
    return within


def _entered(
    ranked: NDArray[np.intp],
    beaten_by: Ids,
    shared: Floats,
    kept: NDArray[np.intp],
    order: NDArray[np.intp],
    scores: Floats,
    boxes: Floats,
) -> Ledger:
    """Write the result for the ranked candidates back to the order in which they came."""
    states = np.zeros(len(scores), np.uint8)
    by = np.full(len(scores), -1, np.int32)
    overlap = np.full(len(scores), np.nan, np.float32)
    lost = beaten_by >= 0
    by[ranked[lost]] = ranked[beaten_by[lost]]
    overlap[ranked] = shared
    states[ranked[lost]] = State.SUPPRESSED
    states[order] = State.OVER_LIMIT
    states[kept] = State.KEPT
    return Ledger(states, by, overlap, scores, scores, boxes, order)


def _merged(ledger: Ledger) -> Floats:
    """Return the boxes, each survivor moved to the mean of itself and what it removed, weighted by score."""
    owners = np.concatenate([ledger.order, ledger.by[ledger.suppressed]])
    members = np.concatenate([ledger.order, ledger.suppressed])
    count, weights = len(ledger.scores), ledger.scores[members].astype(np.float64)
    total = np.bincount(owners, weights, count)[ledger.order]
    boxes = ledger.boxes_xyxy.copy()
    for side in range(4):
        moved = np.bincount(owners, weights * ledger.boxes_xyxy[members, side], count)[ledger.order]
        boxes[ledger.order, side] = np.where(total > 0, moved / np.maximum(total, 1e-12), boxes[ledger.order, side])
    return boxes

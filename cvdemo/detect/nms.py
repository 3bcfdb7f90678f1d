"""Non-maximum suppression that keeps its books: every candidate is kept, or says which box removed it and why."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.greedy import greedy
from cvdemo.detect.ledger import Ledger, State
from cvdemo.detect.overlap import Columns, Floats, at_most
from cvdemo.detect.ranked import Ids, Ranked, rank
from cvdemo.detect.settings import Settings
from cvdemo.detect.soft import soften


def suppress(boxes_xyxy: Floats, scores: Floats, class_ids: Ids, settings: Settings) -> Ledger:
    """Thin out overlapping candidates and write down what became of each.

    Args:
        boxes_xyxy: (N, 4), pixels; boxes with NaN or infinity never take part, boxes without area overlap nothing.
        scores: (N,), 0..1, in any order; equal ones go in the order they came.
        class_ids: (N,), boxes of different classes do not compare unless ``settings.class_agnostic``.

    Raises:
        ValueError: the arrays do not belong together.
    """
    return suppress_ranked(rank(boxes_xyxy, scores, class_ids), settings)


def suppress_ranked(candidates: Ranked, settings: Settings) -> Ledger:
    """Return what `suppress` returns, for candidates that are checked and sorted already."""
    ranked, table = candidates.taking_part(settings)
    if settings.method.startswith("soft"):
        return _softly(candidates, ranked, table, settings)
    by, shared = greedy(table, at_most(settings.iou), measure_of(settings))
    order = ranked[by < 0]
    ledger = _entered(candidates, ranked, by, shared, _first(order, candidates.class_ids, settings), order)
    return replace(ledger, boxes_xyxy=_merged(ledger)) if settings.method == "merge" else ledger


def measure_of(settings: Settings) -> str:
    """Return the name under which `overlaps` knows the measure that greedy methods compare with the limit."""
    return "diou" if settings.method == "diou" else settings.overlap


def _softly(candidates: Ranked, ranked: NDArray[np.intp], table: Columns, settings: Settings) -> Ledger:
    scores, classes = candidates.scores, candidates.class_ids
    limit = at_most(settings.iou) if settings.method == "soft_linear" else None
    with np.errstate(all="ignore"):
        soft = soften(table, scores[ranked], classes[ranked], limit, settings)
    dropped = soft.scores < np.float32(settings.confidence)
    chosen = ranked[soft.order]
    final = scores.copy()
    final[ranked] = soft.scores
    waiting = np.ones(len(ranked), np.bool_)
    waiting[soft.order] = False
    left = np.flatnonzero(waiting & ~dropped)
    left = left[np.argsort(-soft.scores[left], kind="stable")]
    order = np.concatenate([chosen, ranked[left]])
    return replace(_entered(candidates, ranked, soft.by, soft.overlap, chosen, order), scores=final)


def _first(order: NDArray[np.intp], classes: Ids, settings: Settings) -> NDArray[np.intp]:
    if settings.max_per_class is None:
        return order[: settings.max_detections]
    return order[within_limits(classes[order], settings)]


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
    candidates: Ranked,
    ranked: NDArray[np.intp],
    beaten_by: Ids,
    shared: Floats,
    kept: NDArray[np.intp],
    order: NDArray[np.intp],
) -> Ledger:
    """Write the result for the ranked candidates back to the order in which they came."""
    scores = candidates.scores
    states = np.zeros(len(scores), np.uint8)
    by = np.full(len(scores), -1, np.int32)
    overlap = np.full(len(scores), np.nan, np.float32)
    lost = np.flatnonzero(beaten_by >= 0)
    losers = ranked[lost]
    by[losers] = ranked[beaten_by[lost]]
    overlap[losers] = shared[lost]
    states[losers] = State.SUPPRESSED
    states[order] = State.OVER_LIMIT
    states[kept] = State.KEPT
    return Ledger(states, by, overlap, scores, scores, candidates.boxes_xyxy, order)


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

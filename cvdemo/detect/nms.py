"""Non-maximum suppression that keeps its books: every candidate is kept, or says which box removed it and why."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.greedy import greedy
from cvdemo.detect.ledger import Ledger, State
from cvdemo.detect.overlap import at_most, columns
from cvdemo.detect.settings import Settings


def suppress(
    boxes_xyxy: NDArray[np.float32],
    scores: NDArray[np.float32],
    class_ids: NDArray[np.int32],
    settings: Settings,
) -> Ledger:
    """Thin out overlapping candidates and write down what became of each.

    Args:
        boxes_xyxy: (N, 4), pixels; boxes with NaN or infinity never take part, boxes without area overlap nothing.
        scores: (N,), in any order; equal ones go in the order they came.
        class_ids: (N,), boxes of different classes do not compare unless ``settings.class_agnostic``.
        settings: checked settings.

    Raises:
        ValueError: the arrays do not belong together.
    """
    boxes, scores, classes = _checked(boxes_xyxy, scores, class_ids)
    ranked = _ranking(boxes, scores, classes, settings)
    measure = "diou" if settings.method == "diou" else settings.overlap
    table = columns(boxes[ranked], None if settings.class_agnostic else classes[ranked])
    with np.errstate(all="ignore"):
        beaten_by, shared = greedy(table, at_most(settings.iou), measure)
    states = np.zeros(len(scores), np.uint8)
    by = np.full(len(scores), -1, np.int32)
    overlap = np.full(len(scores), np.nan, np.float32)
    lost = beaten_by >= 0
    states[ranked[lost]] = State.SUPPRESSED
    by[ranked[lost]] = ranked[beaten_by[lost]]
    overlap[ranked] = shared
    order = ranked[~lost]
    states[order] = np.where(_within_limits(classes[order], settings), State.KEPT, State.OVER_LIMIT)
    return Ledger(states, by, overlap, scores, boxes, order)


def _checked(
    boxes_xyxy: NDArray[np.float32], scores: NDArray[np.float32], class_ids: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]:
    boxes = np.asarray(boxes_xyxy, np.float32)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (N, 4), got {boxes.shape}")
    if np.shape(scores) != (len(boxes),) or np.shape(class_ids) != (len(boxes),):
        raise ValueError(f"scores and classes must have shape ({len(boxes)},), got {np.shape(scores)}")
    return boxes, np.asarray(scores, np.float32), np.asarray(class_ids, np.int32)


def _ranking(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], classes: NDArray[np.int32], settings: Settings
) -> NDArray[np.intp]:
    """Return the indices of the candidates that take part, best first."""
    part = (scores >= np.float32(settings.confidence)) & np.isfinite(scores) & np.isfinite(boxes).all(axis=1)
    if settings.classes is not None:
        part &= np.isin(classes, list(settings.classes))
    chosen = np.flatnonzero(part)
    return chosen[np.argsort(-scores[chosen], kind="stable")]


def _within_limits(classes: NDArray[np.int32], settings: Settings) -> NDArray[np.bool_]:
    """Return which of the survivors, best first, lie within both limits."""
    within = np.ones(len(classes), np.bool_)
    if settings.max_per_class is not None:
        order = np.argsort(classes, kind="stable")
        grouped = classes[order]
        within[order] = np.arange(len(order)) - np.searchsorted(grouped, grouped) < settings.max_per_class
    within[np.flatnonzero(within)[settings.max_detections :]] = False
    return within

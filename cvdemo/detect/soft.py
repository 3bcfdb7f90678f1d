"""Soft-NMS (Bodla et al., arXiv:1704.04503): overlapping boxes are not removed, their scores are lowered."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.overlap import Columns, Floats, overlaps, scratch
from cvdemo.detect.settings import Settings

SIGMA = 0.5  # the paper's width of the Gaussian


@dataclass(frozen=True, eq=False)
class Softened:
    """What Soft-NMS did, for boxes that came best first.

    Args:
        order: int (S,), the boxes in the order in which they were chosen.
        scores: float32 (N,), final scores.
        by: int32 (N,), the chosen box that pushed the score below the confidence, or -1.
        overlap: float32 (N,), the overlap with that box, or NaN.
    """

    order: NDArray[np.intp]
    scores: Floats
    by: NDArray[np.int32]
    overlap: Floats


def soften(
    boxes: Columns, scores: Floats, classes: NDArray[np.int32], limit: np.float32 | None, settings: Settings
) -> Softened:
    """Choose the best box, lower the scores of those that overlap it, and go on with the best of the rest.

    Boxes whose score falls below the confidence drop out. Choosing ends when the limits of boxes are reached, so
    what was then neither chosen nor dropped keeps its place over the limit.

    Args:
        boxes, scores, classes: best first.
        limit: linear: an overlap above it lowers a score by the factor 1 - overlap. None: Gaussian, every overlap
            does, by exp(-overlap² / sigma).
    """
    count = len(boxes)
    scores, waiting = scores.copy(), scores.copy()  # waiting is -1 where chosen, dropped or over its class's limit
    by, overlap = np.full(count, -1, np.int32), np.full(count, np.nan, np.float32)
    order: list[int] = []
    room = scratch(count)
    while count and len(order) < settings.max_detections:
        best = int(waiting.argmax())
        if waiting[best] < 0:
            break
        order.append(best)
        waiting[best] = -1
        shared = overlaps(boxes[best : best + 1], boxes, settings.overlap, room, np.float32(0))[0]
        met = np.flatnonzero((shared > (0 if limit is None else limit)) & (waiting >= 0))
        scores[met] *= _factors(shared[met], limit)
        fallen = met[scores[met] < np.float32(settings.confidence)]
        waiting[met], waiting[fallen] = scores[met], -1
        by[fallen], overlap[fallen] = best, shared[fallen]
        if settings.max_per_class is not None:
            same = classes == classes[best]
            if np.count_nonzero(same[order]) >= settings.max_per_class:
                waiting[same] = -1
    return Softened(np.array(order, np.intp), scores, by, overlap)


def _factors(shared: Floats, limit: np.float32 | None) -> Floats:
    return 1 - shared if limit is not None else np.exp(-(shared * shared) / np.float32(SIGMA))


def chosen_by_limit(boxes: Columns, scores: Floats, limits: Floats, settings: Settings) -> NDArray[np.intp]:
    """Return how many boxes linear Soft-NMS chooses at each of ``limits``, (T,), all limits side by side."""
    count, every = len(boxes), np.arange(len(limits))
    shared = overlaps(boxes, boxes, settings.overlap, scratch(count * count), np.float32(0))
    waiting = np.tile(scores, (len(limits), 1))
    gone = np.zeros(waiting.shape, np.bool_)  # chosen or dropped
    chosen = np.zeros(len(limits), np.intp)
    for _ in range(min(count, settings.max_detections)):
        best = waiting.argmax(axis=1)
        going = ~gone[every, best]
        if not going.any():
            break
        chosen += going
        gone[every, best] = True
        rows = shared[best]
        waiting *= np.where(rows > limits[:, None], 1 - rows, 1)
        gone |= waiting < np.float32(settings.confidence)
        waiting[gone] = -1
    return chosen

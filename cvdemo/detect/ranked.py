"""Candidates laid out for suppression: checked and sorted once, so that a slider's step only takes the best of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.overlap import Columns, Floats, columns
from cvdemo.detect.settings import Settings

Ids = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Ranked:
    """Candidates as they came, and the order in which suppression looks at them.

    Args:
        boxes_xyxy: float32 (N, 4), scores: float32 (N,), class_ids: int32 (N,), all in the order they came.
        order: int (M,), those without NaN or infinity, best first; equal ones in the order they came.
        table: their coordinates and classes in that order, without classes where all have the same.
        descending: float32 (M,), their scores in that order.
    """

    boxes_xyxy: Floats
    scores: Floats
    class_ids: Ids
    order: NDArray[np.intp]
    table: Columns
    descending: Floats

    def taking_part(self, settings: Settings) -> tuple[NDArray[np.intp], Columns]:
        """Return the indices of the candidates that ``settings`` admit, best first, and their table."""
        count = len(self.order) - int(self.descending[::-1].searchsorted(np.float32(settings.confidence)))
        order, table = self.order[:count], self.table[:count]
        if settings.classes is not None:
            chosen = np.isin(self.class_ids[order], list(settings.classes))
            order, table = order[chosen], table[chosen]
        return order, Columns(table.values, None) if settings.class_agnostic else table


def rank(boxes_xyxy: Floats, scores: Floats, class_ids: Ids) -> Ranked:
    """Check and sort candidates: (N, 4) pixels, (N,) 0..1 in any order, (N,).

    Raises:
        ValueError: the arrays do not belong together.
    """
    boxes = np.asarray(boxes_xyxy, np.float32)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (N, 4), got {boxes.shape}")
    if np.shape(scores) != (len(boxes),) or np.shape(class_ids) != (len(boxes),):
        raise ValueError(f"scores and classes must have shape ({len(boxes)},), got {np.shape(scores)}")
    scores, classes = np.asarray(scores, np.float32), np.asarray(class_ids, np.int32)
    order = np.flatnonzero(np.isfinite(scores) & np.isfinite(boxes).all(axis=1))
    descending = scores[order]
    if (descending[1:] > descending[:-1]).any():
        order = order[np.argsort(-descending, kind="stable")]
        descending = scores[order]
    with np.errstate(all="ignore"):
        table = columns(boxes[order], classes[order]).of_one_class()
    return Ranked(boxes, scores, classes, order, table, descending)

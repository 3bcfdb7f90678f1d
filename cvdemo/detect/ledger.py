"""What became of every candidate: kept, or removed by which box at which overlap."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


class State(IntEnum):
    """What became of one candidate."""

    BELOW = 0  # below the confidence, of a class that was not chosen, or not a number
    SUPPRESSED = 1
    OVER_LIMIT = 2
    KEPT = 3


@dataclass(frozen=True, eq=False)
class Step:
    """One step of the method: a box that survives, and the boxes that it removes, best first.

    Args:
        survivor: index of the box.
        removed: int (M,), indices of the boxes that it removes.
        overlaps: float32 (M,), their overlap with it.
        kept: False when the survivor itself lay over the limit of boxes.
    """

    survivor: int
    removed: NDArray[np.intp]
    overlaps: NDArray[np.float32]
    kept: bool


@dataclass(frozen=True, eq=False)
class Ledger:
    """One row per candidate, in the order they came; kept + suppressed + over limit = above confidence.

    Args:
        states: uint8 (N,), a `State` each.
        by: int32 (N,), index of the box that suppressed it (soft methods: that pushed it below the confidence), or -1.
        overlap: float32 (N,), the overlap that decided (IoU, over the smaller box, or DIoU), or NaN.
        scores: float32 (N,), final scores: soft methods lower them.
        scores_before: float32 (N,), as the detector gave them.
        boxes_xyxy: float32 (N, 4), final boxes: merging moves the kept ones.
        order: int (S,), the survivors, kept or over the limit, in the order in which they were chosen.
    """

    states: NDArray[np.uint8]
    by: NDArray[np.int32]
    overlap: NDArray[np.float32]
    scores: NDArray[np.float32]
    scores_before: NDArray[np.float32]
    boxes_xyxy: NDArray[np.float32]
    order: NDArray[np.intp]

    def __post_init__(self) -> None:
        count = len(self.states)
        lengths = {len(self.by), len(self.overlap), len(self.scores), len(self.scores_before)}
        if self.boxes_xyxy.shape != (count, 4) or lengths != {count}:
            raise ValueError(f"a ledger needs {count} rows in each column")

    @cached_property
    def kept(self) -> NDArray[np.intp]:
        """Indices of the kept boxes, best first."""
        return self.order[self.states[self.order] == State.KEPT]

    @cached_property
    def over_limit(self) -> NDArray[np.intp]:
        """Indices of the survivors beyond the limits, best first."""
        return self.order[self.states[self.order] == State.OVER_LIMIT]

    @cached_property
    def suppressed(self) -> NDArray[np.intp]:
        """Indices of the suppressed boxes, in the order they came."""
        return np.flatnonzero(self.states == State.SUPPRESSED)

    @property
    def above_confidence(self) -> int:
        """How many candidates took part."""
        return int(np.count_nonzero(self.states))

    @property
    def lowered(self) -> int:
        """How many scores a soft method lowered."""
        return int(np.count_nonzero(self.scores < self.scores_before))

    def removed_by(self, index: int) -> NDArray[np.intp]:
        """Return the indices of the boxes that the box at ``index`` suppressed."""
        return np.flatnonzero(self.by == index)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The survivors in the order of choice, each with what it removed: for playing the method step by step."""
        losers = self.suppressed
        losers = losers[np.lexsort((-self.scores_before[losers], self.by[losers]))]
        starts = np.searchsorted(self.by[losers], self.order)
        ends = np.searchsorted(self.by[losers], self.order, side="right")
        return tuple(
            Step(int(box), losers[start:end], self.overlap[losers[start:end]], bool(self.states[box] == State.KEPT))
            for box, start, end in zip(self.order, starts, ends, strict=True)
        )

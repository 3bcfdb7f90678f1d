"""Which boxes found a labelled one: matched best score first, as COCO does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LabelledDetections:
    """What a detector kept on one picture, and what is there.

    Args:
        boxes_xyxy: (N, 4), pixels.
        scores: (N,), finite, in any order.
        class_ids: (N,)
        truth_boxes: (M, 4), pixels.
        truth_classes: (M,)

    Raises:
        ValueError: the arrays do not belong together or hold a number that is not finite.
    """

    boxes_xyxy: NDArray[np.floating]
    scores: NDArray[np.floating]
    class_ids: NDArray[np.integer]
    truth_boxes: NDArray[np.floating]
    truth_classes: NDArray[np.integer]

    def __post_init__(self) -> None:
        count, truths = len(self.scores), len(self.truth_classes)
        if np.shape(self.boxes_xyxy) != (count, 4) or np.shape(self.class_ids) != (count,):
            raise ValueError(f"boxes must have shape ({count}, 4), got {np.shape(self.boxes_xyxy)}")
        if np.shape(self.truth_boxes) != (truths, 4):
            raise ValueError(f"labelled boxes must have shape ({truths}, 4), got {np.shape(self.truth_boxes)}")
        if not all(np.isfinite(part).all() for part in (self.boxes_xyxy, self.scores, self.truth_boxes)):
            raise ValueError("boxes and scores must be finite")


@dataclass(frozen=True, eq=False)
class Matches:
    """Which boxes found a labelled one.

    Args:
        truth: int32 (N,), the labelled box that each box found, or -1 (a false positive).
        overlap: float64 (N,), the IoU with it, or NaN.
        by: int32 (M,), the box that found each labelled one, or -1 (missed, a false negative).
    """

    truth: NDArray[np.int32]
    overlap: Doubles
    by: NDArray[np.int32]

    @property
    def found(self) -> int:
        """True positives."""
        return int(np.count_nonzero(self.truth >= 0))

    @property
    def false(self) -> int:
        """False positives: boxes that found nothing, or what a better box had found already."""
        return len(self.truth) - self.found

    @property
    def missed(self) -> int:
        """False negatives: labelled boxes that none found."""
        return int(np.count_nonzero(self.by < 0))

    @property
    def precision(self) -> float | None:
        """Share of the boxes that are right; None without boxes."""
        return self.found / len(self.truth) if len(self.truth) else None

    @property
    def recall(self) -> float | None:
        """Share of the labelled boxes that were found; None without labels."""
        return self.found / len(self.by) if len(self.by) else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when there is neither box nor label."""
        both = len(self.truth) + len(self.by)
        return 2 * self.found / both if both else None


def match(
    boxes_xyxy: NDArray[np.floating],
    scores: NDArray[np.floating],
    class_ids: NDArray[np.integer],
    truth_boxes: NDArray[np.floating],
    truth_classes: NDArray[np.integer],
    iou: float = 0.5,
) -> Matches:
    """Match boxes with labelled ones, best score first, as COCO does.

    A box finds the labelled box of its class that it overlaps most, by at least ``iou``, and that no better box found.
    """
    return matches(LabelledDetections(boxes_xyxy, scores, class_ids, truth_boxes, truth_classes), iou)


def matches(picture: LabelledDetections, iou: float = 0.5) -> Matches:
    """Match the boxes of one picture; see `match`."""
    return matches_at(picture, (iou,))[0]


def matches_at(picture: LabelledDetections, ious: Sequence[float]) -> tuple[Matches, ...]:
    """Match the boxes of one picture at each of ``ious``, all in one pass over the boxes."""
    least = np.minimum(ious, 1 - 1e-10)  # COCO's: an IoU of 1 that was rounded down still counts
    shared = overlaps(picture.boxes_xyxy, picture.truth_boxes)
    shared[picture.class_ids[:, None] != picture.truth_classes] = -1
    truth = np.full((len(least), len(shared)), -1, np.int32)
    by = np.full((len(least), shared.shape[1]), -1, np.int32)
    rows, last = np.arange(len(least)), shared.shape[1] - 1
    promising = np.flatnonzero((shared >= least.min()).any(axis=1))
    for box in promising[np.argsort(-picture.scores[promising], kind="stable")]:
        free = np.where(by < 0, shared[box], -1)  # (T, M)
        best = last - free[:, ::-1].argmax(axis=1)  # of equals the last, as COCO has it
        found = np.flatnonzero(free[rows, best] >= least)
        truth[found, box], by[found, best[found]] = best[found], box
    return tuple(Matches(one, _of(one, shared), labels) for one, labels in zip(truth, by, strict=True))


def _of(truth: NDArray[np.int32], shared: Doubles) -> Doubles:
    """Return the overlap of each box with the label that it found, or NaN."""
    overlap = np.full(len(truth), np.nan)
    right = np.flatnonzero(truth >= 0)
    overlap[right] = shared[right, truth[right]]
    return overlap


def overlaps(boxes_xyxy: NDArray[np.floating], others_xyxy: NDArray[np.floating]) -> Doubles:
    """Return the IoU of each pair, float64 (N, M); 0 where boxes have no area."""
    boxes, others = boxes_xyxy.astype(np.float64), others_xyxy.astype(np.float64)
    left, top, right, bottom = boxes.T[..., None]
    width = np.minimum(right, others[:, 2]) - np.maximum(left, others[:, 0])
    height = np.minimum(bottom, others[:, 3]) - np.maximum(top, others[:, 1])
    inter = np.maximum(width, 0) * np.maximum(height, 0)
    union = (right - left) * (bottom - top) + (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1]) - inter
    return np.divide(inter, union, out=np.zeros_like(inter), where=inter > 0)

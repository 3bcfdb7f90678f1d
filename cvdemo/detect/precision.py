"""Precision against recall, and average precision as COCO computes it, over one picture or many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.matches import Doubles, LabelledDetections, Matches, matches, matches_at

COCO_IOUS = tuple(float(value) for value in np.linspace(0.5, 0.95, 10))
RECALLS = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class AveragePrecision:
    """COCO's 101-point average precision, 0..1, averaged over the classes that have labels; None without labels.

    Args:
        ap50: at IoU 0.50.
        ap: mean over IoU 0.50 to 0.95 in steps of 0.05.
        by_class: (class, ap50, ap) of each labelled class.
    """

    ap50: float | None
    ap: float | None
    by_class: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, eq=False)
class Curve:
    """Precision against recall while the confidence falls: one point after each box, best first, all float64 (N,)."""

    recall: Doubles
    precision: Doubles
    scores: Doubles

    def at(self, confidence: float) -> int | None:
        """Return the point at which all boxes of at least ``confidence`` count, or None when there are none."""
        count = int(np.count_nonzero(self.scores >= np.float32(confidence)))
        return count - 1 if count else None

    @property
    def best(self) -> int | None:
        """The point with the highest F1 that a confidence can choose (equal scores come together), or None."""
        if not len(self.scores):
            return None
        f1 = 2 * self.precision * self.recall / np.maximum(self.precision + self.recall, 1e-12)
        return int(np.argmax(np.where(np.diff(self.scores, append=-np.inf) < 0, f1, -1)))

    def confidence_at(self, point: int) -> str:
        """Return the confidence with the fewest decimals, two at least, at which the boxes up to ``point`` count."""
        score = float(self.scores[point])
        for decimals in range(2, 9):
            for near in (round(score, decimals), math.floor(score * 10**decimals) / 10**decimals):
                if self.at(near) == point:
                    return f"{near:.{decimals}f}"
        return repr(score)


@dataclass(frozen=True, eq=False)
class Ranking:
    """The boxes of one picture or many, best first, and which of them found a labelled one.

    Args:
        scores: float64 (N,), descending.
        class_ids: (N,)
        hits: bool (T, N), a row for each IoU that counts as found.
        truth_classes: (M,)
    """

    scores: Doubles
    class_ids: NDArray[np.integer]
    hits: NDArray[np.bool_]
    truth_classes: NDArray[np.integer]

    def curve(self, class_id: int | None = None) -> Curve:
        """Return precision against recall at the first IoU, of one class or of all classes counted together."""
        chosen, truths = self._of(class_id)
        found = np.cumsum(self.hits[0, chosen], dtype=np.float64)
        return Curve(found / max(truths, 1), found / np.arange(1, len(found) + 1), self.scores[chosen])

    def average(self) -> AveragePrecision:
        """Return the average precision; the rows must be those of `COCO_IOUS`."""
        rows = [(int(one), self._areas(int(one))) for one in np.unique(self.truth_classes)]
        if not rows:
            return AveragePrecision(None, None, ())
        by_class = tuple((one, float(areas[0]), float(areas.mean())) for one, areas in rows)
        ap50, ap = np.mean([row[1:] for row in by_class], axis=0)
        return AveragePrecision(float(ap50), float(ap), by_class)

    def _of(self, class_id: int | None) -> tuple[NDArray[np.bool_], int]:
        """Return which boxes are of the class, and how many labelled ones are."""
        if class_id is None:
            return np.ones(len(self.scores), np.bool_), len(self.truth_classes)
        return self.class_ids == class_id, int(np.count_nonzero(self.truth_classes == class_id))

    def _areas(self, class_id: int) -> Doubles:
        """Return at each IoU the mean of the best precision still to come, at 101 recalls from 0 to 1."""
        chosen, truths = self._of(class_id)
        found = np.cumsum(self.hits[:, chosen], axis=1)
        rows, count = found.shape
        still = np.zeros((rows, count + 1))  # the last one: a recall that is never reached
        still[:, :count] = np.maximum.accumulate((found / np.arange(1, count + 1))[:, ::-1], axis=1)[:, ::-1]
        enough = np.searchsorted(np.arange(truths + 1) / truths, RECALLS)  # so many reach each recall
        apart = np.arange(rows)[:, None] * (truths + 1)  # row after row rises: one search for all
        places = np.searchsorted((found + apart).ravel(), enough + apart) - np.arange(rows)[:, None] * count
        return np.take_along_axis(still, places, axis=1).mean(axis=1)


def average_precision(pictures: Sequence[LabelledDetections]) -> AveragePrecision:
    """Return the average precision over one picture or many."""
    return ranking(pictures, [matches_at(picture, COCO_IOUS) for picture in pictures]).average()


def curve(pictures: Sequence[LabelledDetections], iou: float = 0.5, class_id: int | None = None) -> Curve:
    """Return precision against recall of one class, or of all classes counted together."""
    return ranking(pictures, [(matches(picture, iou),) for picture in pictures]).curve(class_id)


def ranking(pictures: Sequence[LabelledDetections], found: Sequence[tuple[Matches, ...]]) -> Ranking:
    """Return the boxes of all pictures, best first; ``found`` holds for each picture its matches at every IoU."""
    if not pictures:
        return Ranking(np.empty(0), np.empty(0, np.int32), np.empty((1, 0), np.bool_), np.empty(0, np.int32))
    scores = np.concatenate([picture.scores for picture in pictures]).astype(np.float64)
    hits = np.concatenate([[one.truth >= 0 for one in matched] for matched in found], axis=1)
    order = np.argsort(-scores, kind="stable")
    return Ranking(
        scores[order],
        np.concatenate([picture.class_ids for picture in pictures])[order],
        hits[:, order],
        np.concatenate([picture.truth_classes for picture in pictures]),
    )

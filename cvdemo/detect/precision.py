"""Precision against recall, and average precision as COCO computes it, over one picture or many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.matches import Doubles, Scene, matches

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
        """The point with the highest F1, or None without boxes."""
        if not len(self.scores):
            return None
        return int(np.argmax(2 * self.precision * self.recall / np.maximum(self.precision + self.recall, 1e-12)))


def average_precision(scenes: Sequence[Scene]) -> AveragePrecision:
    """Return the average precision over one picture or many."""
    labelled = sorted({int(one) for scene in scenes for one in scene.truth_classes})
    if not labelled:
        return AveragePrecision(None, None, ())
    table = np.zeros((len(COCO_IOUS), len(labelled)))
    for row, iou in enumerate(COCO_IOUS):
        hits = [matches(scene, iou).truth >= 0 for scene in scenes]
        for column, one in enumerate(labelled):
            points = _points(scenes, hits, one)
            table[row, column] = _area(points.recall, points.precision)
    by_class = tuple((one, float(table[0, k]), float(table[:, k].mean())) for k, one in enumerate(labelled))
    return AveragePrecision(float(table[0].mean()), float(table.mean()), by_class)


def curve(scenes: Sequence[Scene], iou: float = 0.5, class_id: int | None = None) -> Curve:
    """Return precision against recall of one class, or of all classes counted together."""
    return _points(scenes, [matches(scene, iou).truth >= 0 for scene in scenes], class_id)


def _points(scenes: Sequence[Scene], hits: Sequence[NDArray[np.bool_]], class_id: int | None) -> Curve:
    chosen = [slice(None) if class_id is None else scene.class_ids == class_id for scene in scenes]
    scores = np.concatenate([scene.scores[one] for scene, one in zip(scenes, chosen, strict=True)] or [np.empty(0)])
    right = np.concatenate([hit[one] for hit, one in zip(hits, chosen, strict=True)] or [np.empty(0, np.bool_)])
    truths = sum(
        len(scene.truth_classes) if class_id is None else int(np.count_nonzero(scene.truth_classes == class_id))
        for scene in scenes
    )
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(right[order], dtype=np.float64)
    return Curve(found / max(truths, 1), found / np.arange(1, len(found) + 1), scores[order].astype(np.float64))


def _area(recall: Doubles, precision: Doubles) -> float:
    """Return the mean of the best precision still to come, at 101 recalls from 0 to 1."""
    still = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)
    return float(still[np.searchsorted(recall, RECALLS)].mean())

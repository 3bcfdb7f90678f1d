"""How good the boxes are that NMS keeps from the lowest confidence on: average precision and the curve to it."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.labels_file import GroundTruth
from cvdemo.detect.ledger import Ledger
from cvdemo.detect.matches import Doubles, LabelledDetections, matches_at
from cvdemo.detect.nms import suppress_ranked
from cvdemo.detect.precision import COCO_IOUS, AveragePrecision, Curve, ranking
from cvdemo.detect.result import Candidates
from cvdemo.detect.settings import Settings
from cvdemo.results import Results

Indices = NDArray[np.intp]

_known = Results("average precision")


@dataclass(frozen=True, eq=False)
class Standing:
    """How good the boxes are that NMS keeps at the lowest confidence: what the confidence slider does not change.

    Args:
        average: AP@50 and AP@50:95.
        curve: precision against recall at IoU 0.50, all classes counted together.
        score_of: float64 (M,), the score of the box that found each labelled one, or NaN.
    """

    average: AveragePrecision
    curve: Curve
    score_of: Doubles


def standing_of(candidates: Candidates, settings: Settings, truth: GroundTruth, key: Hashable | None) -> Standing:
    """Return how good the boxes are that ``settings`` keep, its confidence being the lowest of the curve.

    Args:
        key: names these candidates; with it, the answer is kept.
    """
    place = (key, settings, truth.boxes_xyxy.tobytes(), truth.class_ids.tobytes())
    known = None if key is None else _known.get(place)
    if known is not None:
        return known
    ledger = suppress_ranked(candidates.ranked, settings)
    asked = asked_of(truth, settings)
    picture = labelled_detections(candidates, ledger, truth, asked)
    found = matches_at(picture, COCO_IOUS)
    ranked = ranking([picture], [found])
    score_of = np.full(len(truth.class_ids), np.nan)
    score_of[asked] = np.append(picture.scores, np.float32(np.nan))[found[0].by]  # -1: found by none
    standing = Standing(ranked.average(), ranked.curve(), score_of)
    if key is not None:
        _known.put(place, standing)
    return standing


def asked_of(truth: GroundTruth, settings: Settings) -> Indices:
    """Return the labelled boxes that count: all, or those of the chosen classes."""
    if settings.classes is None:
        return np.arange(len(truth.class_ids))
    return np.flatnonzero(np.isin(truth.class_ids, list(settings.classes)))


def labelled_detections(
    candidates: Candidates, ledger: Ledger, truth: GroundTruth, asked: Indices
) -> LabelledDetections:
    """Return the kept boxes, best first, and the labelled ones that count."""
    kept = ledger.kept
    return LabelledDetections(
        ledger.boxes_xyxy[kept],
        ledger.scores[kept],
        candidates.class_ids[kept],
        truth.boxes_xyxy[asked],
        truth.class_ids[asked],
    )

"""What the labels say about every kept box and every labelled one: found, false or missed; and the whole in numbers."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.labels_file import GroundTruth
from cvdemo.detect.ledger import Ledger, State
from cvdemo.detect.matches import Doubles, Matches, matches, overlaps
from cvdemo.detect.nms import suppress_ranked
from cvdemo.detect.precision import Curve
from cvdemo.detect.result import Candidates
from cvdemo.detect.settings import Settings
from cvdemo.detect.standing import Indices, Standing, asked_of, labelled_detections, standing_of

IOU = 0.5  # from here on a box has found what it overlaps (Pascal VOC's rule)
LOWEST_CONFIDENCE = 0.05  # where the slider ends, and so where the curve does
LOOKED_AT = 400  # so many removed boxes are asked whether they would have found a missed one: those that are drawn
MISSED, NOT_ASKED = -1, -2


class Outcome(IntEnum):
    """What the labels say about one candidate."""

    NOT_KEPT = -1
    FALSE = 0
    FOUND = 1


@dataclass(frozen=True, eq=False)
class Comparison:
    """The boxes that are kept under some settings against the labelled ones.

    Args:
        settings: those that acted on this detector.
        outcome: int8 (N,), an `Outcome` for each candidate.
        found_by: int32 (M,), the candidate that found each labelled box, or `MISSED`, or `NOT_ASKED`: of a class that
            the settings leave out, which counts nowhere.
        would_find: int32 (M,), for a missed one the best candidate that overlaps it by 0.50 or more and that NMS
            removed or that lies over the limits, or -1.
        kept: int (K,), the kept candidates, best first.
        shared: float64 (K, M), the IoU of each kept box with each labelled one.
        precision: share of the kept boxes that are right; None without boxes.
        recall: share of the labelled boxes that were found; None without labels.
        f1: their harmonic mean; None when there is neither box nor label.
        point: where on the curve the confidence stands, or None without boxes. Merged boxes may lie beside it: on the
            curve, boxes below the confidence took part in the merging.
    """

    candidates: Candidates
    settings: Settings
    truth: GroundTruth
    ledger: Ledger
    outcome: NDArray[np.int8]
    found_by: NDArray[np.int32]
    would_find: NDArray[np.int32]
    kept: Indices
    shared: Doubles
    found: int
    false: int
    missed: int
    precision: float | None
    recall: float | None
    f1: float | None
    standing: Standing
    point: int | None

    @property
    def ap50(self) -> float | None:
        """COCO's average precision at IoU 0.50, 0..1; None without labels."""
        return self.standing.average.ap50

    @property
    def ap(self) -> float | None:
        """COCO's average precision over IoU 0.50 to 0.95, 0..1; None without labels."""
        return self.standing.average.ap

    @property
    def curve(self) -> Curve:
        """Precision against recall, one point for each box, best first."""
        return self.standing.curve


@dataclass(frozen=True)
class ClassCounts:
    """What was found of one class; ``ap50`` and ``ap`` are None where it has no label."""

    label: str
    found: int
    false: int
    missed: int
    ap50: float | None
    ap: float | None


def compare(
    candidates: Candidates,
    settings: Settings,
    truth: GroundTruth,
    *,
    ledger: Ledger | None = None,
    key: Hashable | None = None,
    lowest: float = LOWEST_CONFIDENCE,
) -> Comparison:
    """Compare what is kept under ``settings`` with the labels, box by box and as a whole.

    Args:
        ledger: of these settings, where the caller has it already.
        key: names these candidates; with it, what the confidence slider does not change is kept for the next step.
        lowest: the confidence down to which the curve and the average precision reach.

    Raises:
        ValueError: the labels are those of another detector.
    """
    if truth.labels != candidates.labels:
        raise ValueError("labels must be numbered by the classes of the detector that they are compared with")
    acting = candidates.acting(settings)
    if ledger is None:
        ledger = suppress_ranked(candidates.ranked, acting)
    asked = asked_of(truth, settings)
    matched = matches(labelled_detections(candidates, ledger, truth, asked), IOU)
    found_by = np.full(len(truth.class_ids), NOT_ASKED, np.int32)
    found_by[asked] = np.append(ledger.kept, MISSED)[matched.by]  # -1: the last one
    standing = standing_of(candidates, replace(acting, confidence=min(lowest, settings.confidence)), truth, key)
    return Comparison(
        candidates=candidates,
        settings=acting,
        truth=truth,
        ledger=ledger,
        outcome=_outcome(matched, ledger),
        found_by=found_by,
        would_find=_would_find(candidates, ledger, truth, found_by),
        kept=ledger.kept,
        shared=overlaps(ledger.boxes_xyxy[ledger.kept], truth.boxes_xyxy),
        found=matched.found,
        false=matched.false,
        missed=matched.missed,
        precision=matched.precision,
        recall=matched.recall,
        f1=matched.f1,
        standing=standing,
        point=standing.curve.at(settings.confidence),
    )


def by_class(compared: Comparison) -> tuple[ClassCounts, ...]:
    """Return the counts of each class that has a label or a kept box, in the order of the detector's classes."""
    truth, kinds = compared.truth.class_ids, compared.candidates.class_ids
    averages = {number: shares for number, *shares in compared.standing.average.by_class}
    there = {*truth[compared.found_by != NOT_ASKED].tolist(), *kinds[compared.kept].tolist()}
    return tuple(
        ClassCounts(
            compared.candidates.labels[number],
            int(np.count_nonzero(compared.outcome[kinds == number] == Outcome.FOUND)),
            int(np.count_nonzero(compared.outcome[kinds == number] == Outcome.FALSE)),
            int(np.count_nonzero(compared.found_by[truth == number] == MISSED)),
            *averages.get(number, (None, None)),
        )
        for number in sorted(there)
    )


def _outcome(matched: Matches, ledger: Ledger) -> NDArray[np.int8]:
    outcome = np.full(len(ledger.states), Outcome.NOT_KEPT, np.int8)
    outcome[ledger.kept] = np.where(matched.truth >= 0, Outcome.FOUND, Outcome.FALSE)
    return outcome


def _would_find(
    candidates: Candidates, ledger: Ledger, truth: GroundTruth, found_by: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return for each missed label the best removed candidate that overlaps it enough, or -1."""
    would_find = np.full(len(found_by), -1, np.int32)
    missed = np.flatnonzero(found_by == MISSED)
    lost = np.flatnonzero((ledger.states == State.SUPPRESSED) | (ledger.states == State.OVER_LIMIT))[:LOOKED_AT]
    if not len(missed) or not len(lost):
        return would_find
    right = overlaps(candidates.boxes_xyxy[lost], truth.boxes_xyxy[missed]) >= IOU
    right &= candidates.class_ids[lost, None] == truth.class_ids[missed]
    would_find[missed] = np.where(right.any(axis=0), lost[right.argmax(axis=0)], -1)
    return would_find

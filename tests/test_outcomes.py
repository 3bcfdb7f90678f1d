"""Kept boxes against labels: equal to pycocotools' average precision and to a plain double loop, on random scenes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchvision.ops import batched_nms, box_iou

from cvdemo.detect import Candidates, Settings, outcomes, standing, suppress
from cvdemo.detect.labels_file import GroundTruth
from cvdemo.detect.matches import LabelledDetections
from cvdemo.detect.outcomes import MISSED, NOT_ASKED, Comparison, Outcome, by_class, compare
from tests.coco_judge import CLASSES, coco

LABELS = tuple(f"kind {number}" for number in range(CLASSES))
A, NEAR_A, B, FAR = (0, 0, 100, 100), (0, 0, 100, 80), (200, 200, 300, 300), (500, 400, 600, 480)

Rows = list[tuple[float, float, float, float]]


def candidates(boxes: Rows, scores: list[float], kinds: list[int], needs_nms: bool = True) -> Candidates:
    return _candidates(np.float32(boxes).reshape(-1, 4), np.float32(scores), np.int32(kinds), needs_nms)


def _candidates(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], kinds: NDArray[np.int32], needs_nms: bool = True
) -> Candidates:
    order = np.argsort(-scores, kind="stable")
    return Candidates(
        model="m",
        title="A detector",
        boxes_xyxy=boxes[order],
        scores=scores[order],
        class_ids=kinds[order],
        labels=LABELS,
        size_wh=(640, 480),
        raw_scores=None,
        needs_nms=needs_nms,
        found=len(scores),
        decode_ms=0.0,
        preprocess_ms=0.0,
        network_ms=0.0,
    )


def truth(boxes: Rows, kinds: list[int]) -> GroundTruth:
    return GroundTruth(np.float32(boxes).reshape(-1, 4), np.int32(kinds), LABELS)


def photo(seed: int) -> tuple[Candidates, GroundTruth]:
    """Return labels, some of them in heaps, and what a detector might propose: jittered doubles, false boxes."""
    rng = np.random.default_rng(seed)
    count = int(rng.choice([0, 1, 5, 25]))
    corner = rng.random((count, 2)) * 300
    labelled = np.concatenate([corner, corner + rng.uniform(20, 90, (count, 2))], axis=1)
    kinds, doubles, false = rng.integers(0, CLASSES, count), rng.integers(0, 6, count), int(rng.integers(0, 12))
    near = np.repeat(labelled, doubles, axis=0) + rng.normal(0, 4, (doubles.sum(), 4))
    far = rng.random((false, 2)) * 300
    boxes = np.concatenate([near, np.concatenate([far, far + 40], axis=1)])
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
    named = np.concatenate([np.repeat(kinds, doubles), rng.integers(0, CLASSES, false)])
    scores = rng.random(len(boxes))
    scores = np.round(scores, 1) if seed % 3 == 0 else scores  # many equal ones
    return (
        _candidates(boxes.astype(np.float32), scores.astype(np.float32), named.astype(np.int32)),
        GroundTruth(labelled.astype(np.float32), kinds.astype(np.int32), LABELS),
    )


def by_double_loop(
    found: Candidates, kept: list[int], labels: GroundTruth, least: float = 0.5
) -> tuple[dict[int, int], dict[int, int]]:
    """Return for each box that found something its label, and the other way round; the plainest way to do it."""
    shared = box_iou(
        torch.from_numpy(found.boxes_xyxy.astype(np.float64)), torch.from_numpy(labels.boxes_xyxy.astype(np.float64))
    ).tolist()
    label_of: dict[int, int] = {}
    box_of: dict[int, int] = {}
    for box in kept:
        free = [
            label
            for label in range(len(labels.class_ids))
            if label not in box_of and labels.class_ids[label] == found.class_ids[box] and shared[box][label] >= least
        ]
        if free:
            best = max(free, key=lambda label: shared[box][label])
            label_of[box], box_of[best] = best, box
    return label_of, box_of


def by_torchvision(found: Candidates, confidence: float, iou: float, most: int) -> list[int]:
    """Return which candidates torchvision's NMS keeps, best first."""
    part = np.flatnonzero(found.scores >= np.float32(confidence))
    boxes, scores, kinds = (
        torch.from_numpy(array[part]) for array in (found.boxes_xyxy, found.scores, found.class_ids)
    )
    return [int(part[row]) for row in batched_nms(boxes, scores, kinds, iou).tolist()][:most]


@pytest.mark.parametrize("seed", range(60))
def test_every_box_and_every_label_as_by_a_double_loop(seed: int) -> None:
    found, labels = photo(seed)
    settings = Settings(confidence=0.3, iou=(0.3, 0.5, 0.8)[seed % 3], max_detections=(300, 7)[seed % 2])
    compared = compare(found, settings, labels)
    kept = by_torchvision(found, settings.confidence, settings.iou, settings.max_detections)
    label_of, box_of = by_double_loop(found, kept, labels)
    count, wanted = len(found.scores), len(labels.class_ids)
    expected = [Outcome.NOT_KEPT if i not in kept else Outcome(int(i in label_of)) for i in range(count)]
    assert compared.outcome.tolist() == expected
    assert compared.found_by.tolist() == [box_of.get(label, MISSED) for label in range(wanted)]
    assert (compared.found, compared.false) == (len(label_of), len(kept) - len(label_of))
    assert compared.missed == wanted - len(label_of)
    assert compared.precision == (pytest.approx(len(label_of) / len(kept)) if kept else None)
    assert compared.recall == (pytest.approx(len(label_of) / wanted) if wanted else None)
    assert compared.kept.tolist() == kept


@pytest.mark.parametrize("seed", range(60))
def test_average_precision_equals_pycocotools_over_what_torchvision_keeps(seed: int) -> None:
    found, labels = photo(seed)
    settings = Settings(confidence=0.6, iou=(0.3, 0.5, 0.8)[seed % 3], max_detections=(300, 9)[seed % 2])
    compared = compare(found, settings, labels)
    kept = by_torchvision(found, 0.05, settings.iou, settings.max_detections)
    picture = LabelledDetections(
        found.boxes_xyxy[kept], found.scores[kept], found.class_ids[kept], labels.boxes_xyxy, labels.class_ids
    )
    ap50, ap, ap50_of = coco([picture])
    assert (compared.ap50 is None) == (ap50 is None)
    if ap50 is not None:
        assert compared.ap50 == pytest.approx(ap50, abs=1e-6)
        assert compared.ap == pytest.approx(ap, abs=1e-6)
        rows = {row.label: row.ap50 for row in by_class(compared) if row.ap50 is not None}
        assert rows == pytest.approx({LABELS[kind]: value for kind, value in ap50_of.items()}, abs=1e-6)


@pytest.mark.parametrize("method", ["greedy", "soft_linear", "soft_gaussian", "diou"])
@pytest.mark.parametrize("seed", range(12))
def test_the_point_on_the_curve_is_what_the_counts_say(seed: int, method: str) -> None:
    found, labels = photo(seed)
    for confidence in (0.05, 0.25, 0.5, 0.7, 0.95):
        compared = compare(found, Settings(confidence=confidence, method=method, max_per_class=5), labels, key=None)
        assert (compared.point is None) == (compared.precision is None)
        if compared.point is not None:
            assert compared.curve.precision[compared.point] == pytest.approx(compared.precision)
            if compared.recall is not None:
                assert compared.curve.recall[compared.point] == pytest.approx(compared.recall)


CASES = [
    ("nothing at all", [], [], [], [], (0, 0, 0), (None, None, None, None, None)),
    ("no box", [], [], [A], [0], (0, 0, 1), (None, 0.0, 0.0, 0.0, 0.0)),
    ("no label", [A], [0], [], [], (0, 1, 0), (0.0, None, 0.0, None, None)),
    ("one of one", [A], [0], [A], [0], (1, 0, 0), (1.0, 1.0, 1.0, 1.0, 1.0)),
    ("IoU 0.8 counts at 7 of 10 limits", [NEAR_A], [0], [A], [0], (1, 0, 0), (1.0, 1.0, 1.0, 1.0, 0.7)),
    ("all identical", [A] * 30, [0] * 30, [A] * 3, [0] * 3, (1, 0, 2), (1.0, 1 / 3, 0.5, 34 / 101, 34 / 101)),
    ("the wrong class", [A], [1], [A], [0], (0, 1, 1), (0.0, 0.0, 0.0, 0.0, 0.0)),
    ("a class without labels", [A, B], [0, 3], [A], [0], (1, 1, 0), (0.5, 1.0, 2 / 3, 1.0, 1.0)),
    ("far away", [FAR], [0], [A, B], [0, 0], (0, 1, 2), (0.0, 0.0, 0.0, 0.0, 0.0)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "boxes", "kinds", "wanted", "named", "counts", "shares"), CASES)
def test_edge_cases_by_hand(
    name: str,
    boxes: Rows,
    kinds: list[int],
    wanted: Rows,
    named: list[int],
    counts: tuple[int, int, int],
    shares: tuple[float | None, ...],
) -> None:
    compared = compare(candidates(boxes, [0.9] * len(boxes), kinds), Settings(), truth(wanted, named))
    assert (compared.found, compared.false, compared.missed) == counts
    got = compared.precision, compared.recall, compared.f1, compared.ap50, compared.ap
    assert got == pytest.approx(shares)
    assert compared.point == (None if not boxes else counts[0] + counts[1] - 1)


def test_only_chosen_classes_count() -> None:
    found, labels = candidates([A, B], [0.9, 0.8], [0, 1]), truth([A, B, FAR], [0, 1, 1])
    compared = compare(found, Settings(classes=frozenset({1})), labels)
    assert compared.outcome.tolist() == [Outcome.NOT_KEPT, Outcome.FOUND]
    assert compared.found_by.tolist() == [NOT_ASKED, 1, MISSED]
    assert (compared.found, compared.false, compared.missed, compared.recall) == (1, 0, 1, 0.5)
    assert compared.ap50 == pytest.approx(51 / 101), "the first 51 of 101 recalls are reached, with precision 1"
    assert [row.label for row in by_class(compared)] == ["kind 1"]


def test_a_detector_without_nms_keeps_all() -> None:
    found = candidates([A, A, NEAR_A], [0.9, 0.8, 0.7], [0, 0, 0], needs_nms=False)
    compared = compare(found, Settings(iou=0.1), truth([A], [0]))
    assert (compared.found, compared.false, compared.missed) == (1, 2, 0)


def test_merged_boxes_are_compared_where_they_lie_now() -> None:
    found = candidates([(0, 0, 100, 40), (0, 0, 100, 160)], [0.5, 0.5], [0, 0])
    labels = truth([(0, 0, 100, 100)], [0])
    assert compare(found, Settings(iou=0.2), labels).found == 0, "40 of 100: IoU 0.40"
    assert compare(found, Settings(iou=0.2, method="merge"), labels).found == 1, "their mean is the label"


def test_what_nms_removed_would_have_found_a_missed_label() -> None:
    beside = (40, 0, 140, 100)  # IoU with A: 60 / 140
    found = candidates([A, beside, (42, 0, 142, 100)], [0.9, 0.8, 0.7], [0, 0, 0])
    strict = compare(found, Settings(iou=0.4), truth([A, beside, FAR], [0, 0, 0]))
    assert strict.found_by.tolist() == [0, MISSED, MISSED]
    assert strict.would_find.tolist() == [-1, 1, -1], "the better of the two"
    loose = compare(found, Settings(iou=0.45), truth([A, beside, FAR], [0, 0, 0]))
    assert loose.found_by.tolist() == [0, 1, MISSED]
    limited = compare(found, Settings(iou=0.45, max_detections=1), truth([A, beside, FAR], [0, 0, 0]))
    assert limited.would_find.tolist() == [-1, 1, -1]
    other_class = compare(found, Settings(iou=0.4), truth([A, beside], [0, 2]))
    assert other_class.would_find.tolist() == [-1, -1]


def test_labels_of_another_detector_are_refused() -> None:
    with pytest.raises(ValueError, match="classes of the detector"):
        compare(candidates([A], [0.9], [0]), Settings(), GroundTruth(np.float32([A]), np.int32([0]), ("cat",)))


def _figures(compared: Comparison) -> tuple[object, ...]:
    return compared.found, compared.false, compared.missed, compared.ap50, compared.ap, compared.point


def test_a_ledger_that_is_known_changes_nothing() -> None:
    found, labels = photo(4)
    settings = Settings(iou=0.3)
    ledger = suppress(found.boxes_xyxy, found.scores, found.class_ids, settings)
    ours, again = compare(found, settings, labels), compare(found, settings, labels, ledger=ledger)
    assert ours.outcome.tolist() == again.outcome.tolist()
    assert _figures(ours) == _figures(again)


def test_a_known_key_saves_the_average_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found, labels = photo(7)
    runs: list[int] = []
    whole = standing.matches_at
    monkeypatch.setattr(standing, "matches_at", lambda *args: runs.append(1) or whole(*args))
    steps = [Settings(confidence=value / 20, iou=iou) for iou in (0.3, 0.6) for value in range(1, 20)]
    kept = [_figures(compare(found, settings, labels, key="page")) for settings in steps]
    assert len(runs) == 2, "once for each IoU limit, whatever the confidence"
    assert kept == [_figures(compare(found, settings, labels)) for settings in steps]


def test_other_labels_under_the_same_key_are_judged_anew() -> None:
    found, labels = candidates([A, B], [0.9, 0.8], [0, 0]), truth([A, B], [0, 0])
    assert compare(found, Settings(), labels, key="one page").ap50 == pytest.approx(1)
    assert compare(found, Settings(), truth([A, FAR], [0, 0]), key="one page").ap50 == pytest.approx(51 / 101)
    assert compare(found, Settings(), replace(labels, class_ids=np.int32([1, 1])), key="one page").ap50 == 0


def test_a_confidence_below_the_curves_end_moves_its_end() -> None:
    found = candidates([A, B], [0.9, 0.01], [0, 0])
    labels = truth([A, B], [0, 0])
    assert compare(found, Settings(confidence=0.05), labels).ap50 == pytest.approx(51 / 101)
    assert compare(found, Settings(confidence=0.0), labels).ap50 == pytest.approx(1)
    assert compare(found, Settings(confidence=0.5), labels, lowest=0.0).ap50 == pytest.approx(1)
    assert outcomes.LOWEST_CONFIDENCE == 0.05

"""Average precision equals pycocotools' on random pictures; matches, precision and recall equal counts by hand."""

import numpy as np
import pytest

from cvdemo.detect.matches import LabelledDetections, match
from cvdemo.detect.precision import average_precision, curve
from tests.coco_judge import CLASSES, coco


def random_pictures(seed: int) -> list[LabelledDetections]:
    """Return 1 to 4 pictures: jittered doubles of the labels, false boxes, misses, empty ones, equal scores."""
    rng = np.random.default_rng(seed)
    return [_picture(rng, seed % 3 == 0, seed % 2 == 0) for _ in range(rng.integers(1, 5))]


def _picture(rng: np.random.Generator, whole: bool, ties: bool) -> LabelledDetections:
    labels = int(rng.choice([0, 1, 6, 20]))
    corner = rng.random((labels, 2)) * 100
    truth = np.concatenate([corner, corner + rng.uniform(5, 40, (labels, 2))], axis=1)
    kinds, doubles, false = rng.integers(0, CLASSES, labels), rng.integers(0, 4, labels), int(rng.integers(0, 9))
    near = np.repeat(truth, doubles, axis=0) + rng.normal(0, 2, (doubles.sum(), 4))
    far = rng.random((false, 2)) * 100
    boxes = np.concatenate([near, np.concatenate([far, far + 20], axis=1)])
    scores = rng.random(len(boxes))
    if whole:
        boxes, truth = np.round(boxes), np.round(truth)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])
    named = np.concatenate([np.repeat(kinds, doubles), rng.integers(0, CLASSES, false)])
    scores = (np.round(scores, 1) if ties else scores).astype(np.float32)
    return LabelledDetections(boxes.astype(np.float32), scores, named, truth.astype(np.float32), kinds)


@pytest.mark.parametrize("seed", range(60))
def test_average_precision_equals_pycocotools(seed: int) -> None:
    pictures = random_pictures(seed)
    ours, (ap50, ap, by_class) = average_precision(pictures), coco(pictures)
    assert (ours.ap50 is None) == (ap50 is None)
    if ap50 is not None:
        assert ours.ap50 == pytest.approx(ap50, abs=1e-6)
        assert ours.ap == pytest.approx(ap, abs=1e-6)
        assert {kind: value for kind, value, _ in ours.by_class} == pytest.approx(by_class, abs=1e-6)


def arrays(
    boxes: list[list[float]], truth: list[list[float]], kinds: list[int], wanted: list[int]
) -> LabelledDetections:
    scores = np.linspace(0.9, 0.5, len(boxes)).astype(np.float32)
    return LabelledDetections(
        np.float32(boxes).reshape(-1, 4),
        scores,
        np.int32(kinds),
        np.float32(truth).reshape(-1, 4),
        np.int32(wanted),
    )


A, NEAR_A, B, FAR = [0, 0, 10, 10], [0, 0, 10, 8], [20, 20, 30, 30], [50, 50, 60, 60]

COUNTS = [
    ("nothing at all", [], [], [], [], (0, 0, 0), (None, None, None)),
    ("no box", [], [A], [], [0], (0, 0, 1), (None, 0.0, 0.0)),
    ("no label", [A], [], [0], [], (0, 1, 0), (0.0, None, 0.0)),
    ("one of one", [A], [A], [0], [0], (1, 0, 0), (1.0, 1.0, 1.0)),
    ("a duplicate is false", [A, NEAR_A], [A], [0, 0], [0], (1, 1, 0), (0.5, 1.0, 2 / 3)),
    ("the better score takes it", [NEAR_A, A], [A], [0, 0], [0], (1, 1, 0), (0.5, 1.0, 2 / 3)),
    ("the wrong class is false and missed", [A], [A], [1], [0], (0, 1, 1), (0.0, 0.0, 0.0)),
    ("one found, one false, one missed", [A, FAR], [A, B], [0, 0], [0, 0], (1, 1, 1), (0.5, 0.5, 0.5)),
    ("a box without area", [[5, 5, 5, 9]], [A], [0], [0], (0, 1, 1), (0.0, 0.0, 0.0)),
]


@pytest.mark.parametrize(("name", "boxes", "truth", "kinds", "wanted", "counts", "shares"), COUNTS)
def test_counts_by_hand(
    name: str,
    boxes: list[list[float]],
    truth: list[list[float]],
    kinds: list[int],
    wanted: list[int],
    counts: tuple[int, int, int],
    shares: tuple[float | None, float | None, float | None],
) -> None:
    one = arrays(boxes, truth, kinds, wanted)
    result = match(one.boxes_xyxy, one.scores, one.class_ids, one.truth_boxes, one.truth_classes)
    assert (result.found, result.false, result.missed) == counts
    assert (result.precision, result.recall, result.f1) == pytest.approx(shares)


@pytest.mark.parametrize(("iou", "found"), [(0.5, 1), (0.8, 1), (0.81, 0), (0.95, 0)])
def test_the_overlap_must_reach_the_limit(iou: float, found: int) -> None:
    one = arrays([NEAR_A], [A], [0], [0])
    result = match(one.boxes_xyxy, one.scores, one.class_ids, one.truth_boxes, one.truth_classes, iou)
    assert result.found == found
    assert result.truth.tolist() == ([0] if found else [-1])
    assert result.by.tolist() == ([0] if found else [-1])
    assert np.isnan(result.overlap[0]) != bool(found)


def test_a_box_takes_the_label_that_it_overlaps_most() -> None:
    one = arrays([[0, 0, 10, 9]], [NEAR_A, A], [0], [0, 0])
    result = match(one.boxes_xyxy, one.scores, one.class_ids, one.truth_boxes, one.truth_classes)
    assert result.truth.tolist() == [1]
    assert result.overlap[0] == pytest.approx(0.9)


def test_average_precision_without_labels_has_no_value() -> None:
    assert average_precision([]).ap50 is None
    assert average_precision([arrays([A], [], [0], [])]).ap is None
    assert average_precision([arrays([], [A], [], [0])]).ap50 == 0.0


def test_the_curve_moves_with_the_confidence() -> None:
    one = arrays([A, FAR, B], [A, B, [80, 80, 90, 90]], [0, 0, 1], [0, 1, 0])
    points = curve([one])
    assert points.precision == pytest.approx([1, 1 / 2, 2 / 3])
    assert points.recall == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert [points.at(confidence) for confidence in (0.95, 0.9, 0.71, 0.7, 0.1)] == [None, 0, 0, 1, 2]
    assert points.best == 2
    assert curve([one], class_id=0).recall == pytest.approx([1 / 2, 1 / 2])
    assert curve([]).best is None


@pytest.mark.parametrize("seed", range(10))
def test_the_curve_agrees_with_the_counts_at_every_point(seed: int) -> None:
    one = _picture(np.random.default_rng(seed), False, False)
    points = curve([one])
    for confidence in points.scores:
        some = one.scores >= confidence
        result = match(one.boxes_xyxy[some], one.scores[some], one.class_ids[some], one.truth_boxes, one.truth_classes)
        place = points.at(float(confidence))
        assert place is not None
        assert points.precision[place] == pytest.approx(result.precision)
        if result.recall is not None:
            assert points.recall[place] == pytest.approx(result.recall)


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("boxes of another length", {"boxes_xyxy": np.zeros((2, 4))}, "boxes must have shape"),
        ("classes of another length", {"class_ids": np.zeros(3)}, "boxes must have shape"),
        ("labels of another length", {"truth_boxes": np.zeros((2, 4))}, "labelled boxes must have shape"),
        ("a score that is no number", {"scores": np.float32([np.nan])}, "must be finite"),
        ("a label that is no number", {"truth_boxes": np.full((1, 4), np.inf)}, "must be finite"),
    ],
)
def test_scenes_are_checked(name: str, change: dict[str, np.ndarray], sentence: str) -> None:
    good = {"boxes_xyxy": [A], "scores": [1.0], "class_ids": [0], "truth_boxes": [A], "truth_classes": [0]}
    with pytest.raises(ValueError, match=sentence):
        LabelledDetections(**({key: np.array(value) for key, value in good.items()} | change))

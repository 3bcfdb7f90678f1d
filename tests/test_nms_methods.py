"""Soft-NMS, DIoU, merging and the overlap over the smaller box, each against a slow and plain version."""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchvision.ops import box_area, box_iou, distance_box_iou

from cvdemo.detect import Settings, State, suppress
from tests.scenes import assert_sums, heaps, scene

SEEDS = range(8)


def plain_greedy(shared: NDArray[np.float64], scores: NDArray[np.float32], limit: float) -> dict[int, int]:
    """Return which box removed which, one by one."""
    by: dict[int, int] = {}
    rest = np.argsort(-scores, kind="stable")
    while len(rest):
        best, rest = rest[0], rest[1:]
        lost = shared[best, rest] > limit
        by |= {int(box): int(best) for box in rest[lost]}
        rest = rest[~lost]
    return by


def smaller(boxes: torch.Tensor) -> torch.Tensor:
    area = box_area(boxes)
    wide = (torch.min(boxes[:, None, 2:], boxes[:, 2:]) - torch.max(boxes[:, None, :2], boxes[:, :2])).clamp(min=0)
    return wide.prod(dim=2) / torch.min(area[:, None], area)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "settings", "measure"),
    [
        ("DIoU", {"method": "diou"}, distance_box_iou),
        ("smaller", {"overlap": "smaller"}, smaller),
        ("IoU, merged", {"method": "merge"}, lambda boxes: box_iou(boxes, boxes)),
    ],
)
def test_greedy_methods_equal_the_plain_one(name: str, settings: dict[str, str], measure: object, seed: int) -> None:
    boxes, scores, kinds = heaps(seed, 300, 12)
    exact = torch.from_numpy(boxes).double()
    shared = (measure(exact, exact) if measure is distance_box_iou else measure(exact)).numpy()  # type: ignore[operator]
    ledger = suppress(boxes, scores, kinds, Settings(confidence=0, iou=0.4, **settings))  # type: ignore[arg-type]
    expected = plain_greedy(shared, scores, 0.4)
    assert {int(box): int(ledger.by[box]) for box in ledger.suppressed} == expected
    for box, by in expected.items():
        assert ledger.overlap[box] == pytest.approx(shared[by, box], abs=1e-5)


@pytest.mark.parametrize(("method", "overlap"), [("diou", "iou"), ("greedy", "smaller"), ("merge", "smaller")])
def test_many_boxes_take_the_short_cut_with_every_measure(method: str, overlap: str) -> None:
    boxes, scores, kinds = scene(2, 3150, 1500, 60)
    ledger = suppress(boxes, scores, kinds, Settings(confidence=0, iou=0.3, method=method, overlap=overlap))
    exact = torch.from_numpy(boxes).double()
    shared = distance_box_iou(exact, exact) if method == "diou" else smaller(exact)
    expected = plain_greedy(shared.numpy(), scores, 0.3)
    assert {int(box): int(ledger.by[box]) for box in ledger.suppressed} == expected


def plain_soft(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], confidence: float, limit: float | None
) -> tuple[list[int], dict[int, float], dict[int, int]]:
    """Return the order of choice, the final scores and whose choice dropped each dropped box: the paper's loop."""
    exact = torch.from_numpy(boxes).double()
    shared = box_iou(exact, exact).tolist()
    left = {box: float(score) for box, score in enumerate(scores) if score >= confidence}
    order, final, dropped = [], {}, {}
    while left:
        best = max(left, key=lambda box: left[box])
        order.append(best)
        final[best] = left.pop(best)
        for box in list(left):
            factor = math.exp(-(shared[best][box] ** 2) / 0.5)
            if limit is not None:
                factor = 1 - shared[best][box] if shared[best][box] > limit else 1.0
            left[box] *= factor
            if left[box] < confidence:
                final[box] = left.pop(box)
                dropped[box] = best
    return order, final, dropped


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", ["soft_linear", "soft_gaussian"])
def test_soft_nms_equals_the_papers_loop(method: str, seed: int) -> None:
    boxes, scores, kinds = heaps(seed, 250, 15)
    ledger = suppress(boxes, scores, kinds, Settings(confidence=0.2, iou=0.3, method=method))
    order, final, dropped = plain_soft(boxes, scores, 0.2, 0.3 if method == "soft_linear" else None)
    assert ledger.kept.tolist() == order
    assert {int(box): int(ledger.by[box]) for box in ledger.suppressed} == dropped
    took_part = sorted(final)
    assert ledger.scores[took_part] == pytest.approx(np.array([final[box] for box in took_part]), abs=1e-5)
    assert ledger.lowered == np.count_nonzero(ledger.scores < scores) > 0
    assert_sums(ledger)


def test_soft_nms_stops_at_the_limit_and_leaves_the_rest_over_it() -> None:
    boxes, scores, kinds = heaps(3, 400, 40)
    everything = suppress(boxes, scores, kinds, Settings(confidence=0.1, method="soft_gaussian", max_detections=1000))
    ledger = suppress(boxes, scores, kinds, Settings(confidence=0.1, method="soft_gaussian", max_detections=10))
    assert ledger.kept.tolist() == everything.kept[:10].tolist()
    assert len(ledger.over_limit) > 0
    assert (ledger.scores[ledger.over_limit] >= np.float32(0.1)).all()
    assert_sums(ledger)


@pytest.mark.parametrize("method", ["soft_linear", "soft_gaussian"])
def test_soft_nms_leaves_other_classes_alone(method: str) -> None:
    boxes, scores = np.float32([[0, 0, 9, 9]] * 3), np.float32([0.9, 0.8, 0.7])
    settings = Settings(method=method, confidence=0.5)
    ledger = suppress(boxes, scores, np.int32([0, 1, 0]), settings)
    assert ledger.states.tolist() == [State.KEPT, State.KEPT, State.SUPPRESSED]
    assert ledger.scores[1] == np.float32(0.8)


@pytest.mark.parametrize("seed", SEEDS)
def test_merging_takes_the_mean_weighted_by_score(seed: int) -> None:
    boxes, scores, kinds = heaps(seed, 200, 10)
    greedy = suppress(boxes, scores, kinds, Settings())
    merged = suppress(boxes, scores, kinds, Settings(method="merge"))
    assert merged.kept.tolist() == greedy.kept.tolist()
    for box in merged.kept:
        members = [box, *greedy.removed_by(box)]
        mean = np.average(boxes[members].astype(np.float64), axis=0, weights=scores[members])
        assert merged.boxes_xyxy[box] == pytest.approx(mean, abs=1e-3)
    assert np.array_equal(merged.boxes_xyxy[merged.suppressed], boxes[merged.suppressed])


def test_merging_boxes_without_score_moves_nothing() -> None:
    boxes = np.float32([[0, 0, 10, 10], [0, 0, 10, 9]])
    ledger = suppress(boxes, np.zeros(2, np.float32), np.zeros(2, np.int32), Settings(confidence=0, method="merge"))
    assert np.array_equal(ledger.boxes_xyxy, boxes)

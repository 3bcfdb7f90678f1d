"""Greedy suppression equals torchvision's, and its ledger tells the truth."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchvision.ops import batched_nms, box_iou, nms

from cvdemo.detect import THRESHOLDS, Ledger, Settings, State, counts_by_iou, overlap_pairs, rank, suppress, survivors
from cvdemo.detect.settings import METHODS
from tests.scenes import Scene, assert_sums, bars, heaps, loose_then_heap, scene, squares

ALL = {"confidence": 0.0, "max_detections": 1000}


@pytest.mark.parametrize("hundred", range(10))
def test_greedy_equals_torchvision_on_1000_random_scenes(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        rng = np.random.default_rng(10_000 + seed)
        count = int(rng.choice([0, 1, 2, 7, 63, 64, 65, 150, 400, 900]))
        side, size, classes = rng.choice([60, 250, 640]), rng.choice([30, 100, 300]), rng.choice([1, 3, 80])
        boxes, scores, kinds = scene(seed, count, side, size, classes)
        iou = float(rng.choice([0, 0.05, 0.1, 0.3, 0.45, 0.5, 0.7, 0.95, 1]))
        tensors = torch.from_numpy(boxes), torch.from_numpy(scores)
        agnostic = nms(*tensors, iou)
        by_class = batched_nms(*tensors, torch.from_numpy(kinds), iou)
        for ours, theirs in ((True, agnostic), (False, by_class)):
            ledger = suppress(boxes, scores, kinds, Settings(**ALL, iou=iou, class_agnostic=ours))
            assert ledger.order.tolist() == theirs.tolist(), f"scene {seed}, {count} boxes, IoU {iou}"


@pytest.mark.parametrize(
    ("name", "boxes_of", "iou"),
    [
        ("nothing overlaps", lambda: squares(5000), 0.45),
        ("all cross", lambda: bars(5000), 0.3),
        ("wide overlaps below a high limit", lambda: scene(2, 5000, 200, 400), 0.97),
        ("sparse", lambda: scene(4, 6000, 3000, 60), 0.3),
        ("sparse, limit 0", lambda: scene(6, 6000, 6000, 60), 0.0),
        ("heaps", lambda: heaps(0, 8400, 60), 0.45),
        ("loose boxes first, then a heap", loose_then_heap, 0.5),
    ],
)
@pytest.mark.parametrize("barred", [None, "MOST_COMPARED", "MOST_FOUND"])
def test_many_boxes_take_the_short_cut_and_still_equal_torchvision(
    name: str, boxes_of: Callable[[], Scene], iou: float, barred: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if barred:  # the way that is left when too many pairs meet
        monkeypatch.setattr(overlap_pairs, barred, 0)
    boxes, scores, _ = boxes_of()
    kinds = np.random.default_rng(1).integers(0, 5, len(scores)).astype(np.int32)
    tensors = torch.from_numpy(boxes), torch.from_numpy(scores)
    ledger = suppress(boxes, scores, kinds, Settings(**ALL, iou=iou, class_agnostic=True))
    assert ledger.order.tolist() == nms(*tensors, iou).tolist()
    assert_true(ledger, boxes, iou)
    ledger = suppress(boxes, scores, kinds, Settings(**ALL, iou=iou))
    theirs = batched_nms(*tensors, torch.from_numpy(kinds), iou).numpy()
    assert set(ledger.order.tolist()) == set(theirs.tolist())  # equal scores: theirs come in any order
    assert np.array_equal(scores[ledger.order], scores[theirs])


def assert_true(ledger: Ledger, boxes: NDArray[np.float32], iou: float) -> None:
    """Check every line of the books: each loser names the best survivor that overlaps it too much, and by how much."""
    assert_sums(ledger)
    lost = ledger.suppressed
    assert np.isnan(ledger.overlap[ledger.order]).all()
    assert (ledger.by[ledger.order] == -1).all()
    if not len(lost):
        return
    shared = box_iou(torch.from_numpy(boxes[ledger.order]), torch.from_numpy(boxes[lost])).numpy()
    first = (shared > np.float64(iou)).argmax(axis=0)  # as torchvision compares
    assert np.array_equal(ledger.by[lost], ledger.order[first])
    assert np.array_equal(ledger.overlap[lost], shared[first, np.arange(len(lost))])
    assert (ledger.scores[ledger.by[lost]] >= ledger.scores[lost]).all()


@pytest.mark.parametrize("seed", range(12))
def test_the_books_are_true(seed: int) -> None:
    boxes, scores, kinds = scene(seed, 500, 200)
    assert_true(suppress(boxes, scores, kinds, Settings(**ALL, iou=0.3)), boxes, 0.3)


def test_boxes_of_other_classes_are_left_alone_unless_asked() -> None:
    boxes = np.float32([[0, 0, 10, 10], [0, 0, 10, 9]])
    scores, kinds = np.float32([0.9, 0.8]), np.int32([0, 1])
    assert suppress(boxes, scores, kinds, Settings()).kept.tolist() == [0, 1]
    ledger = suppress(boxes, scores, kinds, Settings(class_agnostic=True))
    assert ledger.kept.tolist() == [0]
    assert ledger.by.tolist() == [-1, 0]
    assert ledger.overlap[1] == pytest.approx(0.9)


def test_lower_is_stricter_on_the_funnel() -> None:
    boxes, scores, kinds = heaps(1, 400, 9)
    counts = counts_by_iou(rank(boxes, scores, kinds), Settings())
    assert list(counts) == sorted(counts)
    assert counts[0] < counts[-1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("limits", [{}, {"max_detections": 7}, {"max_per_class": 2, "overlap": "smaller"}])
def test_the_curve_counts_what_suppress_keeps(method: str, limits: dict[str, Any]) -> None:
    boxes, scores, kinds = scene(3, 300, 200, classes=3)
    settings = Settings(method=method, **limits)
    thresholds = (0.05, 0.45, 0.7, 1.0)
    kept = [
        len(suppress(boxes, scores, kinds, Settings(method=method, iou=value, **limits)).kept) for value in thresholds
    ]
    assert counts_by_iou(rank(boxes, scores, kinds), settings, thresholds) == tuple(kept)


@pytest.mark.parametrize("method", ["greedy", "diou", "merge"])
@pytest.mark.parametrize("limits", [{}, {"max_detections": 5}, {"max_per_class": 1}, {"classes": frozenset({0, 2})}])
def test_survivors_hold_for_every_higher_confidence(method: str, limits: dict[str, Any]) -> None:
    boxes, scores, kinds = scene(5, 400, 200, classes=3)
    known = survivors(rank(boxes, scores, kinds), Settings(confidence=0.1, method=method, **limits))
    for confidence in (0.1, 0.25, 0.5, 0.731, 1.0):
        settings = Settings(confidence=confidence, method=method, **limits)
        assert known.counts(settings) == counts_by_iou(rank(boxes, scores, kinds), settings)
    with pytest.raises(ValueError, match=r"from confidence 0\.1 on, asked for 0\.05"):
        known.counts(Settings(confidence=0.05))


@pytest.mark.parametrize("method", METHODS)
def test_the_curve_of_nothing_is_flat(method: str) -> None:
    assert counts_by_iou(rank(*scene(0, 0)), Settings(method=method)) == (0,) * len(THRESHOLDS)
    assert counts_by_iou(rank(*scene(0, 9)), Settings(method=method, confidence=1.0)) == (0,) * len(THRESHOLDS)


@pytest.mark.parametrize(
    ("name", "limits", "kept", "over"),
    [
        ("none", {}, [0, 1, 2, 3, 4], []),
        ("two in all", {"max_detections": 2}, [0, 1], [2, 3, 4]),
        ("one of a class", {"max_per_class": 1}, [0, 2], [1, 3, 4]),
        ("two of a class, three in all", {"max_per_class": 2, "max_detections": 3}, [0, 1, 2], [3, 4]),
        ("one class chosen", {"classes": frozenset({1})}, [2, 4], []),
        ("a class that is not there", {"classes": frozenset({7})}, [], []),
        ("no class", {"classes": frozenset()}, [], []),
        ("confidence is at least", {"confidence": 0.7}, [0, 1, 2], []),
        ("confidence 1", {"confidence": 1.0}, [], []),
    ],
)
@pytest.mark.parametrize("method", ["greedy", "soft_linear", "soft_gaussian"])
def test_limits(name: str, limits: dict[str, Any], kept: list[int], over: list[int], method: str) -> None:
    boxes, _, _ = squares(5)
    kinds = np.int32([0, 0, 1, 0, 1])
    ledger = suppress(boxes, np.float32([0.9, 0.8, 0.7, 0.6, 0.5]), kinds, Settings(method=method, **limits))
    assert ledger.kept.tolist() == kept
    assert ledger.over_limit.tolist() == over
    assert_sums(ledger)


def test_a_box_over_the_limit_still_removes_its_duplicates() -> None:
    boxes = np.float32([[0, 0, 9, 9], [50, 0, 59, 9], [50, 0, 59, 8]])
    ledger = suppress(boxes, np.float32([0.9, 0.8, 0.7]), np.zeros(3, np.int32), Settings(max_detections=1))
    assert ledger.states.tolist() == [State.KEPT, State.OVER_LIMIT, State.SUPPRESSED]
    assert ledger.by[2] == 1


def test_steps_replay_the_method_in_order() -> None:
    boxes, scores, kinds = heaps(2, 300, 8)
    ledger = suppress(boxes, scores, kinds, Settings(**ALL))
    assert [step.survivor for step in ledger.steps] == ledger.order.tolist()
    for step in ledger.steps:
        assert set(step.removed.tolist()) == set(ledger.removed_by(step.survivor).tolist())
        assert np.array_equal(step.overlaps, ledger.overlap[step.removed])
        assert (np.diff(scores[step.removed]) <= 0).all()
    assert sum(len(step.removed) for step in ledger.steps) == len(ledger.suppressed)

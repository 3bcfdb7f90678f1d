"""Boxes to suppress: random ones, heaps as detectors propose them, and hard cases."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect import Ledger, State

Scene = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]


def scene(seed: int, count: int, side: float = 640, size: float = 100, classes: int = 1) -> Scene:
    """Return random boxes, every second time with many equal scores and on whole pixels."""
    rng = np.random.default_rng(seed)
    corner = rng.random((count, 2)) * side
    boxes = np.concatenate([corner, corner + rng.random((count, 2)) * size], axis=1)
    scores = rng.random(count)
    if seed % 2:
        boxes, scores = np.round(boxes), np.round(scores, 2)
    return boxes.astype(np.float32), scores.astype(np.float32), rng.integers(0, classes, count).astype(np.int32)


def heaps(seed: int, count: int, objects: int) -> Scene:
    """Return what a detector proposes: heaps of jittered boxes around a few objects."""
    rng = np.random.default_rng(seed)
    centre, size = rng.random((objects, 2)) * 640, rng.uniform(30, 150, (objects, 2))
    owner = rng.integers(0, objects, count)
    half = size[owner] * np.exp(rng.normal(0, 0.12, (count, 2))) / 2
    middle = centre[owner] + rng.normal(0, 0.12, (count, 2)) * size[owner]
    boxes = np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)
    return boxes, rng.random(count).astype(np.float32), np.zeros(count, np.int32)


def squares(count: int) -> Scene:
    """Return boxes side by side: nothing overlaps, everything stays."""
    place = np.arange(count)
    corner = np.stack([place % 92, place // 92], axis=1) * 7.0
    scores = np.random.default_rng(0).random(count).astype(np.float32)
    return np.concatenate([corner, corner + 6], axis=1).astype(np.float32), scores, np.zeros(count, np.int32)


def bars(count: int) -> Scene:
    """Return long bars that cross: all overlap, none by much."""
    place = np.arange(count // 2) * 2.0
    across = np.stack([0 * place, place, 0 * place + 20_000, place + 1], axis=1)
    boxes = np.concatenate([across, across[:, [1, 0, 3, 2]]]).astype(np.float32)
    scores = np.random.default_rng(0).random(len(boxes)).astype(np.float32)
    return boxes, scores, np.zeros(len(boxes), np.int32)


def identical(count: int) -> Scene:
    scores = np.random.default_rng(0).random(count).astype(np.float32)
    return np.tile(np.float32([5, 5, 20, 30]), (count, 1)), scores, np.zeros(count, np.int32)


def assert_sums(ledger: Ledger) -> None:
    parts = len(ledger.kept) + len(ledger.suppressed) + len(ledger.over_limit)
    assert parts == ledger.above_confidence == len(ledger.states) - np.count_nonzero(ledger.states == State.BELOW)


def loose_then_heap() -> Scene:
    """Return boxes of which few overlap until, late, a heap comes."""
    boxes, scores, kinds = squares(5000)
    heap, heap_scores, heap_kinds = heaps(3, 3000, 2)
    return (
        np.concatenate([boxes, heap + 2000]),
        np.concatenate([0.5 + scores / 2, heap_scores / 2]),
        np.concatenate([kinds, heap_kinds]),
    )

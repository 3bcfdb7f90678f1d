"""Boxes to suppress: heaps as detectors propose them, and inputs that are hard for one method or another."""

import numpy as np
from numpy.typing import NDArray

Scene = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]
"""Boxes as x0, y0, x1, y1 (N, 4) in a photo of 640 x 640, scores 0.25..1 (N,), classes (N,); best first."""

SIDE = 640
DENSE = 8400  # as many as YOLOv8 has cells, and as many candidates as the page keeps
HEAPS = {"1,000 candidates": (1000, 10), "8,400 dense candidates": (DENSE, 70)}  # boxes and the objects they are of
JITTER = 0.05  # neighbours in a heap then have an IoU of about 0.85


def heaps(count: int, objects: int, jitter: float = JITTER) -> Scene:
    """Return ``count`` boxes in heaps around ``objects`` places, as a detector proposes them for as many objects."""
    draw = np.random.default_rng(count)
    centres, sizes = draw.random((objects, 2)) * SIDE, draw.uniform(30, 150, (objects, 2))
    owner = draw.integers(0, objects, count)
    halves = sizes[owner] * np.exp(draw.normal(0, jitter, (count, 2))) / 2
    middles = centres[owner] + draw.normal(0, jitter, (count, 2)) * sizes[owner]
    return _scored(np.concatenate([middles - halves, middles + halves], axis=1))


def identical() -> Scene:
    """Return one box many times: the first removes all."""
    return _scored(np.tile([5.0, 5.0, 20.0, 30.0], (DENSE, 1)))


def apart() -> Scene:
    """Return boxes side by side: no two overlap, all stay."""
    place = np.arange(DENSE)
    corners = np.stack([place % 92, place // 92], axis=1) * 7.0
    return _scored(np.concatenate([corners, corners + 6], axis=1))


def crossing() -> Scene:
    """Return long bars that cross: half of all pairs overlap, none by much."""
    place = np.arange(DENSE // 2) * 2.0
    across = np.stack([0 * place, place, 0 * place + 20_000, place + 1], axis=1)
    return _scored(np.concatenate([across, across[:, [1, 0, 3, 2]]]))


def anywhere(side: float = SIDE, size: float = 100) -> Scene:
    """Return boxes of any size at any place."""
    corners = np.random.default_rng(0).random((DENSE, 2)) * side
    return _scored(np.concatenate([corners, corners + np.random.default_rng(1).random((DENSE, 2)) * size], axis=1))


def not_numbers() -> Scene:
    """Return boxes without a single number."""
    boxes, scores, classes = identical()
    return boxes * np.float32(np.nan), scores, classes


def all_different(scene: Scene) -> Scene:
    """Return the boxes of ``scene``, each of a class of its own."""
    return scene[0], scene[1], np.arange(len(scene[2]), dtype=np.int32)


def _scored(boxes: NDArray[np.float64]) -> Scene:
    scores = np.sort(np.random.default_rng(7).uniform(0.25, 1, len(boxes)))[::-1]
    return boxes.astype(np.float32), scores.astype(np.float32), np.zeros(len(boxes), np.int32)

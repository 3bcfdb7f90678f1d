"""What the step on boxes tells under its why: where NMS fails in a crowd, and what its time grows to."""

import time
from dataclasses import dataclass

import numpy as np

from cvdemo import starters
from cvdemo.detect.find import find
from cvdemo.detect.nms import suppress
from cvdemo.detect.outcomes import compare
from cvdemo.detect.settings import Settings
from cvdemo.detect.truth import bundled_truth
from cvdemo.errors import CvDemoError
from cvdemo.wording import listed, milliseconds

DETECTOR, SCENE = "yolov8n_blood_cells", "cells_crowded"
STRICT, LOOSE = 0.2, 0.9
COUNTS = (10, 100, 1_000, 8_400)
REPEATS = 5


@dataclass(frozen=True)
class Side:
    """What one limit makes of the crowd: labelled cells that are missed, and kept boxes that are no new cell.

    Args:
        removed: of the missed ones, those on which the detector had a box, which NMS removed.
    """

    limit: float
    missed: int
    removed: int
    spare: int


@dataclass(frozen=True)
class Crowd:
    """The crowded cells under two limits; we drew them, so all of them are known."""

    cells: int
    strict: Side
    loose: Side


@dataclass(frozen=True)
class Timing:
    """How long greedy NMS took here on ``boxes`` random boxes: milliseconds of each run."""

    boxes: int
    runs_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """Return the median of the runs."""
        return float(np.median(self.runs_ms))


def crowd() -> Crowd:
    """Return what a strict and a loose limit make of the crowded cells.

    Raises:
        CvDemoError: the scene or its detector is not here.
    """
    path = starters.get(SCENE).path
    found, _ = find(path, DETECTOR)
    truth = bundled_truth(path, found.labels)
    if truth is None:
        raise CvDemoError("the drawn scene is not here")
    sides = []
    for limit in (STRICT, LOOSE):
        got = compare(found, Settings(iou=limit), truth)
        sides.append(Side(limit, got.missed, int((got.would_find >= 0).sum()), got.false))
    return Crowd(len(truth.class_ids), *sides)


def timing(count: int) -> Timing:
    """Time suppressing ``count`` boxes of 40 pixels that lie at random in 640 x 640, several times."""
    draw = np.random.default_rng(count)
    corner = draw.uniform(0, 600, (count, 2)).astype(np.float32)
    boxes = np.concatenate([corner, corner + 40], axis=1)
    scores, classes = draw.uniform(0.3, 1, count).astype(np.float32), np.zeros(count, np.int32)
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        suppress(boxes, scores, classes, Settings(max_detections=1000))
        times.append(1000 * (time.perf_counter() - begun))
    return Timing(count, tuple(times))


def of_crowd(found: Crowd) -> str:
    """Return where NMS fails in the crowd, whichever the limit."""
    strict, loose = found.strict, found.loose
    return (
        f"Of the {found.cells} crowded cells, which we drew, the limit {strict.limit:g} misses {strict.missed}, on "
        f"{strict.removed} of which the detector had a box that NMS removed; {loose.limit:g} misses {loose.missed} "
        f"({loose.removed} removed by NMS) and keeps {loose.spare} boxes too many, against {strict.spare} at "
        f"{strict.limit:g}."
    )


def of_times(found: tuple[Timing, ...]) -> str:
    """Return how the time of NMS grows with the number of boxes, and its spread."""
    told = [
        f"{milliseconds(one.median_ms)} for {one.boxes:,} boxes ({milliseconds(min(one.runs_ms))} to "
        f"{milliseconds(max(one.runs_ms))})"
        for one in found
    ]
    return f"Greedy NMS alone takes, as the median of {len(found[0].runs_ms)} runs and from lowest to highest, " + (
        f"{listed(told)}."
    )


def measured() -> tuple[str, ...]:
    """Return both sentences, measured on this machine now.

    Raises:
        CvDemoError: as in `crowd`.
    """
    return of_crowd(crowd()), of_times(tuple(map(timing, COUNTS)))

"""Boxes of which few overlap: find all pairs above the limit first, then decide them in order."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.overlap import PAIRS, Columns, Floats
from cvdemo.detect.spatial_index import SpatialIndex

Places = NDArray[np.intp]
Compare = Callable[[Columns, Columns], tuple[Floats, NDArray[np.bool_]]]

GROUP = 96
MOST_COMPARED = 5_000_000  # about 20 ms
MOST_FOUND = 100_000  # decided one by one, in Python
SAMPLE = 7  # every so many groups are looked at first, and tell what to expect of all


@dataclass(frozen=True, eq=False)
class OverlapPairs:
    """Pairs above the limit, in the order in which suppression comes to them.

    Args:
        better, worse: int (P,), places of boxes, sorted by ``better`` and then by ``worse``.
        shared: float32 (P,), how much they overlap.
    """

    better: Places
    worse: Places
    shared: Floats


def few_pairs(boxes: Columns, index: SpatialIndex, compare: Compare) -> OverlapPairs | None:
    """Return all pairs of ``boxes``, best first, that ``compare`` finds above the limit; None if they are too many."""
    groups = list(index.groups(np.arange(len(boxes)), GROUP))
    sample = groups[::SAMPLE]
    found, compared, count = [(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.float32))], 0, 0
    for number, group in enumerate(sample + [group for place, group in enumerate(groups) if place % SAMPLE]):
        expected = SAMPLE if number == len(sample) else 1
        if expected * compared > MOST_COMPARED or expected * count > MOST_FOUND:
            return None
        others = index.of(group, 0)
        compared += len(group) * len(others)
        rows, width = boxes[group], PAIRS // len(group)
        for start in range(0, len(others), width):
            part = others[start : start + width]
            shared, above = compare(rows, boxes[part])
            row, column = np.nonzero(above)
            first = group[row] < part[column]  # each pair once, and no box with itself
            row, column = row[first], column[first]
            found.append((group[row], part[column], shared[row, column]))
            count += len(row)
    better, worse, shares = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((worse, better))
    return OverlapPairs(better[order], worse[order], shares[order])


def decided(pairs: OverlapPairs) -> tuple[Places, Places, Floats]:
    """Return who lost, to whom, and their overlap: to the best box that overlaps it and has not lost itself."""
    lost: dict[int, int] = {}
    rows = zip(pairs.better.tolist(), pairs.worse.tolist(), strict=True)
    for place, (better, worse) in enumerate(rows):
        if better not in lost and worse not in lost:
            lost[worse] = place
    places = np.fromiter(lost.values(), np.intp, len(lost))
    return pairs.worse[places], pairs.better[places], pairs.shared[places]

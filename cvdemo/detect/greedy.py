"""Greedy non-maximum suppression in blocks: the same boxes as one by one, a few numpy calls per 64 of them."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.overlap import Columns, overlaps

BLOCK = 64  # as many boxes as fit one row of bits in a machine word
PAIRS = 1 << 15  # pairs computed at a time: their intermediate results stay in the processor's cache


def greedy(boxes: Columns, limit: np.float32, measure: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return for each box, best first, the better box that suppressed it (-1: none) and their overlap.

    The best box survives and removes all that overlap it by more than ``limit``; then the best of the rest, and so on.
    Blocks change nothing: a box is compared with every survivor before it, in order.
    """
    count = len(boxes)
    by = np.full(count, -1, np.int32)
    overlap = np.full(count, np.nan, np.float32)
    rest = np.arange(count)
    while len(rest):
        head, rest = rest[:BLOCK], rest[BLOCK:]
        survivors = _settle(head, boxes, limit, measure, by, overlap)
        rest = _remove(survivors, rest, boxes, limit, measure, by, overlap)
    return by, overlap


def _settle(
    head: NDArray[np.intp],
    boxes: Columns,
    limit: np.float32,
    measure: str,
    by: NDArray[np.int32],
    overlap: NDArray[np.float32],
) -> NDArray[np.intp]:
    """Decide the boxes of one block among themselves; return the survivors."""
    some = boxes[head]
    shared = overlaps(some, some, measure)
    above = np.triu(shared > limit, 1)
    if not above.any():
        return head
    padded = np.zeros((len(head), BLOCK), np.bool_)
    padded[:, : len(head)] = above
    beats = np.packbits(padded, axis=1, bitorder="little").view(np.uint64).ravel().tolist()
    gone, survivors = 0, []
    for place, beaten in enumerate(beats):
        if gone >> place & 1:
            continue
        survivors.append(place)
        gone |= beaten
    _enter(np.array(survivors), above, shared, head, head, by, overlap)
    return head[survivors]


def _remove(
    survivors: NDArray[np.intp],
    rest: NDArray[np.intp],
    boxes: Columns,
    limit: np.float32,
    measure: str,
    by: NDArray[np.int32],
    overlap: NDArray[np.float32],
) -> NDArray[np.intp]:
    """Remove what the survivors of a block suppress among all later boxes; return what stays."""
    rows, stay = boxes[survivors], []
    width = max(PAIRS // len(survivors), 1)
    for start in range(0, len(rest), width):
        part = rest[start : start + width]
        shared = overlaps(rows, boxes[part], measure)
        above = shared > limit
        hit = above.any(axis=0)
        if hit.any():
            _enter(np.arange(len(survivors)), above, shared, survivors, part, by, overlap)
            part = part[~hit]
        stay.append(part)
    return np.concatenate(stay) if stay else rest


def _enter(
    places: NDArray[np.intp],
    above: NDArray[np.bool_],
    shared: NDArray[np.float32],
    winners: NDArray[np.intp],
    losers: NDArray[np.intp],
    by: NDArray[np.int32],
    overlap: NDArray[np.float32],
) -> None:
    """Write down who lost to whom: each loser to the first survivor that overlaps it by more than the limit."""
    beaten = above[places]
    lost = np.flatnonzero(beaten.any(axis=0))
    first = places[beaten[:, lost].argmax(axis=0)]
    by[losers[lost]] = winners[first]
    overlap[losers[lost]] = shared[first, lost]

"""Which of two engines is faster here: a short measurement in turns, so that a busy moment falls on both."""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

ROUNDS = 15
BUDGET_S = 3.0
FEWEST = 5

Clock = Callable[[], float]
Turn = Callable[[], AbstractContextManager[object]]


def times_faster(
    ours: Callable[[], object], theirs: Callable[[], object], turn: Turn, clock: Clock = time.perf_counter
) -> float:
    """Return by what factor ``ours`` beats ``theirs`` in the median round; below 1 it is slower.

    Both run once unmeasured, then A B, B A, ... Each round is judged by itself, so that a busy moment falls on both
    sides of a ratio, and takes a turn of its own, so that visitors come in between.
    """
    with turn():
        ours()
        theirs()
    ratios: list[float] = []
    spent = 0.0
    while len(ratios) < ROUNDS and (len(ratios) < FEWEST or spent < BUDGET_S):
        seconds: dict[int, float] = {}
        pair = ((0, ours), (1, theirs))
        with turn():
            for side, work in pair if len(ratios) % 2 == 0 else pair[::-1]:
                started = clock()
                work()
                seconds[side] = clock() - started
        ratios.append(seconds[1] / seconds[0] if seconds[0] > 0 else 1.0)
        spent += seconds[0] + seconds[1]
    return statistics.median(ratios)

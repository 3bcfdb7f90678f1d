"""Lets models take turns, run by run, so that a slow moment of the machine hits all of them."""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from cvdemo.errors import Stopped
from cvdemo.latency.clock import Stopwatch, Work
from cvdemo.latency.settings import DISTURBED_SHARE

WARM_LOW, WARM_HIGH = 3, 12
WARM_MS = 2000.0
STEADY = 0.05

LookAround = Callable[[], float | None]
"""Share of the machine that others took since the last answer, or None: too early to tell."""


@dataclass
class Log:
    """What has been measured so far; grows while the models take turns.

    Args:
        ms: for each model its times, one a round; a model that failed has fewer.
        failed: what went wrong, by the model's place.
        others: the share of the machine that others took, one a round; the last ones may still be missing.
    """

    ms: list[list[float]]
    failed: dict[int, str] = field(default_factory=dict)
    others: list[float] = field(default_factory=list)
    rounds: int = 0

    def disturbed(self) -> tuple[int, ...]:
        """Return the numbers of the rounds in which others took too much."""
        return tuple(number for number, share in enumerate(self.others) if share > DISTURBED_SHARE)


def warm_up(work: Work, stopwatch: Stopwatch, check: Callable[[], None], most: int = WARM_HIGH) -> int:
    """Run ``work`` until its times are steady; return how many runs that took.

    Steady: the best of the last three runs is no more than 5 % better than the best before them. Two seconds or
    twelve runs are enough in any case.
    """
    times: list[float] = []
    while len(times) < most and (len(times) < 2 or sum(times) < WARM_MS):
        check()
        times.append(stopwatch.milliseconds(work))
        before, recent = times[:-WARM_LOW], times[-WARM_LOW:]
        if before and min(recent) > (1 - STEADY) * min(before):
            break
    return len(times)


def orders(count: int) -> Iterator[tuple[int, ...]]:
    """Yield in which order ``count`` models run, round after round, without end: Williams designs.

    A model that always ran after the same neighbour would always find that one's leavings in the processor's caches.
    Here, over as many rounds as there are models, each runs once in each place and once right after each other one; an
    odd count needs twice as many rounds, the second half mirrored (Williams, Australian Journal of Scientific Research
    A 2, 1949). Between one round and the next there is no such balance, so the rounds of a design come in random
    order, the same in every duel.
    """
    zigzag = [(step + 1) // 2 if step % 2 else -(step // 2) for step in range(count)]  # 0, 1, -1, 2, -2, ...
    design = [tuple((first + step) % count for step in zigzag) for first in range(max(count, 1))]
    design += [order[::-1] for order in design] if count % 2 else []
    draw = random.Random(0)
    while True:
        draw.shuffle(design)
        yield from design


def take_turns(
    works: Sequence[Work],
    rounds: int,
    stopwatch: Stopwatch,
    look_around: LookAround,
    report: Callable[[Log], None],
    warm_most: int = WARM_HIGH,
    enough: Callable[[], bool] = lambda: False,
) -> Log:
    """Run each of ``works`` once a round, in `orders`.

    A model that fails is left out from then on; the others go on.

    Args:
        look_around: asked after each round, and once more at the end.
        report: called before every run with what is known; may raise `Stopped`.
        warm_most: runs of each model that do not count, at most.
        enough: asked after each round whether those so far will do.

    Raises:
        Stopped: raised by ``report``.
    """
    log = Log([[] for _ in works])
    for place, work in enumerate(works):
        _guarded(log, place, lambda work=work: warm_up(work, stopwatch, lambda: report(log), warm_most))  # type: ignore[misc]
    look_around()
    for order in itertools.islice(orders(len(works)), rounds):
        for place in order:
            work = works[place]
            if place not in log.failed:
                report(log)
                _guarded(log, place, lambda place=place, work=work: log.ms[place].append(stopwatch.milliseconds(work)))  # type: ignore[misc]
        log.rounds += 1
        _note(log, look_around())
        if enough():
            break
    _note(log, look_around())
    if log.others:
        _note(log, log.others[-1])
    return log


def _note(log: Log, share: float | None) -> None:
    """Book a share to all rounds since the last one: they lie in its window."""
    if share is not None:
        log.others += [share] * (log.rounds - len(log.others))


def _guarded(log: Log, place: int, act: Callable[[], object]) -> None:
    try:
        act()
    except Stopped:
        raise
    except (RuntimeError, MemoryError, ValueError, TypeError, LookupError, AssertionError, OSError) as error:
        log.failed[place] = _reason(error)


def _reason(error: Exception) -> str:
    """Say in a few words what failed: libraries write whole pages, with addresses in memory."""
    text = str(error)
    if isinstance(error, MemoryError) or "out of memory" in text.lower() or "allocate memory" in text:
        return "not enough memory"
    first = text.splitlines()[0] if text else type(error).__name__
    return first[:120]

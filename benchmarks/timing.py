"""Times two ways of doing the same work in turns, and says how sure the ratio is."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import psutil
from numpy.typing import NDArray
from scipy.stats import bootstrap

Work = Callable[[], object]
DISTURBED_SHARE = 0.1
FEWEST_QUIET = 5


@dataclass(frozen=True)
class Rounds:
    """Milliseconds of each round, ours and the peer's, and the share of the machine that others took meanwhile."""

    ours_ms: tuple[float, ...]
    peer_ms: tuple[float, ...]
    others: tuple[float, ...]

    def quiet(self) -> "Rounds":
        """Return the rounds in which others left the processor alone; all of them when too few are left."""
        kept = [number for number, share in enumerate(self.others) if share <= DISTURBED_SHARE]
        if len(kept) < FEWEST_QUIET:
            return self
        columns = (tuple(column[number] for number in kept) for column in (self.ours_ms, self.peer_ms, self.others))
        return Rounds(*columns)


@dataclass(frozen=True)
class Comparison:
    """Medians, their ratio ours / peer with its 95 % interval, and how many rounds stand behind them."""

    ours_ms: float
    peer_ms: float
    ratio: float
    low: float
    high: float
    rounds: int
    others: float


class OtherWork:
    """Measures how much of the machine other processes took: all busy time minus that of this process and its children.

    A child that has ended counts as ours only if it was waited for, which is when the system books its time to us.
    """

    def __enter__(self) -> "OtherWork":
        self._busy_s, self._own_s, self._begun_s = _busy_s(), _own_s(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        passed_s = time.perf_counter() - self._begun_s
        others_s = (_busy_s() - self._busy_s) - (_own_s() - self._own_s)
        self.share = max(0.0, others_s) / (passed_s * (psutil.cpu_count() or 1))


def in_turns(ours: Work, peer: Work, rounds: int, warm_ups: int = 2) -> Rounds:
    """Run ours, peer, ours, peer ... and return the times of ``rounds`` rounds after ``warm_ups`` that do not count.

    Every second round begins with the peer, so that neither side always meets the caches of the other.
    """
    for _ in range(warm_ups):
        ours()
        peer()
    times: list[tuple[float, float, float]] = []
    for number in range(rounds):
        with OtherWork() as others:
            if number % 2:
                peer_ms, ours_ms = timed_ms(peer), timed_ms(ours)
            else:
                ours_ms, peer_ms = timed_ms(ours), timed_ms(peer)
        times.append((ours_ms, peer_ms, others.share))
    return Rounds(*zip(*times, strict=True))


def compare(rounds: Rounds) -> Comparison:
    """Return medians and their ratio with a bootstrapped 95 % interval (paired: a round is one draw)."""
    quiet = rounds.quiet()
    ours, peer = np.asarray(quiet.ours_ms), np.asarray(quiet.peer_ms)
    low, high = _interval(ours, peer)
    return Comparison(
        ours_ms=float(np.median(ours)),
        peer_ms=float(np.median(peer)),
        ratio=_ratio(ours, peer),
        low=low,
        high=high,
        rounds=len(ours),
        others=float(np.median(quiet.others)),
    )


def _interval(ours: NDArray[np.float64], peer: NDArray[np.float64]) -> tuple[float, float]:
    spread = np.ptp(ours) > 0 or np.ptp(peer) > 0
    if len(ours) < 2 or not spread:
        return _ratio(ours, peer), _ratio(ours, peer)
    found = bootstrap((ours, peer), _ratios, paired=True, n_resamples=4000, method="percentile", rng=0)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def _ratios(ours: NDArray[np.float64], peer: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    return np.asarray(np.median(ours, axis=axis) / np.median(peer, axis=axis))


def _ratio(ours: NDArray[np.float64], peer: NDArray[np.float64]) -> float:
    return float(_ratios(ours, peer))


def timed_ms(work: Work) -> float:
    """Return how long ``work`` takes."""
    begun_s = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun_s)


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _own_s() -> float:
    return sum(map(_spent_s, _family()))


def _spent_s(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.NoSuchProcess:  # it ended since it was listed
        return 0.0


def _family() -> Iterator[psutil.Process]:
    this = psutil.Process()
    yield this
    for child in this.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
                yield child

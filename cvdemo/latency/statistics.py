"""From run times to percentiles, ratios with an interval, and a verdict only where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cvdemo.latency.settings import FEWEST_FOR_VERDICT, MARGIN

Verdict = Literal["faster", "slower", "too close to call"]
RESAMPLES = 4000
ERROR = 0.05
MOST_ALIKE = 0.3


@dataclass(frozen=True)
class Percentiles:
    """Times in milliseconds below which that many percent of the runs lie; ``spread`` is p90 - p10."""

    p50: float
    p90: float
    p95: float
    p99: float
    spread: float


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one model is as another: the quotient of their medians, other / one.

    Args:
        low, high: 95 % interval, bootstrapped over rounds (paired: one draw takes both times of a round).
        rounds: how many stand behind it.
        p_value: the largest error at which the interval would still lie outside 0.97 to 1.03, about.
        wins: in how many rounds this model was the faster one.
        alike: how much a round resembles the one before it, -1..1 (see `autocorrelation`).
        verdict: None below 20 rounds, and where rounds are too alike; ``too close to call`` unless the whole interval
            lies outside 0.97 to 1.03.
        ties: in how many rounds both took equally long.
    """

    ratio: float
    low: float
    high: float
    rounds: int
    p_value: float
    wins: int
    alike: float
    verdict: Verdict | None
    ties: int = 0

    @property
    def drifting(self) -> bool:
        """Whether rounds are too alike for an interval over rounds to hold."""
        return self.alike > MOST_ALIKE

    def turned(self) -> "Ratio":
        """Return the same comparison from the other's side."""
        back: dict[Verdict | None, Verdict | None] = {"faster": "slower", "slower": "faster"}
        verdict = back.get(self.verdict, self.verdict)
        ends = 1 / self.ratio, 1 / self.high, 1 / self.low
        losses = self.rounds - self.wins - self.ties
        return Ratio(*ends, self.rounds, self.p_value, losses, self.alike, verdict, self.ties)


def percentiles(ms: NDArray[np.float64]) -> Percentiles:
    """Return the percentiles of at least one time."""
    p10, p50, p90, p95, p99 = (float(value) for value in np.percentile(ms, [10, 50, 90, 95, 99]))
    return Percentiles(p50, p90, p95, p99, p90 - p10)


def compare(one_ms: NDArray[np.float64], other_ms: NDArray[np.float64], seed: int = 0) -> Ratio:
    """Compare two models by the times (rounds,) of the same rounds; at least one round."""
    if one_ms.shape != other_ms.shape or one_ms.ndim != 1:
        raise ValueError(f"both must have shape (rounds,), got {one_ms.shape} and {other_ms.shape}")
    rounds, (low, high, p_value) = len(one_ms), _interval(one_ms, other_ms, seed)
    alike = autocorrelation(np.log(other_ms / one_ms))
    wins = int(np.count_nonzero(one_ms < other_ms))
    if alike > MOST_ALIKE:
        p_value, verdict = 1.0, None
    else:
        verdict = _verdict(low, high, rounds)
    ties = int(np.count_nonzero(one_ms == other_ms))
    return Ratio(float(_ratios(one_ms, other_ms)), low, high, rounds, p_value, wins, alike, verdict, ties)


def autocorrelation(values: NDArray[np.float64]) -> float:
    """Return the correlation of each of ``values`` (rounds,) with the one before it, -1..1; 0 if all are equal.

    The interval takes rounds as independent. Where the log of the ratio drifts, they are not, and no way of drawing
    rounds anew mends that at 30 rounds: of 150 simulated duels of equal models with AR(1) noise of 0.9, 54 % got a
    verdict; with none given above `MOST_ALIKE` 1 %, and at most 5 % for any noise of 0.3 to 0.9.
    """
    centred = values - values.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total if total > 1e-12 else 0.0


def corrected(ratios: Sequence[Ratio]) -> list[Ratio]:
    """Return all ratios of a duel with verdicts that hold together: any false one in 5 % of duels at most.

    Six models make fifteen pairs, and fifteen intervals of 95 % each miss more often than one. So the surest pair must
    be sure to 5 % / 15, the next one to 5 % / 14, and so on, up to the first that is not; it and all after it are too
    close to call (Holm, Scandinavian Journal of Statistics 6, 1979; pairs that share a model may depend on each
    other). In 600 simulated duels of four equal models on a very noisy machine, verdicts by each pair's interval alone
    called a winner in 10 %, these in 1 %. The intervals stay those of each pair alone.
    """
    found = list(ratios)
    sure = True
    for rank, place in enumerate(sorted(range(len(found)), key=lambda place: found[place].p_value)):
        one = found[place]
        sure = sure and one.p_value <= ERROR / (len(found) - rank)
        if not sure and len(found) > 1 and one.verdict is not None:
            found[place] = replace(one, verdict="too close to call")
    return found


def _verdict(low: float, high: float, rounds: int) -> Verdict | None:
    if rounds < FEWEST_FOR_VERDICT:
        return None
    if low > 1 + MARGIN:
        return "faster"
    return "slower" if high < 1 - MARGIN else "too close to call"


def _interval(one: NDArray[np.float64], other: NDArray[np.float64], seed: int) -> tuple[float, float, float]:
    """Return the ends of the interval, and how large its error may be before one of them reaches the margin."""
    if len(one) < 2 or not (np.ptp(one) > 0 or np.ptp(other) > 0):
        ratio = float(_ratios(one, other))
        return ratio, ratio, float(abs(ratio - 1) <= MARGIN)
    from scipy.stats import bootstrap  # takes a second to import: not while the page starts

    found = bootstrap(
        (one, other), _ratios, paired=True, n_resamples=RESAMPLES, method="percentile", rng=seed
    )  # fmt: skip
    drawn = found.bootstrap_distribution
    within = min(np.count_nonzero(drawn <= 1 + MARGIN), np.count_nonzero(drawn >= 1 - MARGIN))
    interval = found.confidence_interval
    return float(interval.low), float(interval.high), min(1.0, 2 * (int(within) + 1) / (RESAMPLES + 1))


def _ratios(one: NDArray[np.float64], other: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    return np.asarray(np.median(other, axis=axis) / np.median(one, axis=axis))

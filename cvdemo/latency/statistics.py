"""From run times to percentiles, ratios with an interval, and a verdict only where there is one."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cvdemo.latency.settings import FEWEST_FOR_VERDICT, MARGIN

Verdict = Literal["faster", "slower", "too close to call"]
RESAMPLES = 4000


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
        verdict: None below 20 rounds; ``too close to call`` unless the whole interval lies outside 0.97 to 1.03.
    """

    ratio: float
    low: float
    high: float
    rounds: int
    verdict: Verdict | None

    def turned(self) -> "Ratio":
        """Return the same comparison from the other's side."""
        back: dict[Verdict | None, Verdict | None] = {"faster": "slower", "slower": "faster"}
        verdict = back.get(self.verdict, self.verdict)
        return Ratio(1 / self.ratio, 1 / self.high, 1 / self.low, self.rounds, verdict)


def percentiles(ms: NDArray[np.float64]) -> Percentiles:
    """Return the percentiles of at least one time."""
    p10, p50, p90, p95, p99 = (float(value) for value in np.percentile(ms, [10, 50, 90, 95, 99]))
    return Percentiles(p50, p90, p95, p99, p90 - p10)


def compare(one_ms: NDArray[np.float64], other_ms: NDArray[np.float64], seed: int = 0) -> Ratio:
    """Compare two models by the times (rounds,) of the same rounds; at least one round."""
    if one_ms.shape != other_ms.shape or one_ms.ndim != 1:
        raise ValueError(f"both must have shape (rounds,), got {one_ms.shape} and {other_ms.shape}")
    low, high = _interval(one_ms, other_ms, seed)
    return Ratio(float(_ratios(one_ms, other_ms)), low, high, len(one_ms), _verdict(low, high, len(one_ms)))


def _verdict(low: float, high: float, rounds: int) -> Verdict | None:
    if rounds < FEWEST_FOR_VERDICT:
        return None
    if low > 1 + MARGIN:
        return "faster"
    return "slower" if high < 1 - MARGIN else "too close to call"


def _interval(one: NDArray[np.float64], other: NDArray[np.float64], seed: int) -> tuple[float, float]:
    if len(one) < 2 or not (np.ptp(one) > 0 or np.ptp(other) > 0):
        ratio = float(_ratios(one, other))
        return ratio, ratio
    from scipy.stats import bootstrap  # takes a second to import: not while the page starts

    found = bootstrap(
        (one, other), _ratios, paired=True, n_resamples=RESAMPLES, method="percentile", rng=seed
    ).confidence_interval  # fmt: skip
    return float(found.low), float(found.high)


def _ratios(one: NDArray[np.float64], other: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    return np.asarray(np.median(other, axis=axis) / np.median(one, axis=axis))

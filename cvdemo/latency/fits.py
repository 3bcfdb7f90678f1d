"""What a sweep means: by which power the time grows with the side, and where larger batches stop paying."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 4
WORTH_SHARE = 0.9


@dataclass(frozen=True)
class Exponent:
    """Time ~ side ** ``value``, with its 95 % interval; ``doubling``: how many times twice the side costs."""

    value: float
    low: float
    high: float

    @property
    def doubling(self) -> float:
        """How many times as long twice the side takes."""
        return float(2.0**self.value)


def exponent(sides: Sequence[float], ms: Sequence[float]) -> Exponent | None:
    """Fit a straight line to log(ms) against log(side), least squares; None for fewer than four points.

    2 is a cost by pixel or by token, 4 one by pairs of tokens. The interval is Student's, of the slope.
    """
    from scipy.stats import linregress, t

    if len(sides) < FEWEST or len(set(sides)) < FEWEST:
        return None
    fitted = linregress(np.log(sides), np.log(ms))
    reach = float(t.ppf(0.975, len(sides) - 2)) * float(fitted.stderr)
    return Exponent(float(fitted.slope), float(fitted.slope) - reach, float(fitted.slope) + reach)


@dataclass(frozen=True)
class Knee:
    """The smallest batch with nine tenths of the best throughput, in photos a second.

    Args:
        gain: how many times as many photos a second as at the smallest batch.
        most: the same for the best batch.
    """

    batch: int
    per_second: float
    gain: float
    most: float


def knee(batches: Sequence[int], ms: Sequence[float]) -> Knee | None:
    """Find where larger batches stop paying; None for fewer than two sizes."""
    if len(batches) < 2:
        return None
    rates = [1000 * batch / time for batch, time in zip(batches, ms, strict=True)]
    place = next(number for number, rate in enumerate(rates) if rate >= WORTH_SHARE * max(rates))
    first = rates[0] if math.isfinite(rates[0]) else rates[place]
    return Knee(batches[place], rates[place], rates[place] / first, max(rates) / first)

"""How much of a map's mass lies near its unit: the smallest centred squares, and the Gaussian that fits best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHARES = (0.2, 0.5, 0.95)
LOG_RANGE = 1000.0

Map = NDArray[np.floating]


@dataclass(frozen=True)
class Gaussian:
    """The best isotropic Gaussian around the unit: ``sigma`` in pixels, ``explained`` 0..1 of the map's variance."""

    sigma: float
    explained: float


def logged(values: Map) -> Map:
    """Return a map on a logarithmic scale, 0..1: log10(1 + 1000 v / max v) / log10(1001).

    Ding et al. (2022, https://arxiv.org/abs/2203.06717) look at log10(1 + v); dividing by the largest value first
    makes the picture independent of the gradient's unit. Either way the faint rim is exaggerated, so areas measured
    on it are no shares of gradient mass.
    """
    peak = float(values.max(initial=0.0))
    if peak <= 0:
        return np.zeros_like(values)
    return np.log10(1 + LOG_RANGE * (values / peak)) / np.log10(1 + LOG_RANGE)


def sides_for(values: Map, centre: tuple[float, float], shares: tuple[float, ...] = SHARES) -> tuple[int, ...]:
    """Return the side in pixels of the smallest centred square that holds each share of a map's mass.

    Args:
        values: (h, w), not negative.
        centre: row and column of the middle; x.5 lies between two pixels, and sides are then even.

    Returns:
        0 where there is no mass at all.
    """
    total = float(values.sum(dtype=np.float64))
    if total <= 0:
        return (0,) * len(shares)
    rows, columns = (np.abs(np.arange(count) - middle) for count, middle in zip(values.shape, centre, strict=True))
    needed = np.ceil(2 * np.maximum(rows[:, None], columns[None, :]) + 1 - 1e-9).astype(np.intp)
    held = np.cumsum(np.bincount(needed.ravel(), values.ravel().astype(np.float64)))
    return tuple(int(np.searchsorted(held, share * total * (1 - 1e-12))) for share in shares)


def fit_gaussian(values: Map, centre: tuple[float, float]) -> Gaussian | None:
    """Return the Gaussian around ``centre`` that comes closest to the map (least squares); None without mass.

    Luo et al. (2016, https://arxiv.org/abs/1701.04128) show that the effective field of a deep stack of convolutions
    tends to a Gaussian.
    """
    spread = float(((values - values.mean()) ** 2).sum())
    if spread <= 0:
        return None
    sigmas = np.geomspace(0.5, 2 * max(values.shape), 60)
    errors = [_error(values, centre, sigma) for sigma in sigmas]
    best = int(np.argmin(errors))
    fine = np.geomspace(sigmas[max(best - 1, 0)], sigmas[min(best + 1, 59)], 25)
    errors = [_error(values, centre, sigma) for sigma in fine]
    best = int(np.argmin(errors))
    return Gaussian(float(fine[best]), max(0.0, 1 - errors[best] / spread))


def _error(values: Map, centre: tuple[float, float], sigma: float) -> float:
    """Return the squared distance to the best multiple of exp(-d^2 / 2 sigma^2)."""
    down, across = (
        np.exp(-((np.arange(count) - middle) ** 2) / (2 * sigma**2))
        for count, middle in zip(values.shape, centre, strict=True)
    )
    overlap = float(down @ values @ across)
    norm = float((down**2).sum() * (across**2).sum())
    return float((values.astype(np.float64) ** 2).sum()) - overlap**2 / norm

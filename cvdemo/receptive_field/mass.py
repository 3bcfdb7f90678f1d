"""How much of a map's mass lies near its unit: the smallest centred squares."""

import numpy as np
from numpy.typing import NDArray

SHARES = (0.2, 0.5, 0.95)
LOG_RANGE = 1000.0

Map = NDArray[np.floating]


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

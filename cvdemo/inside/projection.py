"""Principal components of a map: its strongest directions as red, green and blue, and what stands out in front."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.activations import ForwardPass
from cvdemo.results import Results

COUNT = 3
EXACT = 256  # up to that size the whole eigenproblem is solved
_ROUNDS, _SPARE = 200, 5

_known = Results("principal components")


@dataclass(frozen=True)
class Projection:
    """The first three principal components of a map's units.

    Args:
        scores: float32 (3, h, w), each unit's place along each direction; mean 0. A direction of its own sign: the
            third moment of its scores is not negative.
        shares: of the whole variance, 0..1, falling; 0 where the map has fewer directions.
    """

    scores: NDArray[np.float32]
    shares: tuple[float, float, float]


def projected(seen: ForwardPass, number: int) -> Projection:
    """Return `project` of the map of stop ``number``; asked again, it is known."""
    return _known.find((seen.asked, number), lambda: project(seen.maps[number]))


def project(one: NDArray[np.float32]) -> Projection:
    """Return the first three principal components (Pearson 1901) of a map (C, h, w) over its units."""
    channels, rows, columns = one.shape
    units = one.reshape(channels, -1).T.astype(np.float64)  # (units, C)
    units = units - units.mean(0)
    total = float((units**2).sum())
    scores = np.zeros((COUNT, rows * columns))
    if total > 0:
        found = _scores(units)
        scores[: len(found)] = found
    signs = np.where((scores**3).sum(1, keepdims=True) < 0, -1.0, 1.0)
    shares = tuple(float((row**2).sum() / total) if total > 0 else 0.0 for row in scores)
    shaped = (scores * signs).reshape(COUNT, rows, columns).astype(np.float32)
    return Projection(shaped, (shares[0], shares[1], shares[2]))


def _scores(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the scores (<= 3, units), from the smaller of the two square matrices."""
    count, channels = units.shape
    if count <= channels:
        values, vectors = _strongest(units @ units.T)
        return (vectors * np.sqrt(np.maximum(values, 0))).T
    _, vectors = _strongest(units.T @ units)
    return (units @ vectors).T


def _strongest(square: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest eigenvalues of a symmetric matrix, falling, with their vectors as columns."""
    size = len(square)
    count = min(COUNT, size)
    if size <= EXACT:
        values, vectors = np.linalg.eigh(square)
        return values[::-1][:count], vectors[:, ::-1][:, :count]
    block = np.random.default_rng(0).standard_normal((size, COUNT + _SPARE))
    before = np.zeros(count)
    for _ in range(_ROUNDS):  # subspace iteration: a few matrix products instead of the whole eigenproblem
        basis, _ = np.linalg.qr(square @ block)
        values, inner = np.linalg.eigh(basis.T @ square @ basis)
        block = basis @ inner[:, ::-1]
        now = values[::-1][:count]
        if np.abs(now - before).max() <= 1e-12 * max(now[0], 1e-300):
            break
        before = now
    return now, block[:, :count]


def colours(projection: Projection) -> NDArray[np.uint8]:
    """Return uint8 (h, w, 3): the three components as red, green and blue, grey where a unit is average.

    All three share one scale, the first component's spread, so a weak direction gives weak colour.
    """
    reach = float(np.quantile(np.abs(projection.scores[0]), 0.98)) or 1.0
    shown = 0.5 + projection.scores / (2 * reach)
    return (np.clip(shown, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


def foreground(projection: Projection) -> NDArray[np.bool_]:
    """Return (h, w): which units the first component puts in front.

    The split is Otsu's (1979); in front is the side that touches less of the photo's edge.
    """
    first = projection.scores[0]
    above = first > _otsu(first)
    edge = np.ones_like(above)
    edge[1:-1, 1:-1] = False
    share = float(above[edge].mean())
    return above if share <= 0.5 else ~above


def _otsu(values: NDArray[np.float32]) -> float:
    """Return the threshold that separates two groups best: the largest variance between them."""
    ordered = np.sort(values.ravel().astype(np.float64))
    count = np.arange(1, len(ordered))
    if len(count) == 0 or ordered[0] == ordered[-1]:
        return float(ordered[-1])
    sums = ordered.cumsum()
    low, high = sums[:-1] / count, (sums[-1] - sums[:-1]) / (len(ordered) - count)
    between = count * (len(ordered) - count) * (high - low) ** 2
    cut = int(between.argmax())
    return float((ordered[cut] + ordered[cut + 1]) / 2)

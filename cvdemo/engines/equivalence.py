"""Whether two engines answer alike: the same inputs through both, and the largest difference between the answers."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cvdemo.engines.engine import Run, Shape

LIMIT = 1e-5
RAW_LIMIT = 1e-3

Judge = str
"""``classes``: logits. ``boxes``: four coordinates, then scores, in the second axis. ``numbers``: anything else."""


def inputs(shape: Shape, judge: Judge) -> Iterator[NDArray[np.float32]]:
    """Yield the inputs to compare on: noise in the range that the network knows, and a smooth picture."""
    draw = np.random.default_rng(0)
    ramp = np.linspace(0, 1, shape[2] * shape[3], dtype=np.float32).reshape(shape[2:])
    for picture in (draw.random(shape, np.float32), np.broadcast_to(ramp, shape)):
        yield np.ascontiguousarray(picture if judge == "boxes" else 4 * picture - 2)


def difference(
    ours: NDArray[np.float32],
    theirs: NDArray[np.float32],
    judge: Judge,
    side: int,
    limit: float = LIMIT,
    raw_limit: float = RAW_LIMIT,
) -> float:
    """Return how far two outputs are apart, as ``limit`` bounds it; infinite where they cannot be compared.

    Logits are compared as probabilities, coordinates as shares of the input's ``side``, scores as they are, other
    numbers as shares of the largest one. Random weights make all probabilities alike, so logits must agree as
    numbers, too, to ``raw_limit``.
    """
    if ours.shape != theirs.shape or not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return float("inf")
    apart = np.abs(ours.astype(np.float64) - theirs)
    if judge == "boxes" and ours.ndim == 3 and ours.shape[-1] == 6:  # (N, 300, 6): x0, y0, x1, y1, score, class
        return float(max(apart[..., :4].max() / side, apart[..., 4:].max()))
    if judge == "boxes":
        return float(max(apart[:, :4].max() / side, apart[:, 4:].max()))
    spread = float(np.abs(theirs - theirs.mean(axis=-1, keepdims=True)).max())
    raw = float(apart.max()) / spread if spread > 0 else float(apart.max())
    if judge == "numbers":
        return raw
    return float(np.abs(_shares(ours) - _shares(theirs)).max()) if raw <= raw_limit else max(raw, 2 * limit)


def largest_difference(
    ours: Run, theirs: Run, shape: Shape, judge: Judge, limit: float = LIMIT, raw_limit: float = RAW_LIMIT
) -> float:
    """Return the largest difference of two engines over all `inputs`, to be held against ``limit``."""
    return max(
        difference(ours(array), theirs(array), judge, max(shape[2:]), limit, raw_limit)
        for array in inputs(shape, judge)
    )


def _shares(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))

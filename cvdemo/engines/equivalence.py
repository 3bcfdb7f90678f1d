"""Whether two engines answer alike: the same inputs through both, and the largest difference between the answers.

What is compared, once for every model and input shape on this machine: the outputs for noise, for a smooth ramp and for
a starter photo (the cat). An engine is taken only if in none of the three a probability differs from PyTorch's in fp32
by more than 1e-5 (2e-3 on a GPU); for detectors no score, nor a coordinate as a share of the photo's side; for features
no number as a share of their spread. Other photos are not compared.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cvdemo import images, starters
from cvdemo.engines.engine import Run, Shape
from cvdemo.preprocess import Preprocessing, prepare

LIMIT = 1e-5
RAW_LIMIT = 1e-3

Judge = str
"""``classes``: logits. ``boxes``: four coordinates, then scores, in the second axis. ``numbers``: anything else."""


def inputs(shape: Shape, judge: Judge) -> Iterator[NDArray[np.float32]]:
    """Yield the inputs to compare on, in the range that the network knows: noise, a smooth picture and a photo.

    Networks were trained for photos only: four of our five trained classifiers move most on this one in fp16.
    """
    draw = np.random.default_rng(0)
    ramp = np.linspace(0, 1, shape[2] * shape[3], dtype=np.float32).reshape(shape[2:])
    for picture in (draw.random(shape, np.float32), ramp, _photo(*shape[2:])):
        yield np.array(np.broadcast_to(picture if judge == "boxes" else 4 * picture - 2, shape), order="C")


def _photo(height: int, width: int) -> NDArray[np.float32]:
    """Return the first starter photo squeezed to that size, float32 (1, 3, height, width), 0..1."""
    photo = images.read(starters.all()[0].path, min(height, width))
    plain = Preprocessing((height, width), 1.0, "squash", "bilinear", mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    return prepare(photo, plain).array


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

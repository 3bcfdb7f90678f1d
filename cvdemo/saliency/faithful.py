"""Does hiding what a map calls important change the answer? Deletion and insertion (Petsiuk, Das and Saenko 2018)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.saliency.measures import resized

STEPS = 16
BATCH = 4
FILL = "the mean colour of the training photos"
BLUR = 12  # the blurred photo keeps one value for each 12th of a side

Probability = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Pictures float32 (N, 3, h, w) to the probability of the class, (N,)."""


@dataclass(frozen=True)
class Curve:
    """The probability of the class while pixels are hidden or shown, the map's brightest first.

    Args:
        values: float32 (STEPS + 1,), at 0, 1/STEPS .. all of the pixels.
    """

    values: NDArray[np.float32]

    @property
    def area(self) -> float:
        """The mean height of the curve, 0..1 (trapezoids): small is good for deletion, large for insertion."""
        return float((self.values[:-1] + self.values[1:]).mean() / 2)

    @property
    def half_at(self) -> float | None:
        """The share of pixels, 0..1, after which the probability is half of what it began with; None if never."""
        limit = self.values[0] / 2
        below = np.flatnonzero(self.values <= limit)
        if not len(below) or self.values[0] <= 0:
            return None
        at = int(below[0])
        before, after = float(self.values[at - 1]), float(self.values[at])
        return (at - 1 + (before - float(limit)) / (before - after)) / (len(self.values) - 1)


def order_of(values: NDArray[np.float32], size_hw: tuple[int, int]) -> NDArray[np.intp]:
    """Return the pixels of a picture of ``size_hw``, the brightest of the map first; equal ones in a shuffled order.

    The shuffle is the same each time. Without it, the rows at the top would go first wherever a map is dark.
    """
    flat = resized(values, size_hw).reshape(-1)
    return np.lexsort((np.random.default_rng(0).permutation(flat.size), -flat))


def deletion(picture: NDArray[np.float32], order: NDArray[np.intp], fill: float = 0.0) -> Iterator[NDArray[np.float32]]:
    """Yield the picture with ever more of the pixels in ``order`` replaced by ``fill``.

    Args:
        fill: 0 is the training photos' mean after normalisation.
    """
    yield from _mixed(picture, np.full_like(picture, fill), order)


def insertion(picture: NDArray[np.float32], order: NDArray[np.intp]) -> Iterator[NDArray[np.float32]]:
    """Yield the blurred picture with ever more pixels as they are."""
    yield from _mixed(blurred(picture), picture, order)


def blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a picture (1, 3, h, w) so soft that only large areas are left of it."""
    size_hw = (picture.shape[2], picture.shape[3])
    small = (max(1, size_hw[0] // BLUR), max(1, size_hw[1] // BLUR))
    return np.stack([resized(_means(channel, small), size_hw) for channel in picture[0]])[None]


def _means(channel: NDArray[np.float32], small: tuple[int, int]) -> NDArray[np.float32]:
    rows = np.array_split(channel, small[0], 0)
    return np.array([[part.mean() for part in np.array_split(row, small[1], 1)] for row in rows], np.float32)


def _mixed(
    before: NDArray[np.float32], after: NDArray[np.float32], order: NDArray[np.intp]
) -> Iterator[NDArray[np.float32]]:
    for step in range(STEPS + 1):
        mixed = before.copy()
        taken = order[: round(step / STEPS * order.size)]
        mixed.reshape(3, -1)[:, taken] = after.reshape(3, -1)[:, taken]
        yield mixed


def curve(pictures: Iterator[NDArray[np.float32]], probability: Probability, report: Callable[[], None]) -> Curve:
    """Run the pictures in batches, call ``report`` after each (it may raise to stop), return the probabilities."""
    values: list[NDArray[np.float32]] = []
    waiting: list[NDArray[np.float32]] = []
    for one in pictures:
        waiting.append(one)
        if len(waiting) == BATCH:
            values.append(probability(np.concatenate(waiting)))
            waiting.clear()
            report()
    if waiting:
        values.append(probability(np.concatenate(waiting)))
        report()
    return Curve(np.concatenate(values).astype(np.float32))

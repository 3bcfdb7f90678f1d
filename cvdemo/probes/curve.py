"""How the accuracy of a probe grows with the number of photos that it learns from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from cvdemo.probes.linear import Features, Labels, fit
from cvdemo.probes.scores import scored

COUNTS = (1, 2, 5, 10, 20, 40, 80, 150)
DRAWS = 10


@dataclass(frozen=True)
class Point:
    """Accuracies (0..1) of several draws of ``count`` photos a class, all tested on the same held-out photos."""

    count: int
    shares: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Of the draws."""
        return float(np.mean(self.shares))

    @property
    def spread(self) -> float:
        """The standard deviation of the draws."""
        return float(np.std(self.shares, ddof=1)) if len(self.shares) > 1 else 0.0


def curve(
    features: Features,
    labels: Labels,
    out: NDArray[np.bool_],
    strength: float,
    seed: int,
    draws: int = DRAWS,
) -> Iterator[Point]:
    """Yield the points of the curve, for as many photos a class as the smallest class has.

    Args:
        out: which photos are held out, (N,).
    """
    random = default_rng(seed)
    places = [np.flatnonzero(~out & (labels == label)) for label in range(int(labels.max()) + 1)]
    fewest = min(len(mine) for mine in places)
    for count in [count for count in COUNTS if count <= fewest]:
        shares = []
        for _ in range(draws if count < fewest else 1):  # of all there is only one draw
            drawn = np.concatenate([random.choice(mine, count, replace=False) for mine in places])
            probe = fit(features[drawn], labels[drawn], strength)
            shares.append(scored(probe.predict(features[out]), labels[out]).share)
        yield Point(count, tuple(shares))

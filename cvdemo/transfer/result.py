"""What a few labelled photos taught: the same held-out photos, answered by each way of learning on each backbone."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cvdemo.photo_sets import PhotoSet
from cvdemo.probes import Point, Probe, Score, confusion, scored
from cvdemo.transfer.training.settings import Trained

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Way:
    """One way to name the held-out photos.

    Args:
        name: ``majority``, ``nearest``, ``probe``, or where more layers were trained ``stages``, ``all``, ``scratch``.
        predicted: its answers, (held-out photos,), in the order of the photos.
    """

    name: str
    predicted: Places
    score: Score


@dataclass(frozen=True)
class Taught:
    """One backbone and what was learned on its features.

    Args:
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        probe: the new last layer, for features as the network gives them.
        curve: accuracy by photos a class; empty where it was not asked for.
        trained: how those ways came about that trained more layers.
        distance: see `cvdemo.transfer.domain`; None where it was not asked for or cannot be known.
    """

    model: str
    title: str
    family: str
    ways: tuple[Way, ...]
    probe: Probe
    curve: tuple[Point, ...] = ()
    trained: tuple[Trained, ...] = ()
    distance: float | None = None

    def way(self, name: str) -> Way:
        """Return one of its ways by name."""
        return next(way for way in self.ways if way.name == name)

    def with_trained(self, trained: Trained, labels: Places) -> "Taught":
        """Return it with one more way of training, tested on the held-out ``labels``."""
        more = way(trained.way, trained.predicted, labels)
        return replace(self, ways=(*self.ways, more), trained=(*self.trained, trained))


@dataclass(frozen=True)
class Lesson:
    """All backbones on one set of photos under one split.

    Args:
        groups: of near-duplicates, a number a photo, (N,).
        out: which photos were held out, bool (N,).
        majority: always the commonest class of the photos that were learned from.
    """

    photos: PhotoSet
    groups: Places
    out: NDArray[np.bool_]
    seed: int
    majority: Way
    taught: tuple[Taught, ...] = field(default=())

    @property
    def labels(self) -> Places:
        """The classes of the held-out photos."""
        return self.photos.labels[self.out]

    @property
    def near_duplicates(self) -> int:
        """How many photos are nearly the same as one before them."""
        return len(self.groups) - len(np.unique(self.groups))

    def confusion(self, way: Way) -> Places:
        """Return how many held-out photos of each class (row) were given each answer (column)."""
        return confusion(way.predicted, self.labels, len(self.photos.classes))


def way(name: str, predicted: Places, labels: Places) -> Way:
    """Return a way with its score on ``labels``."""
    return Way(name, predicted, scored(predicted, labels))

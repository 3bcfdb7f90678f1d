"""How often an answer was right, with an interval; and whether one way was right more often than another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05


@dataclass(frozen=True)
class Score:
    """So many of so many photos were right; ``of`` is at least 1."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """The accuracy, 0..1."""
        return self.right / self.of

    @property
    def ci95(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy (Wilson 1927), 0..1."""
        from scipy.stats import binomtest

        found = binomtest(self.right, self.of).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


def scored(predicted: NDArray[np.intp], labels: NDArray[np.intp]) -> Score:
    """Compare answers with labels, both (N,)."""
    return Score(int(np.count_nonzero(predicted == labels)), len(labels))


def confusion(predicted: NDArray[np.intp], labels: NDArray[np.intp], classes: int) -> NDArray[np.intp]:
    """Return how many photos of each class (row) were given each answer (column): (classes, classes)."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def mcnemar(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the exact two-sided p of McNemar's test (1947) that two ways are right equally often on the same photos.

    Args:
        one, other: whether each was right, (N,).
    """
    from scipy.stats import binomtest

    only_one, only_other = int(np.count_nonzero(one & ~other)), int(np.count_nonzero(other & ~one))
    return 1.0 if only_one == only_other == 0 else float(binomtest(only_one, only_one + only_other).pvalue)

"""Linear probes: a new last layer on features that stay as they are (Alain and Bengio 2016), by scikit-learn."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]
Labels = NDArray[np.intp]

STRENGTHS: Final = (0.001, 0.01, 0.1, 1.0, 10.0)
"""Of the weights against the penalty (scikit-learn's C); small ones trust the photos less."""
FOLDS: Final = 5
USUAL: Final = 0.1  # where there are too few photos to choose
MOST_STEPS: Final = 1000


@dataclass(frozen=True)
class Probe:
    """A new last layer.

    Args:
        weight: float64 (classes, D), bias: float64 (classes,), for features as the network gives them.
        strength: one of `STRENGTHS`.
    """

    weight: NDArray[np.float64] = field(repr=False)
    bias: NDArray[np.float64] = field(repr=False)
    strength: float

    def logits(self, features: Features) -> NDArray[np.float64]:
        """Return logits (N, classes) of features (N, D); their softmax is what the probe says."""
        return features @ self.weight.T + self.bias

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Return the softmax of the logits: (N, classes), each row sums to 1."""
        from scipy.special import softmax

        found: NDArray[np.float64] = softmax(self.logits(features), axis=1)
        return found

    def predict(self, features: Features) -> Labels:
        """Return the likeliest class of each row of features (N, D): (N,)."""
        return self.logits(features).argmax(axis=1)


def fit(features: Features, labels: Labels, strength: float) -> Probe:
    """Return the logistic regression of scikit-learn on standardised features.

    Args:
        features: (N, D); labels: (N,), every class from 0 on at least once.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # of so few numbers a second thread is only in the way
        return _fitted(_spanned(features), labels, strength)


def choose_strength(features: Features, labels: Labels, groups: Labels, seed: int) -> float:
    """Return the strength that does best in cross-validation among these photos, the smallest of equal ones.

    Args:
        groups: of near-duplicates, (N,): none is on both sides of a fold.
    """
    from threadpoolctl import threadpool_limits

    right = np.zeros(len(STRENGTHS), int)
    with threadpool_limits(1):
        for learn, test in _folds(labels, groups, seed):
            span = _spanned(features[learn])
            for number, strength in enumerate(STRENGTHS):
                predicted = _fitted(span, labels[learn], strength).predict(features[test])
                right[number] += np.count_nonzero(predicted == labels[test])
    return STRENGTHS[int(right.argmax())] if right.any() else USUAL


@dataclass(frozen=True)
class _Span:
    """Photos in coordinates of their own span: with fewer photos than numbers the best weights lie in it.

    So N numbers a photo are fitted instead of D: the same result, many times as fast.
    """

    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    axes: NDArray[np.float64]
    coordinates: NDArray[np.float64]


def _spanned(features: Features) -> _Span:
    centre, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64)
    spread[spread == 0] = 1
    left, sizes, axes = np.linalg.svd((features - centre) / spread, full_matrices=False)
    real = sizes > 1e-9 * max(float(sizes[0]), 1e-300)
    real[:1] = True  # photos that are all the same still have one coordinate: 0
    return _Span(centre, spread, axes[real], (left * sizes)[:, real])


def _fitted(span: _Span, labels: Labels, strength: float) -> Probe:
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=strength, max_iter=MOST_STEPS).fit(span.coordinates, labels)
    weight, bias = found.coef_ @ span.axes / span.spread, found.intercept_
    if len(found.classes_) == 2:  # scikit-learn keeps one row: the second class against the first
        weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    return Probe(weight, bias - weight @ span.centre, strength)


def _folds(labels: Labels, groups: Labels, seed: int) -> list[tuple[Labels, Labels]]:
    """Return (learn, test) places of folds in which every class can be learned; none where there are too few photos."""
    from sklearn.model_selection import StratifiedGroupKFold

    fewest = min(len(set(groups[labels == label].tolist())) for label in np.unique(labels))
    if fewest < 2:
        return []
    cut: Any = StratifiedGroupKFold(min(FOLDS, fewest), shuffle=True, random_state=seed)
    return [(learn, test) for learn, test in cut.split(labels, labels, groups) if set(labels[learn]) == set(labels)]


def nearest(features: Features, labels: Labels, others: Features) -> Labels:
    """Return the class of the nearest neighbour (cosine) of each of ``others`` (M, D) among ``features`` (N, D)."""
    from sklearn.neighbors import KNeighborsClassifier

    found: Labels = KNeighborsClassifier(1, metric="cosine").fit(features, labels).predict(others)
    return found


def majority(labels: Labels, count: int) -> Labels:
    """Return the commonest class of ``labels``, the first of equal ones, ``count`` times."""
    return np.full(count, np.bincount(labels).argmax())

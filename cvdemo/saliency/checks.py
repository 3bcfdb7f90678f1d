"""The checks that stand beside every map: deletion, insertion, a plain blob, and random weights."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo import models
from cvdemo.catalogue import get
from cvdemo.inside.cams import CAMS
from cvdemo.results import Results
from cvdemo.saliency.faithful import BATCH, STEPS, Curve, curve, deletion, insertion, order_of
from cvdemo.saliency.measures import centred_blob, rank_correlation
from cvdemo.saliency.study import Evidence, Step, logits_of, map_of, map_of_another

ALIKE = 0.8  # a map that stays this similar with random weights hardly shows what was learned
RUNS = 3 * -(-(STEPS + 1) // BATCH)  # network runs of all three curves

_checked = Results("saliency checks")


@dataclass(frozen=True)
class Checks:
    """How far one map can be trusted.

    Args:
        deletion, insertion: of the map.
        blob: deletion in the order of a blob in the middle, which knows nothing of the photo.
        random_similarity: Spearman's rank correlation, -1..1, with the map that the same method and class give for
            random weights (Adebayo et al. 2018); None where the weights are random already, where a map is the same
            everywhere, and for Score-CAM, whose second map would take as long again.
    """

    deletion: Curve
    insertion: Curve
    blob: Curve
    random_similarity: float | None


def known(found: Evidence, method: str) -> Checks | None:
    """Return the checks of a map if they have been made."""
    return _checked.get((found.asked, method))


def check_map(found: Evidence, method: str, step: Step | None = None) -> Checks:
    """Check the map of ``method``; what is known runs nothing.

    Raises:
        CvDemoError: whatever borrowing the model raised.
        Stopped: raised by ``step``.
    """
    made = known(found, method)
    if made is not None:
        return made
    values, size_hw = map_of(found, method), found.picture.size_hw
    orders = order_of(values, size_hw), order_of(centred_blob(size_hw), size_hw)
    with models.borrow(found.asked.model, random=found.asked.random) as ready:

        def probability(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
            return _probability(logits_of(ready, pictures, found.asked), found)

        curves = three_curves(found.picture.array, orders, probability, step)
    made = Checks(*curves, _random_similarity(found, method, values))
    _checked.put((found.asked, method), made)
    return made


def three_curves(
    picture: NDArray[np.float32],
    orders: tuple[NDArray[np.intp], NDArray[np.intp]],
    score: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    step: Step | None,
    fill: float = 0.0,
) -> tuple[Curve, Curve, Curve]:
    """Return deletion and insertion in the order of a map, and deletion in that of a blob.

    Args:
        orders: of the pixels, of the map and of the blob.
        score: of pictures (N, 3, h, w), float32 (N,).
        step: told after each run; may raise to stop.
        fill: what stands where a pixel is hidden, see `deletion`.
    """
    done = itertools.count(1)

    def report() -> None:
        if step is not None:
            step(next(done), RUNS + 1)

    order, blob = orders
    pictures = deletion(picture, order, fill), insertion(picture, order), deletion(picture, blob, fill)
    first, second, third = (curve(one, score, report) for one in pictures)
    return first, second, third


def _probability(logits: NDArray[np.float32], found: Evidence) -> NDArray[np.float32]:
    """Return the probability of the explained class: a sigmoid for SigLIP, which was trained so, else a softmax."""
    if get(found.asked.model).zero_shot:
        return (1 / (1 + np.exp(-logits[:, found.target]))).astype(np.float32)
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    return (shifted[:, found.target] / shifted.sum(1)).astype(np.float32)


def _random_similarity(found: Evidence, method: str, values: NDArray[np.float32]) -> float | None:
    if found.weights == "random" or method not in CAMS:
        return None
    with models.borrow(found.asked.model, random=True) as ready:
        other = map_of_another(ready, found, method)
    return rank_correlation(values, other)

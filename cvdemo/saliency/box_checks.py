"""The checks beside the map of one box: hiding and showing pixels, a blob in the middle of the box, random weights."""

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, models
from cvdemo.inside.cams import CAMS
from cvdemo.results import Results
from cvdemo.saliency.box import BoxEvidence, box_map
from cvdemo.saliency.checks import Checks, three_curves
from cvdemo.saliency.faithful import order_of
from cvdemo.saliency.measures import blob_in, rank_correlation
from cvdemo.saliency.study import Step

GREY = 114 / 255  # what stands around photos in training: the network has learned to see nothing in it
BOX_FILL = "the grey that stood around photos in training"
AREAS = 2.0  # times the box's area are hidden in the end: a sixteenth of the whole photo may hold many boxes

_checked = Results("box checks")


def known_box_checks(found: BoxEvidence, method: str) -> Checks | None:
    """Return the checks of a box's map if they have been made."""
    return _checked.get((found.asked, method))


def check_box(found: BoxEvidence, method: str, step: Step | None = None) -> Checks:
    """Check a box's map by the score of its class in its cell; what is known runs nothing.

    The curves end where `hidden_in_the_end` of the pixels are hidden or shown, and the blob lies in the box: a blob in
    the middle of the photo would say nothing about a box elsewhere.

    Raises:
        SettingError: no such method.
        CvDemoError: whatever borrowing the model raised.
        Stopped: raised by ``step``.
    """
    made = known_box_checks(found, method)
    if made is not None:
        return made
    from cvdemo.saliency import cells

    values = box_map(found, method)
    pixels = round(hidden_in_the_end(found) * found.size_hw[0] * found.size_hw[1])
    by_map, by_blob = (
        order_of(one, found.size_hw)[:pixels] for one in (values, blob_in(found.seen_box(), found.size_hw))
    )
    with models.borrow_detector(found.asked.model) as ready:

        def score(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
            with compute.turn():
                return cells.scores_of(ready, pictures, found.cell, found.kind)

        curves = three_curves(found.array, (by_map, by_blob), score, step, GREY)
    made = Checks(*curves, _random_similarity(found, method, values))
    _checked.put((found.asked, method), made)
    return made


def hidden_in_the_end(found: BoxEvidence) -> float:
    """Return the share of all pixels, 0..1, that the curves hide or show in the end."""
    x0, y0, x1, y1 = found.seen_box()
    area = max(1.0, (x1 - x0) * (y1 - y0))
    return min(1.0, AREAS * area / (found.size_hw[0] * found.size_hw[1]))


def of_the_box(found: BoxEvidence, share: float | None) -> float | None:
    """Return a share of a curve, 0..1, as a multiple of the box's area."""
    x0, y0, x1, y1 = found.seen_box()
    pixels = hidden_in_the_end(found) * found.size_hw[0] * found.size_hw[1]
    return None if share is None else share * pixels / max(1.0, (x1 - x0) * (y1 - y0))


def _random_similarity(found: BoxEvidence, method: str, values: NDArray[np.float32]) -> float | None:
    """Return the rank correlation with the map of random weights; None where those of ``found`` are random.

    LayerCAM is dark wherever the cell cannot see, whatever the weights: there it is not compared.
    """
    if found.weights == "random":
        return None
    from cvdemo.saliency import cells

    with models.borrow_detector(found.asked.model, random=True) as ready, compute.turn():
        grids = cells.run(ready, found.array)
        activations, gradients, _ = cells.look_back(grids, found.cell, found.kind)
    other = CAMS[method](activations, gradients)
    if method == "layercam":
        reached = found.gradients.any(0) | gradients.any(0)
        values, other = values[reached][None], other[reached][None]
    return rank_correlation(values, other)

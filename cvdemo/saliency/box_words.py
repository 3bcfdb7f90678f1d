"""The sentences about the map of one box, made from the numbers on screen."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.saliency.box import BoxEvidence, within
from cvdemo.saliency.box_checks import AREAS, of_the_box
from cvdemo.saliency.checks import Checks
from cvdemo.saliency.words import random_weights
from cvdemo.wording import percent

WHAT = {
    "layercam": (
        "LayerCAM: each place counts by its own positive gradient (Jiang et al. 2021), so only places that this cell "
        "can see are bright."
    ),
    "gradcam": (
        "Grad-CAM: each channel counts by its mean gradient (Selvaraju et al. 2017), the same at every place, so "
        "things elsewhere that look alike are bright too."
    ),
}
WHY = (
    "Each box of a YOLO is the answer of one cell of a grid. The picture shows which places of that grid's map hold up "
    "the box's class score. Such maps can look convincing and be wrong, so two checks stand beside it."
)


def answer(found: BoxEvidence, values: NDArray[np.float32]) -> str:
    """Return how much of a map lies in the box."""
    name, share = found.labels[found.kind], within(found, values)
    if share is None:
        return f"{name}, {found.score:.2f}: no place of this map speaks for it."
    return f"{name}, {found.score:.2f}: {percent(share)} of what speaks for it lies inside the box."


def origin(found: BoxEvidence) -> str:
    """Return from which cell the box comes."""
    rows, columns = found.activations.shape[1:]
    row, column = found.cell.row + 1, found.cell.column + 1
    return (
        f"The box comes from one cell, row {row} and column {column} of a grid of {rows} x {columns}, "
        f"{found.stride} pixels of the model's picture a cell."
    )


def checked(found: BoxEvidence, checks: Checks) -> list[str]:
    """Return what hiding pixels and random weights say about a box's map."""
    numbers = f"(deletion {checks.deletion.area:.2f}, insertion {checks.insertion.area:.2f})"
    fallen, blob = (of_the_box(found, curve.half_at) for curve in (checks.deletion, checks.blob))
    need = "never brings it there" if blob is None else f"needs {percent(blob)}"
    if fallen is None:
        hidden = of_the_box(found, 1.0) or AREAS  # less than `AREAS` where the box is most of the photo
        fell = f"the score never falls to half, not even with {hidden:.2g} times the box's area hidden"
    else:
        fell = f"the score falls to half after {percent(fallen)} of the box's area"
    hiding = f"Hiding the brightest first, {fell}; a plain blob in the middle of the box {need} {numbers}."
    return [hiding, *random_weights(checks.random_similarity)]

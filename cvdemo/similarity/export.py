"""Patch similarity as JSON."""

from typing import Any

from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.crop import Pair
from cvdemo.similarity.patches import similar, stop_for


def from_patch(seen: ForwardPass, patch: Pair) -> dict[str, Any]:
    """Return the cosines of ``patch`` (row, column) with all patches of the last grid of at least 4 x 4.

    Raises:
        SettingError: the patch lies outside the grid.
    """
    number = stop_for(seen, 1.0)
    found = similar(seen.maps[number], patch)
    return {
        "model": seen.asked.model,
        "weights": seen.weights,
        "layer": seen.stops[number].name,
        "grid": list(seen.stops[number].hw),
        "similarity": [[round(float(value), 6) for value in row] for row in found.cosines],
        "best": list(found.best),
    }

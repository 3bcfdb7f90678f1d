"""The chart of the Similarity view: how like one patch all patches of the photo are."""

from typing import TYPE_CHECKING

from cvdemo.inside import heat
from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.crop import Pair
from cvdemo.similarity import words
from cvdemo.similarity.patches import similar, stop_for

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def figure(seen: ForwardPass, patch: Pair, depth: float = 1.0) -> "Figure":
    """Return the cosines of ``patch`` (row, column) with all patches of the layer at ``depth`` as a Plotly figure.

    Raises:
        SettingError: the patch lies outside the layer's grid.
    """
    number = stop_for(seen, depth)
    found = similar(seen.maps[number], patch)
    title = f"Like row {patch[0] + 1}, column {patch[1] + 1}: {seen.spec.title}, {seen.stops[number].label}"
    return heat.over(seen.picture.pixels, found.cosines, title, words.tile(found), (0, 1)).figure()

"""From where to where attention is shown: layer, head, start, and the heat over the patches."""

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_view_input import ViewInput
from cvdemo.attention import study, words
from cvdemo.attention.followed import rolled_out
from cvdemo.attention.layer import AttentionLayer
from cvdemo.attention.rollout import possible
from cvdemo.attention.study import Attended
from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.layers import stop_at


def layer_number(given: ViewInput, found: Attended) -> int:
    """Return the number of the layer at the chosen depth."""
    return stop_at(len(found.layers), given.settings.depth)


def layer_title(given: ViewInput, number: int, found: Attended | None) -> str:
    """Return the name of the attention layer at the chosen depth, or of the layer of a model without attention."""
    if found is None:
        return given.seen[number].stops[given.stop(number)].title
    return found.layers[layer_number(given, found)].title


def chosen_head(given: ViewInput, layer: AttentionLayer) -> int:
    """Return the chosen head, -1 for the mean of all."""
    return min(given.settings.attention.head, layer.heads - 1)


def from_class(given: ViewInput, layer: AttentionLayer) -> bool:
    """Return whether the class token is what looks, and there is one."""
    return given.settings.attention.start == "class" and layer.class_token is not None


def spread_of(
    given: ViewInput, found: Attended, layer: AttentionLayer
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return attention over the patches (heads, patches), and what goes elsewhere, from where the visitor looks."""
    if from_class(given, layer):
        return layer.from_class()
    return layer.from_cell(found.cell_at(layer, given.point_rc)[0])


def picked(values: NDArray[np.float32], head: int) -> NDArray[np.float32]:
    """Return a head's row, or the mean of all."""
    return values.mean(0) if head < 0 else values[head]


def distance(given: ViewInput, one: ForwardPass, found: Attended | None) -> float | None:
    """Return how far the chosen head looks from the point (from all patches on average, from the class token)."""
    if found is None:
        return None
    number = layer_number(given, found)
    layer = found.layers[number]
    if from_class(given, layer):
        return float(picked(found.figures[number].distance_px, chosen_head(given, layer)))
    return far(found, layer, found.cell_at(layer, given.point_rc)[0], chosen_head(given, layer))


def far(found: Attended, layer: AttentionLayer, cell: int, head: int) -> float:
    """Return the mean distance in pixels of the photo of what the patch ``cell`` looks at, weighted by attention."""
    onto = picked(layer.from_cell(cell)[0], head)
    at = np.stack(np.divmod(np.arange(onto.size), layer.grid_hw[1]), 1) * study.cell_px(found.picture, layer)
    return float((onto * np.linalg.norm(at - at[cell], axis=1)).sum() / max(float(onto.sum()), 1e-12))


def heat_of(
    given: ViewInput, found: Attended, number: int, spread: NDArray[np.float32]
) -> tuple[NDArray[np.float32] | None, str | None]:
    """Return the heat over the patches, and the sentence on what it is."""
    wanted, layer = given.settings.attention, found.layers[number]
    if wanted.mode == "layer":
        return picked(spread, chosen_head(given, layer)), None
    if not possible(found.layers):
        return None, words.WINDOWS
    if wanted.mode == "rollout":
        cell = None if from_class(given, layer) else found.cell_at(layer, given.point_rc)[0]
        return rolled_out(found, cell, wanted.fusion, wanted.discard, number), words.ROLLOUT
    if not study.can_weigh(found):
        return None, words.NO_CLASSES
    heat, target = study.relevance_of(found)
    return heat, words.GRADIENT.format(name=found.labels[target])

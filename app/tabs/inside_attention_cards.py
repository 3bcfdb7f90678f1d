"""What the view Attention draws for one model: its heat, its grid of layers and heads, and its distances."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.tabs import inside_attention_heat as heat
from app.tabs.inside_attention_field import card as field_card
from app.tabs.inside_view_input import ViewInput, packed, small
from cvdemo.attention import charts, statistics, study, words
from cvdemo.attention.charts import Reach
from cvdemo.attention.layer import AttentionLayer
from cvdemo.attention.rollout import possible
from cvdemo.attention.study import Attended
from cvdemo.inside.activations import ForwardPass

THUMB = 16  # rows of the small pictures
MARKED = 12  # outlier tokens that are outlined


def card(given: ViewInput, place: int, found: Attended | None, reach: Sequence[Reach]) -> dict[str, Any]:
    """Return all that is drawn of model number ``place``; ``reach``: what CNNs can see, for the same chart."""
    one = given.seen[place]
    if found is None:
        return field_card(given, place)
    number = heat.layer_number(given, found)
    layer, figures = found.layers[number], found.figures[number]
    head = heat.chosen_head(given, layer)
    spread, other = heat.spread_of(given, found, layer)
    shown, what = heat.heat_of(given, found, number, spread)
    cell, _ = found.cell_at(layer, given.point_rc)
    share = None if layer.class_token is None else float(heat.picked(other, head))
    told = [] if what is None else [what]
    if given.settings.attention.start == "class" and layer.class_token is None:
        told.append(words.NO_CLASS_TOKEN)
    means = (float(heat.picked(figures.distance_px, head)), float(heat.picked(figures.entropy_bits, head)))
    about = words.head_told(*means, layer.tokens, share, figures.queries, math.prod(layer.grid_hw))
    told += [about, *_outliers(found)]
    return {
        "model": one.asked.model,
        "rest": f"{layer.title}, {'mean of heads' if head < 0 else f'head {head + 1}'}",
        "map": None if shown is None else packed(shown.reshape(layer.grid_hw), 0.0),
        "grid": layer.grid_hw,
        "unit": None if heat.from_class(given, layer) else list(divmod(cell, layer.grid_hw[1])),
        "outliers": _marked(found),
        "told": told,
        "self_test": words.self_test(found),
        "layer": number,
        "head": head,
        "rows": [_row(given, found, one_layer) for one_layer in found.layers],
        "distances": charts.distances(found, reach, number, head).plain(),
        "rollout": possible(found.layers),
        "weigh": study.can_weigh(found),
        "class_token": found.class_token,
    }


def _row(given: ViewInput, found: Attended, layer: AttentionLayer) -> dict[str, Any]:
    """Return the small pictures of all heads of a layer, each with its own scale, and what they are called."""
    spread, _ = heat.spread_of(given, found, layer)
    heads = [packed(small(one.reshape(layer.grid_hw), THUMB), 0.0) for one in spread]
    return {"label": layer.label, "heads": heads}


def _outliers(found: Attended) -> list[str]:
    if found.norms is None:
        return []
    return [words.outliers_told(int(statistics.outliers(found.norms).sum()), found.norms.size)]


def _marked(found: Attended) -> list[list[int]]:
    if found.norms is None:
        return []
    columns = found.layers[-1].grid_hw[1]
    return [list(divmod(int(cell), columns)) for cell in np.flatnonzero(statistics.outliers(found.norms))[:MARKED]]


def tile(given: ViewInput, one: ForwardPass, found: Attended, opens: str) -> dict[str, Any]:
    """Return the overview's tile: from the point, the mean of all heads of the layer at the chosen depth."""
    layer = found.layers[heat.layer_number(given, found)]
    cell = found.cell_at(layer, given.point_rc)[0]
    return {
        "column": "point",
        "title": f"Attention, {layer.label}",
        "caption": words.tile(layer.heads, heat.far(found, layer, cell, -1)),
        "map": packed(layer.from_cell(cell)[0].mean(0).reshape(layer.grid_hw), 0.0),
        "scale": ["share", "", "of its attention"],
        "opens": opens,
    }

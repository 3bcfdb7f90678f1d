"""What the view Attention draws for one model: its heat, its grid of layers and heads, and its distances."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_look import Look, packed, small
from cvdemo.attention import statistics, study, words
from cvdemo.attention.followed import rolled_out
from cvdemo.attention.layer import AttentionLayer
from cvdemo.attention.rollout import possible
from cvdemo.attention.study import NONE, Attended
from cvdemo.errors import CvDemoError
from cvdemo.inside.seeing import Seen
from cvdemo.inside.stops import stop_at
from cvdemo.receptive_field.study import table

ID = "attention"
THUMB = 16  # rows of the small pictures
MARKED = 12  # outlier tokens that are outlined


def _number(look: Look, found: Attended) -> int:
    return stop_at(len(found.layers), look.depth)


def layer_label(look: Look, found: Attended | None) -> str:
    """Return the name of the attention layer at the chosen depth."""
    return "no attention" if found is None else found.layers[_number(look, found)].label


def _head(look: Look, layer: AttentionLayer) -> int:
    return min(look.settings[ID].head, layer.heads - 1)


def _from_class(look: Look, layer: AttentionLayer) -> bool:
    return look.settings[ID].start == "class" and layer.class_token is not None


def _spread(look: Look, found: Attended, layer: AttentionLayer) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if _from_class(look, layer):
        return layer.from_class()
    return layer.from_cell(found.cell_at(layer, look.point_rc)[0])


def _picked(values: NDArray[np.float32], head: int) -> NDArray[np.float32]:
    return values.mean(0) if head < 0 else values[head]


def distance(look: Look, one: Seen, found: Attended | None) -> float | None:
    """Return how far the chosen head looks from the point (from all patches on average, from the class token)."""
    if found is None:
        return None
    number = _number(look, found)
    layer = found.layers[number]
    if _from_class(look, layer):
        return float(_picked(found.figures[number].distance_px, _head(look, layer)))
    return far(found, layer, found.cell_at(layer, look.point_rc)[0], _head(look, layer))


def far(found: Attended, layer: AttentionLayer, cell: int, head: int) -> float:
    """Return the mean distance in pixels of the photo of what the patch ``cell`` looks at, weighted by attention."""
    onto = _picked(layer.from_cell(cell)[0], head)
    at = np.stack(np.divmod(np.arange(onto.size), layer.grid_hw[1]), 1) * study.cell_px(found.picture, layer)
    return float((onto * np.linalg.norm(at - at[cell], axis=1)).sum() / max(float(onto.sum()), 1e-12))


def card(look: Look, one: Seen, found: Attended | None) -> dict[str, Any]:
    """Return all that is drawn of a model."""
    if found is None:
        text = NONE if not study.has_attention(one.asked.model) else "Not known yet."
        return {"model": one.asked.model, "rest": "no attention", "map": None, "told": [text], "rows": None}
    number = _number(look, found)
    layer, figures = found.layers[number], found.figures[number]
    head = _head(look, layer)
    spread, other = _spread(look, found, layer)
    shown, what = _shown(look, found, number, spread)
    cell, _ = found.cell_at(layer, look.point_rc)
    share = None if layer.class_token is None else float(_picked(other, head))
    told = [] if what is None else [what]
    if look.settings[ID].start == "class" and layer.class_token is None:
        told.append(words.NO_CLASS_TOKEN)
    means = (float(_picked(figures.distance_px, head)), float(_picked(figures.entropy_bits, head)))
    told += [words.head_told(*means, layer.tokens, share), *_outliers(found), words.self_test(found)]
    return {
        "model": one.asked.model,
        "rest": f"{layer.label}, {'mean of heads' if head < 0 else f'head {head + 1}'}",
        "map": None if shown is None else packed(shown.reshape(layer.grid_hw), 0.0),
        "grid": layer.grid_hw,
        "unit": None if _from_class(look, layer) else list(divmod(cell, layer.grid_hw[1])),
        "outliers": _marked(found),
        "told": told,
        "layer": number,
        "head": head,
        "rows": [_row(look, found, one_layer) for one_layer in found.layers],
        "distances": [[float(f"{px:.4g}") for px in one_layer.distance_px] for one_layer in found.figures],
        "rollout": possible(found.layers),
        "weigh": study.can_weigh(found),
        "class_token": found.class_token,
    }


def _shown(
    look: Look, found: Attended, number: int, spread: NDArray[np.float32]
) -> tuple[NDArray[np.float32] | None, str | None]:
    """Return the heat over the patches, and the sentence on what it is."""
    wanted, layer = look.settings[ID], found.layers[number]
    if wanted.mode == "layer":
        return _picked(spread, _head(look, layer)), None
    if not possible(found.layers):
        return None, words.WINDOWS
    if wanted.mode == "rollout":
        cell = None if _from_class(look, layer) else found.cell_at(layer, look.point_rc)[0]
        return rolled_out(found, cell, wanted.fusion, wanted.discard, number), words.ROLLOUT
    if not study.can_weigh(found):
        return None, words.NO_CLASSES
    heat, target = study.relevance_of(found)
    return heat, words.GRADIENT.format(name=found.labels[target])


def _row(look: Look, found: Attended, layer: AttentionLayer) -> dict[str, Any]:
    """Return the small pictures of all heads of a layer, each with its own scale, and what they are called."""
    spread, _ = _spread(look, found, layer)
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


def fields(look: Look) -> list[dict[str, Any]]:
    """Return how far a unit of each CNN can see by depth, in pixels of the photo; null = the whole photo."""
    rows = []
    for one in look.seen:
        if one.spec.family != "cnn":
            continue
        try:
            stops = table(one.asked.model, one.picture.size_hw[0]).stops
        except CvDemoError:
            continue  # the other lab has no rule for this network: then its line is left out
        scale = one.picture.crop.width / one.picture.size_hw[1]
        sizes = [None if stop.field.size is None else round(stop.field.size * scale) for stop in stops]
        rows.append({"model": one.asked.model, "title": one.spec.title, "sizes": sizes})
    return rows


def tile(look: Look, one: Seen, found: Attended, opens: str) -> dict[str, Any]:
    """Return the overview's tile: from the point, the mean of all heads of the layer at the chosen depth."""
    layer = found.layers[_number(look, found)]
    cell = found.cell_at(layer, look.point_rc)[0]
    return {
        "column": "point",
        "title": f"Attention, {layer.label}",
        "caption": words.tile(far(found, layer, cell, -1)),
        "map": packed(layer.from_cell(cell)[0].mean(0).reshape(layer.grid_hw), 0.0),
        "opens": opens,
    }

"""What stands in the view Attention for a model without any: what one of its units can see from the point."""

from typing import Any

from app.tabs.inside_view_input import ViewInput
from cvdemo.attention import study, words
from cvdemo.attention.charts import Reach
from cvdemo.attention.study import NONE
from cvdemo.errors import CvDemoError
from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.layers import Stop
from cvdemo.receptive_field.study import table
from cvdemo.receptive_field.table import Layer, LayerTable
from cvdemo.receptive_field.units import square_of, unit_at


def fields(given: ViewInput) -> list[Reach]:
    """Return how far a unit of each CNN can see, by the layers of the depth slider."""
    rows = []
    for one in given.seen:
        known = _table(one) if one.spec.family == "cnn" else None
        layers = [_layer(known, stop) for stop in one.stops] if known else []
        if not layers or None in layers:
            continue  # the other lab has no rule for this network: then its line is left out
        scale = one.picture.crop.width / one.picture.size_hw[1]
        sizes = tuple(
            None if row is None or row.field.size is None else round(row.field.size * scale) for row in layers
        )
        rows.append(Reach(one.asked.model, one.spec.title, sizes, round(one.picture.crop.width)))
    return rows


def card(given: ViewInput, number: int) -> dict[str, Any]:
    """Return what is drawn of a model without attention, or of one whose attention is not known yet."""
    one = given.seen[number]
    stop = one.stops[given.stop(number)]
    bare: dict[str, Any] = {"model": one.asked.model, "rest": stop.title, "map": None, "rows": None, "boxes": []}
    if study.has_attention(one.asked.model):
        return {**bare, "told": ["Not known yet."]}
    known = _table(one)
    layer = _layer(known, stop) if known else None
    if layer is None:
        return {**bare, "told": [NONE]}
    side = one.picture.size_hw[0]
    point, _ = one.point(given.point_rc)
    x0, y0, x1, y1 = (min(max(edge, 0), side) for edge in square_of(layer, unit_at(layer, point, side), side))
    whole = (x0, y0, x1, y1) == (0, 0, side, side)
    scale = one.picture.crop.width / side
    size = None if whole else (round((x1 - x0) * scale), round((y1 - y0) * scale))
    return {**bare, "told": [NONE, words.field_told(stop.label, size)], "boxes": [[x0, y0, x1, y1]]}


def _table(one: ForwardPass) -> LayerTable | None:
    """Return the fields of a model's layers; None where the other lab has no rule for it, or its photo is no square."""
    height, width = one.picture.size_hw
    try:
        found = table(one.asked.model, height) if height == width else None
    except CvDemoError:
        return None
    return found if found and found.side == height else None


def _layer(known: LayerTable, stop: Stop) -> Layer | None:
    """Return the row of a layer of the depth slider: of it, else of what it is made of, the last in it."""
    rows = {layer.name: layer for layer in known.layers}
    for part in reversed(stop.parts):
        within = [name for name in rows if name == part or name.startswith(f"{part}.")]
        if within:
            return rows[part if part in rows else within[-1]]
    return None

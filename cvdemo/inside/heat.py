"""Charts of what lies over a photo: a map as heat over the picture that the model got, or many maps side by side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cvdemo import images, plots
from cvdemo.inside.palettes import INFERNO
from cvdemo.plots import Chart

WIDTH_PX = 360
COLUMNS = 4
GAP = 1  # units between two maps


def over(
    pixels: NDArray[np.uint8], values: NDArray[np.float32], title: str, answer: str, ends: tuple[float, float]
) -> Chart:
    """Return a map as heat over the picture that it belongs to.

    Args:
        pixels: (h, w, 3), as the model got them.
        values: (rows, columns), whose units cover the whole picture.
        ends: the values of the darkest and of the brightest colour.
    """
    height, width = pixels.shape[:2]
    rows, columns = values.shape
    place = {"x0": width / columns / 2, "dx": width / columns, "y0": height / rows / 2, "dy": height / rows}
    heat = {**_heat(values, ends), **place, "opacity": 0.6, "hovertemplate": "%{z:.3g}<extra></extra>"}
    beneath = {"xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": width, "sizey": height, "layer": "below"}
    layout = {
        "xaxis": plots.axis("pixels that the model saw", 0, width, constrain="domain"),
        "yaxis": plots.axis("", height, 0, scaleanchor="x", constrain="domain", showgrid=False),
        "images": [{**beneath, "source": images.data_url(pixels)}],
    }
    return Chart(title, answer, (heat,), layout, height=round(WIDTH_PX * height / width))


def tiles(maps: NDArray[np.float32], names: Sequence[str], title: str, answer: str, ends: tuple[float, float]) -> Chart:
    """Return maps side by side on one colour scale, each with its name.

    Args:
        maps: (count, rows, columns).
        ends: as `over`.
    """
    count, rows, columns = maps.shape
    lines = -(-count // COLUMNS)
    wide, high = columns + GAP, rows + GAP
    whole = np.full((lines * high - GAP, COLUMNS * wide - GAP), np.nan, np.float32)
    notes = []
    for number, (one, name) in enumerate(zip(maps, names, strict=True)):
        top, left = number // COLUMNS * high, number % COLUMNS * wide
        whole[top : top + rows, left : left + columns] = one
        at = {"x": left - 0.5, "y": top - 0.5, "xanchor": "left", "yanchor": "top", "showarrow": False}
        notes.append({**at, "text": plots.text(name), "bgcolor": plots.tint("card", 0.7)})
    bare = {"visible": False, "constrain": "domain"}
    layout = {"xaxis": bare, "yaxis": {**bare, "autorange": "reversed", "scaleanchor": "x"}, "annotations": notes}
    heat = {**_heat(whole, ends), "hoverongaps": False, "hovertemplate": "%{z:.3g}<extra></extra>"}
    return Chart(title, answer, (heat,), layout, height=round(WIDTH_PX * whole.shape[0] / whole.shape[1]))


def _heat(values: NDArray[np.float32], ends: tuple[float, float]) -> dict[str, object]:
    steps = [[place / (len(INFERNO) - 1), colour] for place, colour in enumerate(INFERNO)]
    numbers = [plots.numbers(row) for row in values.tolist()]
    return {"type": "heatmap", "z": numbers, "zmin": ends[0], "zmax": ends[1], "colorscale": steps}

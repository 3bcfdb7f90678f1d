"""The chart of the Attention view: how far each head looks, by depth, beside what one unit of a CNN can see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cvdemo import plots
from cvdemo.attention.study import Attended
from cvdemo.catalogue import get
from cvdemo.plots import Chart

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PICKED = "#ffd23f"  # what is selected is yellow, on photos and in charts


@dataclass(frozen=True)
class Reach:
    """What one unit of each stop of a CNN can see: the longer side, in pixels of the photo; None = the whole photo."""

    model: str
    title: str
    sizes: tuple[int | None, ...]


def figure(found: Attended) -> "Figure":
    """Return how far each head looks as a Plotly figure."""
    return distances(found).figure()


def distances(found: Attended, reach: Sequence[Reach] = (), layer: int = 0, head: int = -1) -> Chart:
    """Return each head's mean distance by depth, the mean of each layer's heads, and the sides of CNN units.

    Args:
        layer: the one that is shown, marked by a dashed line.
        head: the one that is shown in it, marked; -1 means all.
    """
    family, count = get(found.asked.model).family, len(found.layers)
    means = [float(np.mean(figures.distance_px)) for figures in found.figures]
    traces = [_heads(found, family), _line("mean of a layer’s heads", means, family)]
    traces += [_sides(one) for one in reach]
    if head >= 0:
        traces.append(_picked(found, layer, head))
    most = max([10.0, *(value for trace in traces for value in trace["y"])])
    layout = {
        "xaxis": plots.axis("depth", -0.03, 1.03, tickvals=[0, 1], ticktext=["first layer", "last"]),
        "yaxis": plots.axis("pixels of the photo", -0.03 * most, 1.05 * most, nticks=5, tickformat=","),
        "shapes": [plots.now(_depth(layer, count))],
        "showlegend": True,
    }
    answer = f"Mean attention distance by layer: from {means[0]:.0f} px in the first to {means[-1]:.0f} px in the last."
    whole = [one.title for one in reach if None in one.sizes]
    answer += "".join(f" Where its line ends, a unit of {title} sees the whole photo." for title in whole)
    return Chart("How far each head looks", answer, tuple(traces), layout, height=270)


def _depth(place: int, count: int) -> float:
    return round(place / max(1, count - 1), 4)


def _heads(found: Attended, family: str) -> dict[str, Any]:
    rows = [
        (_depth(place, len(found.layers)), float(px), f"{plots.text(layer.label)}, head {number + 1}")
        for place, (layer, figures) in enumerate(zip(found.layers, found.figures, strict=True))
        for number, px in enumerate(figures.distance_px)
    ]
    mark = {"size": 6, "opacity": 0.45, "line": {"width": 0}}
    more = {"customdata": [name for *_, name in rows], "hovertemplate": "%{customdata}: %{y:.0f} px<extra></extra>"}
    dots = plots.curve("each head", [x for x, *_ in rows], plots.numbers(y for _, y, _ in rows), family, marker=mark)
    return {**dots, **more, "mode": "markers"}


def _line(name: str, values: Sequence[float], token: str, **line: Any) -> dict[str, Any]:
    depths = [_depth(place, len(values)) for place in range(len(values))]
    hover = "%{y:.0f} px<extra>%{fullData.name}</extra>"
    return plots.curve(name, depths, plots.numbers(values), token, line=line, hovertemplate=hover)


def _sides(one: Reach) -> dict[str, Any]:
    """Return the line of a CNN as far as it sees less than the whole photo."""
    sizes = [(place, size) for place, size in enumerate(one.sizes) if size is not None]
    line = _line(f"side one unit of {one.title} sees", [float(size) for _, size in sizes], "cnn")
    return {**line, "x": [_depth(place, len(one.sizes)) for place, _ in sizes]}


def _picked(found: Attended, layer: int, head: int) -> dict[str, Any]:
    heads = found.figures[layer].distance_px
    at = float(heads[min(head, len(heads) - 1)])
    mark = {"size": 12, "color": PICKED, "line": {"width": 2, "color": plots.light("ink")}}
    where = [_depth(layer, len(found.layers))]
    dot = plots.curve(f"head {head + 1}", where, plots.numbers([at]), "ink", marker=mark)
    return {**dot, "mode": "markers", "hovertemplate": "%{y:.0f} px<extra>%{fullData.name}</extra>"}

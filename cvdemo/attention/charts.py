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
    """How far one unit of each layer of a CNN can see.

    Args:
        sizes: the longer side of its field, in pixels of the photo; None = the whole photo.
        whole_px: the longer side of what the model sees of the photo: no field counts beyond it.
    """

    model: str
    title: str
    sizes: tuple[int | None, ...]
    whole_px: int

    @property
    def ways_px(self) -> list[float]:
        """From the middle of each layer's field to its edge, clipped to the photo."""
        return [min(size or self.whole_px, self.whole_px) / 2 for size in self.sizes]

    @property
    def sees_all_from(self) -> float | None:
        """The depth, 0..1, from which on the field is as large as the photo."""
        whole = [place for place, size in enumerate(self.sizes) if size is None or size >= self.whole_px]
        return _depth(whole[0], len(self.sizes)) if whole else None


def figure(found: Attended) -> "Figure":
    """Return how far each head looks as a Plotly figure."""
    return distances(found).figure()


def distances(found: Attended, reach: Sequence[Reach] = (), layer: int = 0, head: int = -1) -> Chart:
    """Return each head's mean distance by depth, the mean of each layer's heads, and how far units of CNNs can see.

    All on one axis, in pixels of the photo from where one looks.

    Args:
        layer: the one that is shown, marked by a dashed line.
        head: the one that is shown in it, marked; -1 means all.
    """
    family, count = get(found.asked.model).family, len(found.layers)
    means = [float(np.mean(figures.distance_px)) for figures in found.figures]
    traces = [_heads(found, family), _line("mean of a layer’s heads", means, family)]
    traces += [_line(f"edge of what a unit of {one.title} sees", one.ways_px, "cnn") for one in reach]
    if head >= 0:
        traces.append(_picked(found, layer, head))
    most = max([10.0, *(value for trace in traces for value in trace["y"])])
    layout = {
        "xaxis": plots.axis("depth", -0.03, 1.03, tickvals=[0, 1], ticktext=["first layer", "last"]),
        "yaxis": plots.axis("pixels away in the photo", -0.03 * most, 1.05 * most, nticks=5, tickformat=","),
        "shapes": [plots.now(_depth(layer, count))],
        "showlegend": True,
    }
    answer = f"Mean attention distance by layer: from {means[0]:.0f} px in the first to {means[-1]:.0f} px in the last."
    for one in reach:
        whole = one.sees_all_from
        if whole is not None:
            answer += f" From depth {whole:.0%} on, a unit of {one.title} has a field as large as the photo."
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


def _picked(found: Attended, layer: int, head: int) -> dict[str, Any]:
    heads = found.figures[layer].distance_px
    at = float(heads[min(head, len(heads) - 1)])
    mark = {"size": 12, "color": PICKED, "line": {"width": 2, "color": plots.light("ink")}}
    where = [_depth(layer, len(found.layers))]
    dot = plots.curve(f"head {head + 1}", where, plots.numbers([at]), "ink", marker=mark)
    return {**dot, "mode": "markers", "hovertemplate": "%{y:.0f} px<extra>%{fullData.name}</extra>"}

"""Charts as Plotly figures in the house style, for the page and for notebooks; each lab has its own in ``charts.py``.

A `Chart` is a figure and what has to go with it: what it answers in a sentence, and how it looks where there is little
room. It wears the light colours of ``app/style.css``; `dark` gives every one its twin, here and in the browser.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cvdemo.plots.colours import PALETTE, TWINS, dark, light, text, tint
from cvdemo.plots.ends import LABEL_PX, TEXT_PX, End, at_their_ends

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = [
    "LABEL_PX", "NARROW_PX", "PALETTE", "SIZES", "SYMBOLS", "TEXT_PX", "Chart", "End", "at_their_ends", "axis",
    "beside", "ceiling", "curve", "dark", "doubling", "house", "light", "now", "numbers", "of_model", "seconds",
    "shortened", "template", "text", "tint",
]  # fmt: skip

SIZES = {"cnn": 8, "vit": 10, "hybrid": 10, "classical": 9}  # px: marks that look equally large
SYMBOLS = {"cnn": "square", "vit": "triangle-up", "hybrid": "diamond", "classical": "circle"}
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
NARROW_PX = 520  # below that, a legend stands instead of direct labels


@dataclass(frozen=True)
class Chart:
    """A figure and what goes with it.

    Args:
        title: what it shows.
        answer: what one sees in it, in a sentence: its text alternative.
        traces: Plotly's, in light colours; ``hoverinfo="skip"`` marks what is no data.
        layout: Plotly's, beside that of `template`; axis titles name unit and scale.
        narrow: what of the layout is otherwise below `NARROW_PX`.
        height: px.
    """

    title: str
    answer: str
    traces: tuple[dict[str, Any], ...]
    layout: dict[str, Any]
    narrow: dict[str, Any] = field(default_factory=dict)
    height: int = 240

    def figure(self, in_dark: bool = False) -> "Figure":
        """Return it for a notebook, checked by Plotly."""
        import plotly.graph_objects as go

        head_px = 84 if self.layout.get("showlegend") else 56
        margin = {**template()["margin"], **self.layout.get("margin", {}), "t": head_px}
        ink = {"size": 15, "color": light("ink")}
        top = {"y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 16}}
        heading = {"text": text(self.title), "x": 0, "xref": "paper", "font": ink, **top}
        dressed = {**self.layout, "template": {"layout": template()}, "title": heading, "margin": margin}
        whole = {"data": list(self.traces), "layout": {**dressed, "height": self.height + head_px}}
        return go.Figure(dark(whole) if in_dark else whole)

    def plain(self) -> dict[str, Any]:
        """Return it for ``app/components/chart.js``, as JSON can hold it."""
        told = {"title": self.title, "answer": self.answer, "layout": self.layout, "narrow": self.narrow}
        return {**told, "data": list(self.traces), "height": self.height}


def numbers(values: Iterable[float], digits: int = 4) -> list[float | None]:
    """Return values for a trace, ``digits`` figures each; what is no finite number is None, and so a gap."""
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in values]


def axis(title: str, low: float | None = None, high: float | None = None, **more: Any) -> dict[str, Any]:
    """Return an axis, from ``low`` to ``high`` if given; ``more`` is Plotly's."""
    ends = {} if low is None or high is None else {"range": [low, high]}
    return {"title": {"text": title}, **ends, **more}


def doubling(title: str, low: float, high: float, unit: str = "") -> dict[str, Any]:
    """Return a logarithmic axis from ``low`` to ``high`` with a tick at each power of two, or at fewer of them."""
    first, last = math.ceil(math.log2(low) - 1e-9), math.floor(math.log2(high) + 1e-9)
    powers = range(first, last + 1, max(1, math.ceil((last - first) / 8)))
    ticks = {"tickvals": [2.0**power for power in powers], "ticktext": [f"{_power(one)}{unit}" for one in powers]}
    return axis(title, math.log10(low), math.log10(high), type="log", **ticks)


def _power(exponent: int) -> str:
    return f"{2**exponent:,}" if exponent >= 0 else f"1/{2**-exponent}"


def curve(name: str, xs: Sequence[float | None], ys: Sequence[float | None], token: str, **more: Any) -> dict[str, Any]:
    """Return a line through points; ``more`` is Plotly's, as ``mode`` is ("lines" without marks)."""
    line = {"color": light(token), "width": 2, **more.pop("line", {})}
    marker = {
        "color": light(token),
        "size": 8,
        "opacity": 1,
        "line": {"color": light("card"), "width": 1},
        **more.pop("marker", {}),
    }
    mode = "lines+markers" if len(xs) < 2 else more.pop("mode", "lines")  # one point is no line
    return {"type": "scatter", "name": text(name), "x": list(xs), "y": list(ys), "line": line, "marker": marker,
            **more, "mode": mode}  # fmt: skip


def of_model(family: str, second: bool = False) -> dict[str, Any]:
    """Return line and mark of a model: by colour and shape, the second of a family hollow and dashed.

    What `curve` takes as ``more``, where its token is the family.
    """
    if not second:
        return {"marker": {"symbol": SYMBOLS[family], "size": SIZES[family]}}
    hollow = {
        "symbol": SYMBOLS[family],
        "size": SIZES[family],
        "color": light("card"),
        "line": {"color": light(family), "width": 2},
    }
    return {"marker": hollow, "line": {"dash": "dash"}}


def seconds(families: Sequence[str]) -> list[bool]:
    """Return of each model whether another one of its family stands before it."""
    return [family in families[:place] for place, family in enumerate(families)]


def now(x: float) -> dict[str, Any]:
    """Return a dashed line at the current setting."""
    line = {"color": light("accent"), "dash": "dash", "width": 1.5}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"}


def beside(words: str, x: float, y: float, left: bool = False, token: str = "ink") -> dict[str, Any]:
    """Return words beside a point, in the units of its axes (of a logarithmic one: the logarithm)."""
    way = {"xanchor": "right", "xshift": -9} if left else {"xanchor": "left", "xshift": 9}
    font = {"color": light(token), "size": TEXT_PX, "weight": 650}
    return {"x": x, "y": y, "text": text(words), "showarrow": False, "yshift": 12, "font": font,
            "bgcolor": tint("card", 0.7), **way}  # fmt: skip


def ceiling(value: float, step: float) -> float:
    """Return the end of an axis: the first multiple of ``step`` from ``value`` on."""
    return step * math.ceil(value / step)


def shortened(name: str, most: int) -> str:
    """Return a name with at most so many characters."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def template() -> dict[str, Any]:
    """Return the layout that all figures share, in light colours."""
    small, quiet = (
        {"size": TEXT_PX, "color": light("ink-2")},
        {"showgrid": False, "zeroline": False, "automargin": True},
    )
    return {
        "font": {"family": FONT, **small},
        "paper_bgcolor": light("card"),
        "plot_bgcolor": light("card"),
        "colorway": [light(family) for family in SYMBOLS],
        "margin": {"l": 52, "r": 16, "t": 14, "b": 46, "pad": 0},
        "showlegend": False,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemclick": False,
                   "itemdoubleclick": False, "itemsizing": "constant", "font": small},
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": light("card"), "bordercolor": light("edge"),
                       "font": {"size": TEXT_PX, "color": light("ink"), "family": FONT}, "align": "left"},
        "dragmode": "zoom",
        "xaxis": {**quiet, "tickfont": small, "title": {"font": small, "standoff": 8}},
        "yaxis": {**quiet, "showgrid": True, "gridcolor": light("line"), "tickfont": small,
                  "ticks": "outside", "ticklen": 6, "tickcolor": light("card"),
                  "title": {"font": small, "standoff": 8}},
    }  # fmt: skip


def house() -> dict[str, Any]:
    """Return what the browser has to know to dress a chart: the shared layout, each colour's twin, the narrow width."""
    return {"template": template(), "twins": TWINS, "narrow": NARROW_PX}

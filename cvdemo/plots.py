"""Charts as Plotly figures in the house style, for the page and for notebooks; each lab has its own in ``charts.py``.

A `Chart` is a figure and what has to go with it: what it answers in a sentence, and how it looks where there is little
room. It wears the light colours of ``app/style.css``; `dark` gives every one its twin, here and in the browser.
"""

import importlib.util
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PALETTE: Mapping[str, tuple[str, str]] = {  # token: light, dark; a test compares them with app/style.css
    "card": ("#ffffff", "#161b22"),
    "sunk": ("#e9ecf0", "#242c36"),
    "line": ("#d8dde4", "#2d3641"),
    "edge": ("#7d8896", "#76828f"),
    "ink": ("#16202b", "#e9eef4"),
    "ink-2": ("#4b5764", "#a9b4c0"),
    "accent": ("#0f766e", "#4fd1c0"),
    "warn": ("#8a5a00", "#f0bf57"),
    "cnn": ("#0b5fe0", "#5b9bff"),
    "vit": ("#b04a06", "#f59342"),
    "hybrid": ("#7a1288", "#dc93d0"),
    "classical": ("#363c45", "#e3e8ee"),
}
SYMBOLS = {"cnn": "square", "vit": "triangle-up", "hybrid": "diamond", "classical": "circle"}
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif"
TEXT_PX = 13
LABEL_PX = 17  # from one direct label to the next
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

        margin = {**template()["margin"], **self.layout.get("margin", {}), "t": 56}
        heading = {"text": text(self.title), "x": 0, "xref": "paper", "font": {"size": 15, "color": light("ink")}}
        dressed = {**self.layout, "template": {"layout": template()}, "title": heading, "margin": margin}
        whole = {"data": list(self.traces), "layout": {**dressed, "height": self.height + 60}}
        return go.Figure(dark(whole) if in_dark else whole)

    def plain(self) -> dict[str, Any]:
        """Return it for ``app/components/chart.js``, as JSON can hold it."""
        return {
            "title": self.title,
            "answer": self.answer,
            "data": list(self.traces),
            "layout": self.layout,
            "narrow": self.narrow,
            "height": self.height,
        }


def light(token: str) -> str:
    """Return a token's colour; `dark` turns it."""
    return PALETTE[token][0]


def tint(token: str, alpha: float) -> str:
    """Return a token's colour that lets ``1 - alpha`` of what lies beneath through, for bands."""
    red, green, blue = bytes.fromhex(light(token)[1:])
    return f"rgba({red},{green},{blue},{alpha:g})"


def dark(value: Any, key: str = "") -> Any:
    """Return a figure's JSON with the dark twin of every colour; what is no colour stays, names like colours too."""
    if isinstance(value, Mapping):
        return {name: dark(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [dark(one, key) for one in value]
    return _TWINS.get(value, _tinted(value)) if "color" in key and isinstance(value, str) else value


def _tinted(colour: str) -> str:
    if not colour.startswith("rgba("):
        return colour
    *channels, alpha = colour[5:-1].split(",")
    twin = _TWINS.get("#" + bytes(map(int, channels)).hex())
    return colour if twin is None else f"rgba({','.join(map(str, bytes.fromhex(twin[1:])))},{alpha})"


_TWINS = dict(PALETTE.values())


def text(name: str) -> str:
    """Return a name as Plotly shows it: Plotly reads tags and entities in every text."""
    return escape(name, quote=False)


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
    marker = {"color": light(token), "size": 8, "line": {"color": light("card"), "width": 1}, **more.pop("marker", {})}
    mode = "lines+markers" if len(xs) < 2 else more.pop("mode", "lines")  # one point is no line
    return {"type": "scatter", "name": text(name), "x": list(xs), "y": list(ys), "line": line, "marker": marker,
            **more, "mode": mode}  # fmt: skip


def of_model(family: str, second: bool = False) -> dict[str, Any]:
    """Return line and mark of a model: by colour and shape, the second of a family hollow and dashed.

    What `curve` takes as ``more``, where its token is the family.
    """
    if not second:
        return {"marker": {"symbol": SYMBOLS[family]}}
    hollow = {"symbol": SYMBOLS[family], "color": light("card"), "line": {"color": light(family), "width": 2}}
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
    return {"x": x, "y": y, "text": text(words), "showarrow": False, "yshift": 12, "font": font, **way}


def at_their_ends(
    labels: Sequence[tuple[str, str, float | None]], low: float, high: float, plot_px: float
) -> list[dict[str, Any]]:
    """Return direct labels right of the plot, each at the end of its line, moved apart where they would meet.

    Args:
        labels: name, token, and where the line ends in the units of the axis (of a logarithmic one: the logarithm).
        low, high: the ends of the axis.
        plot_px: the height of the plot.
    """
    placed, below = [], -math.inf
    ends = [(name, token, low if end is None else end) for name, token, end in labels]
    for name, token, end in sorted(ends, key=lambda one: one[2]):
        at = plot_px * (end - low) / (high - low)
        below = max(at, below + LABEL_PX)
        font = {"color": light(token), "size": TEXT_PX, "weight": 650}
        placed.append(
            {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 10, "y": end, "yshift": below - at,
             "text": text(name), "showarrow": False, "align": "left", "font": font}
        )  # fmt: skip
    return placed


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
                   "itemdoubleclick": False, "font": small},
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": light("card"), "bordercolor": light("edge"),
                       "font": {"size": TEXT_PX, "color": light("ink"), "family": FONT}, "align": "left"},
        "dragmode": "zoom",
        "xaxis": {**quiet, "tickfont": small, "title": {"font": small, "standoff": 8}},
        "yaxis": {**quiet, "showgrid": True, "gridcolor": light("line"), "tickfont": small,
                  "title": {"font": small, "standoff": 8}},
    }  # fmt: skip


def house() -> dict[str, Any]:
    """Return what the browser has to know to dress a chart: the shared layout, each colour's twin, the narrow width."""
    return {"template": template(), "twins": _TWINS, "narrow": NARROW_PX}


def script() -> Path:
    """Return plotly.js as the installed package has it; imports nothing of it."""
    found = importlib.util.find_spec("plotly")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("plotly is not installed: see requirements.txt")
    return Path(found.submodule_search_locations[0]) / "package_data" / "plotly.min.js"

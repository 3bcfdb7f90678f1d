"""The chart of two surfaces of the loss beside each other, on one scale."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from cvdemo import plots
from cvdemo.inside.palettes import VIRIDIS
from cvdemo.plots import Chart
from cvdemo.residual import surface_words as words
from cvdemo.residual.records import Surface

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

HEIGHT: Final = 380
TURN: Final = -50  # degrees, where nobody turned it
AWAY, ABOVE = 2.0, 0.9  # of the eye, in lengths of an edge
STEPS = (1, 2, 5)  # of a decade, where ticks stand


def figure(residual: Surface, plain: Surface) -> "Figure":
    """Return both surfaces as a Plotly figure."""
    return surfaces((residual, plain)).figure()


def eye(turn: float) -> dict[str, float]:
    """Return where one looks from, at ``turn`` degrees around the upright axis."""
    angle = math.radians(turn)
    return {"x": round(AWAY * math.cos(angle), 4), "y": round(AWAY * math.sin(angle), 4), "z": ABOVE}


def surfaces(pair: Sequence[Surface], turn: float = TURN) -> Chart:
    """Return both surfaces, the first one on the left, on one logarithmic scale; they are turned together.

    The colours' bar numbers the heights as well: both have one scale.
    """
    known = np.concatenate([one.losses[np.isfinite(one.losses)] for one in pair])
    low, high = (math.log10(max(float(end), 1e-6)) for end in (known.min(), known.max()))
    low, high = low - 0.02, max(high, low + 0.1) + 0.02
    ticks = _ticks(low, high)
    traces = tuple(_surface(one, number, low, high) for number, one in enumerate(pair))
    bar = {
        "title": {"text": "loss, nats", "font": {"size": plots.TEXT_PX}},
        "tickvals": [math.log10(one) for one in ticks],
        "ticktext": [f"{one:g}" for one in ticks],
        **{"thickness": 12, "len": 0.8, "outlinewidth": 0},
    }
    scale = [[place / (len(VIRIDIS) - 1), colour] for place, colour in enumerate(VIRIDIS)]
    layout: dict[str, Any] = {
        "scene": _scene(turn, low, high, ticks, {"x": [0, 0.46], "y": [0, 0.94]}),
        "scene2": _scene(turn, low, high, ticks, {"x": [0.47, 0.93], "y": [0, 0.94]}),
        "coloraxis": {"cmin": low, "cmax": high, "colorscale": scale, "colorbar": bar},
        "annotations": [_name(one, x, 1.0) for one, x in zip(pair, (0.23, 0.7), strict=True)],
        "margin": {"l": 0, "r": 8, "t": 8, "b": 4},
        "meta": {"x": "first direction", "y": "second direction", "z": "loss, nats"},
    }
    narrow = {
        "scene": {**layout["scene"], "domain": {"x": [0, 0.84], "y": [0.52, 0.96]}},
        "scene2": {**layout["scene2"], "domain": {"x": [0, 0.84], "y": [0, 0.44]}},
        "annotations": [_name(one, 0.42, y) for one, y in zip(pair, (1.0, 0.48), strict=True)],
    }
    return Chart("Loss around the weights", words.answer(*pair), traces, layout, narrow, height=HEIGHT)


def _surface(one: Surface, number: int, low: float, high: float) -> dict[str, Any]:
    scene = "scene2" if number else "scene"
    kept: NDArray[np.float32] = np.where(np.isfinite(one.losses), one.losses, np.nan)
    steps = plots.numbers(one.steps)
    logs = np.log10(np.clip(kept, 10**low, 10**high))
    hover = "%{x:.2f}, %{y:.2f}: %{z:.3g} nats<extra>%{fullData.name}</extra>"
    return {
        "type": "surface", "name": words.name(one), "scene": scene, "coloraxis": "coloraxis", "hovertemplate": hover,
        "x": steps, "y": steps, "z": [plots.numbers(row) for row in kept.tolist()],
        "surfacecolor": [plots.numbers(row) for row in logs.tolist()],
        "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05, "roughness": 0.9},
    }  # fmt: skip


def _scene(turn: float, low: float, high: float, ticks: list[float], domain: dict[str, list[float]]) -> dict[str, Any]:
    font = {"size": plots.TEXT_PX, "color": plots.light("ink-2")}
    quiet = {"showbackground": False, "gridcolor": plots.light("line"), "zerolinecolor": plots.light("line"),
             "showspikes": False, "tickfont": font, "title": {"text": "", "font": font}}  # fmt: skip
    flat = {**quiet, "tickvals": [-1, 0, 1]}
    upright = {**quiet, "type": "log", "range": [low, high], "tickvals": ticks, "showticklabels": False}
    camera = {"eye": eye(turn), "center": {"x": 0, "y": 0, "z": -0.2}}
    shape = {"aspectmode": "manual", "aspectratio": {"x": 1, "y": 1, "z": 0.75}, "dragmode": "turntable"}
    return {"xaxis": flat, "yaxis": flat, "zaxis": upright, "camera": camera, "domain": domain, **shape}


def _name(one: Surface, x: float, y: float) -> dict[str, Any]:
    font = {"size": plots.TEXT_PX + 1, "color": plots.light("ink")}
    place = {"xref": "paper", "yref": "paper", "x": x, "y": y, "xanchor": "center", "yanchor": "top"}
    return {"text": f"<b>{plots.text(words.name(one))}</b>", "showarrow": False, "font": font, **place}


def _ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 of each decade between two logarithms, or the decades alone where those are many."""
    steps = STEPS if high - low < 2 else STEPS[:1]
    decades = range(math.floor(low), math.ceil(high) + 1)
    return [
        step * 10.0**decade for decade in decades for step in steps if low <= math.log10(step * 10.0**decade) <= high
    ]

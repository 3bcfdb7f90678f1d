"""The charts of the Latency lab: growth with photo and batch, accuracy over time, slowest layers."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cvdemo import plots
from cvdemo.latency import view_words
from cvdemo.latency.accuracy import AccuracyPoint
from cvdemo.latency.fits import exponent, knee
from cvdemo.latency.layers import LayerTimes
from cvdemo.latency.ratio_chart import ratios
from cvdemo.latency.result import Duel
from cvdemo.latency.sweep import Line, Sweep
from cvdemo.plots import Chart
from cvdemo.wording import NBSP, milliseconds

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PLOT_PX = 220  # the height of the plots with lines
LINE_PX = 16


def figure(duel: Duel) -> "Figure":
    """Return how many times as fast each model of a finished duel is as another, as a Plotly figure."""
    return ratios(duel).figure()


def growth(found: Sweep) -> Chart:
    """Return a sweep over sizes (milliseconds) or batches (photos a second), both axes doubling."""
    lines = [line for line in found.lines if line.steps]
    sides = found.kind == "side"
    shown = [_values(found, line) for line in lines]
    low, high = _padded([value for values in shown for value in values])
    steps = sorted({step for line in lines for step in line.steps})
    seconds = plots.seconds([line.family for line in lines])
    told = [_grows(line) if sides else "" for line in lines]
    traces = [
        _line(found, line, values, more, second)
        for line, values, more, second in zip(lines, shown, told, seconds, strict=True)
    ]
    ends = [
        plots.End(plots.shortened(line.title, 22), line.family, math.log10(values[-1]), more)
        for line, values, more in zip(lines, shown, told, strict=True)
    ]
    what = "side of the photo, px" if sides else "photos per run; a large dot marks the knee"
    layout = {
        "xaxis": _stepped(what, steps, 1),
        "yaxis": plots.doubling("ms, doubling scale" if sides else "photos a second, doubling scale", low, high),
        "annotations": plots.at_their_ends(ends, math.log10(low), math.log10(high), PLOT_PX),
        "margin": {"r": 190},
    }
    few = 2 if len(steps) > 6 else 1
    narrow = {"xaxis": _stepped(what, steps, few), "annotations": [], "margin": {"r": 16}, "showlegend": True}
    title = "Time over the side of the photo" if sides else "Photos a second over the batch"
    answer = (view_words.sides if sides else view_words.batches)(lines)
    return Chart(title, answer, tuple(traces), layout, narrow, height=PLOT_PX + 60)


def _values(found: Sweep, line: Line) -> tuple[float, ...]:
    if found.kind == "side":
        return line.ms
    return tuple(1000 * step / ms for step, ms in zip(line.steps, line.ms, strict=True))


def _grows(line: Line) -> str:
    fit = exponent(line.steps, line.ms)
    return f"side to the power {fit.value:.2f}" if fit else ""


def _line(found: Sweep, line: Line, values: Sequence[float], more: str, second: bool) -> dict[str, Any]:
    stops = knee(line.steps, line.ms) if found.kind == "batch" else None
    usual = plots.SIZES[line.family]
    sizes = [usual + 6 if stops and stops.batch == step else usual for step in line.steps]
    style: dict[str, Any] = plots.of_model(line.family, second)
    style["marker"] = {**style["marker"], "size": sizes}
    unit = "px" if found.kind == "side" else "photos per run"
    amount = "ms" if found.kind == "side" else "photos a second"
    name = f"{line.title}: {more}" if more else line.title
    style["hovertemplate"] = f"%{{x}} {unit}: %{{y:,.4~r}} {amount}<extra>%{{fullData.name}}</extra>"
    return plots.curve(name, line.steps, plots.numbers(values), line.family, mode="lines+markers", **style)


def _stepped(title: str, steps: Sequence[int], every: int) -> dict[str, Any]:
    low, high = _padded(steps)
    shown = list(steps)[::every]
    ticks = {"tickvals": shown, "ticktext": [str(step) for step in shown]}
    return plots.axis(title, math.log10(low), math.log10(high), type="log", **ticks)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of a logarithmic axis: a little beyond the values, and at least an octave."""
    low, high = math.log2(min(values, default=1)), math.log2(max(values, default=1))
    pad = max(0.08 * (high - low), (1 - (high - low)) / 2)
    return float(2 ** (low - pad)), float(2 ** (high + pad))


def accuracy_over_time(points: Sequence[AccuracyPoint], answer: str, own: bool = False) -> Chart:
    """Return accuracy over the time measured here; a line joins those that nobody beats in both.

    Args:
        own: the accuracies are ours, of bundled models, and not published ones.
    """
    known = sorted(points, key=lambda one: one.ms)
    front = [one for one in known if one.best]
    edge = {"line": {"color": plots.light("edge"), "dash": "dash", "width": 1.5}, "hoverinfo": "skip"}
    traces = [plots.curve("best", [one.ms for one in front], [one.accuracy for one in front], "edge", **edge)]
    traces[0]["mode"] = "lines"
    for one in known:
        style: dict[str, Any] = plots.of_model(one.family, second=not one.best)
        style.pop("line", None)
        style["marker"] = {**style["marker"], "size": 12}
        style |= {"customdata": [plots.text(said_of(one, own))], "hovertemplate": "%{customdata}<extra></extra>"}
        x, y = plots.numbers([one.ms]), plots.numbers([one.accuracy])
        traces.append({**plots.curve(one.title, x, y, one.family, **style), "mode": "markers"})
    low, high = _padded([one.ms for one in known])
    low, high = low / 1.2, high * 1.6  # room for names
    marks = [one.accuracy for one in known] or [0.0]
    layout = {
        "xaxis": plots.doubling("milliseconds here, doubling scale", low, high),
        "yaxis": plots.axis(
            "top-1 on our photos, %" if own else "published top-1, %",
            math.floor(min(marks) - 2),
            math.ceil(max(marks) + 2),
            nticks=6,
        ),
        "annotations": _names(known, math.log10(low), math.log10(high)),
    }
    title = "Our accuracy over time here" if own else "Published accuracy over time here"
    return Chart(title, answer, tuple(traces), layout, height=300)


def said_of(one: AccuracyPoint, own: bool = False) -> str:
    """Return one point in words; ``own`` as in `accuracy_over_time`."""
    if own:
        return f"{one.title}: {milliseconds(one.ms)} here, {one.accuracy:.1f} % of {one.recipe}."
    return f"{one.title}: {milliseconds(one.ms)} here, {one.accuracy:.1f} % published for {one.recipe}."


def _names(points: Sequence[AccuracyPoint], low: float, high: float) -> list[dict[str, Any]]:
    """Return the names beside the points, moved down where two would meet."""
    spread = max((one.accuracy for one in points), default=1) - min((one.accuracy for one in points), default=0) + 4
    names: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []
    for one in points:
        along = (math.log10(one.ms) - low) / (high - low)
        down = -PLOT_PX * one.accuracy / spread
        wanted = down
        while any(abs(down - other) < LINE_PX and abs(along - beside) < 0.25 for beside, other in taken):
            down += LINE_PX
        taken.append((along, down))
        label = plots.beside(one.title, math.log10(one.ms), one.accuracy, left=along > 0.7)
        names.append({**label, "yshift": wanted - down})
    return names


def slowest_layers(one: LayerTimes, most_ms: float) -> Chart:
    """Return the slowest layers of a model as bars, up to ``most_ms`` on the axis: compared models share it."""
    names = [plots.text(f"{layer.name} {layer.kind}") for layer in one.slowest]
    labels = [f"{plots.text(plots.shortened(layer.name, 22))}<br>{plots.text(layer.kind)}" for layer in one.slowest]
    texts = [f"<b>{milliseconds(layer.ms)}</b>  {100 * layer.share:.0f}{NBSP}%" for layer in one.slowest]
    bars = {
        "type": "bar", "orientation": "h", "name": plots.text(one.title), "x": plots.numbers(x.ms for x in one.slowest),
        "y": names, "text": texts, "textposition": "outside", "cliponaxis": False, "width": 0.6,
        "marker": {"color": plots.light(one.family)}, "textfont": {"color": plots.light("ink")},
        "hovertemplate": "%{y}: %{x:.3~r} ms<extra></extra>",
    }  # fmt: skip
    grid: dict[str, Any] = {"nticks": 4, "showgrid": True, "gridcolor": plots.light("line")}
    layout = {
        "xaxis": plots.axis("milliseconds of its own", 0, 1.05 * most_ms, **grid),
        "yaxis": plots.axis("", tickvals=names, ticktext=labels, autorange="reversed", showgrid=False),
        "margin": {"r": 110},
        "meta": {"y": "layer"},
    }
    return Chart(f"Slowest layers of {one.title}", view_words.layers([one]), (bars,), layout, height=280)

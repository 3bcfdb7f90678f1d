"""The charts of Skips, Train both: losses that part, errors, and what each layer gets and gives at a step."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cvdemo import plots
from cvdemo.inside.palettes import VIRIDIS
from cvdemo.plots import Chart
from cvdemo.residual import words
from cvdemo.residual.design import Design
from cvdemo.residual.records import Errors, Lane, Parts, Race
from cvdemo.wording import NBSP

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SMOOTH = 5  # steps
HEIGHT = 280
TALL = 330  # with four lines of a legend
LEAST = 0.6  # powers of ten on a logarithmic axis: less would have one tick only
PLOT_PX = HEIGHT - 60
HOVER = "step %{x}: %{y:.3g}<extra>%{fullData.name}</extra>"

Values = NDArray[np.float64]


def figure(race: Race) -> "Figure":
    """Return the training losses as a Plotly figure."""
    return losses(race).figure()


def designs(race: Race) -> list[tuple[Design, list[Lane]]]:
    """Return each design of a race with its starts, in order."""
    rows: dict[Design, list[Lane]] = {}
    for lane in race.lanes:
        rows.setdefault(lane.design, []).append(lane)
    return list(rows.items())


def smooth(lane: Lane) -> Values:
    """Return the mean of the last `SMOOTH` losses after each step from the `SMOOTH`-th on, nats."""
    seen = np.array([moment.loss for moment in lane.moments])
    return np.convolve(seen, np.ones(SMOOTH) / SMOOTH, "valid") if len(seen) >= SMOOTH else seen[:0]


def losses(race: Race) -> Chart:
    """Return the training loss over the steps, the mean of all starts of one design and from lowest to highest a band.

    A start that left the range of numbers ends in a cross, and counts as long as it goes.
    """
    lines, bands, marks, ends = [], [], [], []
    for design, lanes in designs(race):
        rows = [smooth(lane) for lane in lanes]
        whole = over(rows, np.mean)
        steps = list(range(SMOOTH, SMOOTH + len(whole)))
        lines.append(plots.curve(words.name(design), steps, plots.numbers(whole), "cnn", **_style(design)))
        if len(rows) > 1:
            bands.append(band(steps, over(rows, np.min), over(rows, np.max), "cnn"))
        marks += [_lost(lane, row) for lane, row in zip(lanes, rows, strict=True) if lane.diverged is not None]
        left = [loss for lane in lanes if (loss := words.loss_of(lane)) is not None]
        side = words.SIDES[design.skip].split()[0]
        told = f"{side}: {np.mean(left):.2f}" if left else side
        ends.append(plots.End(told, "cnn", math.log10(whole[-1]) if len(whole) else None))
    ys = [y for one in (*lines, *bands) for y in one["y"] if y]
    low, high = _ends(ys)
    layout = {
        "xaxis": plots.axis("training step", 0, race.steps),
        "yaxis": logarithmic("training loss, nats", ys),
        "annotations": plots.at_their_ends(ends, low, high, PLOT_PX),
        "margin": {"r": 112},
    }
    narrow = {"annotations": [], "margin": {"r": 16}, "showlegend": True}
    traces = (*lines, *bands, *marks)
    return Chart("Training loss", words.answer(race), traces, layout, narrow, height=HEIGHT)


def _style(design: Design) -> dict[str, Any]:
    return {**plots.of_model("cnn", not design.skip), "mode": "lines", "hovertemplate": HOVER}


def over(rows: Sequence[Values], of: Callable[[Values], Any]) -> Values:
    """Return ``of`` all that have a value, at each place."""
    most = max((len(row) for row in rows), default=0)
    return np.array([of(np.array([row[place] for row in rows if place < len(row)])) for place in range(most)])


def band(xs: list[int], low: Values, high: Values, token: str) -> dict[str, Any]:
    """Return the area between two rows of values over ``xs``, in a colour of the page."""
    ends = plots.numbers(high) + plots.numbers(low)[::-1]
    return {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "line": {"width": 0},
            "fill": "toself", "x": [*xs, *xs[::-1]], "y": ends, "fillcolor": plots.tint(token, 0.15)}  # fmt: skip


def _lost(lane: Lane, row: Values) -> dict[str, Any]:
    """Return the cross at which a start's curve ends."""
    cross = {"symbol": "x", "size": 11, "color": plots.light("warn")}
    name = f"start {lane.seed + 1} {words.SIDES[lane.design.skip]}, no number any more"
    xs, ys = ([lane.moments[-1].step], plots.numbers(row[-1:])) if len(row) else ([], [])
    return {"type": "scatter", "mode": "markers", "name": name, "x": xs, "y": ys, "marker": cross,
            "hovertemplate": HOVER}  # fmt: skip


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of a logarithmic axis around values, as logarithms."""
    logs = [math.log10(value) for value in values if value > 0] or [-1.0, 0.5]
    more = max(0.08, (LEAST - max(logs) + min(logs)) / 2)
    return min(logs) - more, max(logs) + more


def logarithmic(title: str, values: Sequence[float | None]) -> dict[str, Any]:
    """Return a logarithmic axis around values: a tick at each power of ten, at 2 and 5 of them where there is room."""
    low, high = _ends([value for value in values if value])
    steps = (1, 2, 5) if high - low < 2 else (1, 3) if high - low < 3 else (1,)
    powers = range(math.floor(low), math.ceil(high) + 1, max(1, math.ceil((high - low) / 6)))
    ticks = [one * 10.0**power for power in powers for one in steps]
    inside = [tick for tick in ticks if low <= math.log10(tick) <= high]
    return plots.axis(title, low, high, type="log", tickvals=inside, ticktext=[f"{tick:,.6g}" for tick in inside])


def errors(race: Race) -> Chart:
    """Return what is named wrongly of all photos that are learned from, and of those that are held out."""
    traces = []
    for design, lanes in designs(race):
        counted = [lane.errors for lane in lanes]
        steps = [one.step for one in max(counted, key=len)]
        for held, token in ((False, "cnn"), (True, "ink-2")):
            shares = [np.array([100 * _share(one, held) for one in row]) for row in counted]
            ys = plots.numbers(over(shares, np.mean))
            photos = "held out" if held else "learned from"
            style = _style(design) if not held else {"line": {"dash": "dot" if design.skip else "dashdot"}}
            style |= {
                "mode": "lines",
                "hovertemplate": f"step %{{x}}: %{{y:.3g}}{NBSP}%<extra>%{{fullData.name}}</extra>",
            }
            traces.append(plots.curve(f"{words.SIDES[design.skip]}, {photos}", steps, ys, token, **style))
    layout = {
        "xaxis": plots.axis("training step", 0, race.steps),
        "yaxis": plots.axis(f"named wrongly,{NBSP}%", 0, 101, tickvals=[0, 25, 50, 75, 100]),
        "showlegend": True,
    }
    return Chart("Errors on all photos", words.errors(race), tuple(traces), layout, height=TALL)


def _share(one: Errors, held: bool) -> float:
    return one.held_out if held else one.training


def spreads(race: Race, step: int) -> Chart:
    """Return the standard deviation of what stem and each block give at a step, by depth, on a logarithmic axis."""
    traces = []
    for design, lanes in designs(race):
        rows = [lane.moments[step - 1].spreads for lane in lanes if len(lane.moments) >= step > 0]
        ys = plots.numbers(np.mean(rows, axis=0)) if rows else []
        style = {**_style(design), "hovertemplate": "block %{x}: %{y:.3g}<extra>%{fullData.name}</extra>"}
        traces.append(plots.curve(words.SIDES[design.skip], list(range(len(ys))), ys, "cnn", **style))
    layout = {
        "xaxis": plots.axis("block; 0 is the first convolution"),
        "yaxis": logarithmic("standard deviation", [y for one in traces for y in one["y"]]),
        "showlegend": True,
    }
    return Chart("Spread of the activations", words.spread(race, step), tuple(traces), layout, height=HEIGHT)


def parts_at(race: Race, step: int) -> Parts | None:
    """Return the newest parts of a gradient that were taken at ``step`` or before, of the first start with skips."""
    lane = next((one for one in race.lanes if one.splits), None)
    return next((one for one in reversed(lane.splits) if one.step <= step), None) if lane else None


def split_bars(parts: Parts | None) -> Chart:
    """Return for each block how much of the gradient at its input came through the skip, and how much by the branch."""
    blocks = parts.blocks if parts else ()
    places = list(range(1, len(blocks) + 1))
    traces = tuple(
        {"type": "bar", "name": name, "x": places, "marker": {"color": plots.light(token)},
         "y": plots.numbers(100 * getattr(one, side) / one.norm if one.norm else math.nan for one in blocks),
         "hovertemplate": f"block %{{x}}: %{{y:.3g}}{NBSP}%<extra>%{{fullData.name}}</extra>"}
        for name, side, token in (("through the skip", "skip", "cnn"), ("through the branch", "branch", "classical"))
    )  # fmt: skip
    layout = {
        "barmode": "relative",
        "xaxis": plots.axis("block"),
        "yaxis": plots.axis(f"projection,{NBSP}% of the norm", zeroline=True),
        "showlegend": True,
    }
    return Chart("Skip and branch: projections", words.split(parts), traces, layout, height=HEIGHT)


def split_norms(parts: Parts | None) -> Chart:
    """Return the norm of the gradient at each block's input and those of its two parts, which do not add up."""
    blocks = parts.blocks if parts else ()
    places = list(range(1, len(blocks) + 1))
    rows = (("whole", "norm", "ink", "solid"), ("through the skip", "skip_norm", "cnn", "dash"),
            ("through the branch", "branch_norm", "classical", "dot"))  # fmt: skip
    traces = tuple(
        plots.curve(name, places, plots.numbers(getattr(one, field) for one in blocks), token, line={"dash": dash},
                    hovertemplate="block %{x}: %{y:.3g}<extra>%{fullData.name}</extra>")
        for name, field, token, dash in rows
    )  # fmt: skip
    layout = {
        "xaxis": plots.axis("block"),
        "yaxis": logarithmic("norm", [y for one in traces for y in one["y"]]),
        "showlegend": True,
    }
    return Chart("Three norms", words.split(parts), traces, layout, height=HEIGHT)


def strip(lanes: Sequence[Lane], step: int) -> Values:
    """Return the gradient norm of each convolution at a step, the geometric mean of all starts that got there."""
    rows = [lane.moments[step - 1].gradients for lane in lanes if len(lane.moments) >= step > 0]
    return np.exp(np.mean(np.log(np.maximum(rows, 1e-12)), axis=0)) if rows else np.zeros(0)


def decades(race: Race) -> tuple[int, int]:
    """Return the powers of ten between which all gradient norms of a race lie: the ends of the strip's scale."""
    norms = [one for lane in race.lanes for moment in lane.moments for one in moment.gradients if one > 0]
    low, high = (math.log10(min(norms)), math.log10(max(norms))) if norms else (-1.0, 0.0)
    first = math.floor(max(low, -12))
    return first, max(first + 2, math.ceil(high))


def gradients(lanes: Sequence[Lane]) -> Chart:
    """Return the gradient norm of each convolution by step, the mean of the starts of one design, as colour."""
    begun = [lane for lane in lanes if lane.moments]
    steps = min((len(lane.moments) for lane in begun), default=0)
    stack = [[moment.gradients for moment in lane.moments[:steps]] for lane in begun]
    norms = np.log10(np.maximum(np.mean(stack, axis=0), 1e-12)) if steps else np.zeros((0, 0))
    scale = [[place / (len(VIRIDIS) - 1), colour] for place, colour in enumerate(VIRIDIS)]
    heat: dict[str, Any] = {
        "type": "heatmap",
        "x": [moment.step for moment in begun[0].moments[:steps]] if begun else [],
        "y": list(range(1, norms.shape[1] + 1)) if steps else [],
        "z": [plots.numbers(row) for row in norms.T.tolist()],
        "colorscale": scale,
        "colorbar": {"title": {"text": "log10"}},
        "hovertemplate": "step %{x}, layer %{y}: 10^%{z:.2f}<extra></extra>",
    }
    layout = {"xaxis": plots.axis("step"), "yaxis": plots.axis("layer", nticks=5)}
    return Chart("Gradient of each layer", words.first_gradient(lanes), (heat,), layout, height=240)

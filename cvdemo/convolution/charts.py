"""The charts of the shift lab: the first answer's probability, and how exactly the layers follow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvdemo import plots
from cvdemo.convolution import shift_words as words
from cvdemo.convolution.shift import SHIFT_LIMIT, SHIFTS, Moved
from cvdemo.plots import Chart
from cvdemo.wording import NBSP

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

TOPS = (0.25, 0.5, 0.75, 1.0)


def figure(found: Sequence[Moved]) -> "Figure":
    """Return how the first answer fares while the photo moves, as a Plotly figure."""
    return chances(found).figure()


def chances(found: Sequence[Moved], shift: int = 0) -> Chart:
    """Return the probability of each trained model's first answer over the shifts, with ``shift`` marked.

    The browser marks another position itself (``app/components/convolution_shift.js``): no question is asked for it.
    """
    trained = [one for one in found if one.weights != "random"]
    most = max((float(one.probabilities.max()) for one in trained), default=0.1)
    top = next(value for value in TOPS if value >= min(most, 1.0))
    seconds = plots.seconds([one.family for one in trained])
    traces, ends = [], []
    for one, second in zip(trained, seconds, strict=True):
        style = plots.of_model(one.family, second)
        size = style["marker"]["size"]
        style["marker"] |= {"size": [size if place == shift else 0 for place in SHIFTS]}
        hover = "%{x} px: %{y:.1%}<extra>%{fullData.name}</extra>"
        chances_of = plots.numbers(one.probabilities)
        name = f"{one.title}: {one.labels[0]}"
        traces.append(
            plots.curve(name, SHIFTS, chances_of, one.family, **style, mode="lines+markers", hovertemplate=hover)
        )
        ends.append(
            plots.End(plots.shortened(one.title, 22), one.family, chances_of[-1], plots.shortened(one.labels[0], 24))
        )
    ticks = {"tickvals": [0, top / 2, top], "ticktext": [f"{100 * value:g}{NBSP}%" for value in (0, top / 2, top)]}
    layout = {
        "xaxis": plots.axis("shift in pixels", -0.5, SHIFT_LIMIT + 0.5, tickvals=[0, 8, 16, 24, 32]),
        "yaxis": plots.axis("probability", -0.02 * top, 1.02 * top, **ticks),
        "shapes": [plots.now(shift)],
        "annotations": plots.at_their_ends(ends, 0, top, 170),
        "margin": {"r": 190},
    }
    narrow = {"annotations": [], "margin": {"r": 16}, "showlegend": True}
    answer = words.answer(tuple(found), shift)
    return Chart("Probability of the first answer", answer, tuple(traces), layout, narrow, height=240)


def followed(found: Sequence[Moved], shift: int = 0) -> Chart:
    """Return how exactly each layer's map moves along at ``shift``; the browser takes other shifts in."""
    deep = [one for one in found if one.layers]
    worst = max([0.2, *(float(one.errors.max()) for one in deep)])
    top = plots.ceiling(worst, 0.2)
    traces = []
    for one, second in zip(deep, plots.seconds([one.family for one in deep]), strict=True):
        depths = [round(100 * (layer + 1) / len(one.layers), 1) for layer in range(len(one.layers))]
        layers = [f"{plots.text(name)}, stride {stride}" for name, stride in zip(one.layers, one.strides, strict=True)]
        style = plots.of_model(one.family, second)
        hover = "%{customdata}: %{y:.2f}<extra>%{fullData.name}</extra>"
        style |= {"customdata": layers, "hovertemplate": hover, "mode": "lines+markers"}
        traces.append(plots.curve(one.title, depths, plots.numbers(one.errors[:, shift]), one.family, **style))
    depth = {"tickvals": [0, 50, 100], "ticktext": ["0", f"50{NBSP}%", f"100{NBSP}%"]}
    layout = {
        "xaxis": plots.axis("depth in the network", -2, 104, **depth),
        "yaxis": plots.axis(
            "relative difference", -0.03 * top, 1.05 * top, tickvals=[0, top / 2, top], tickformat=".2~f"
        ),
        "showlegend": True,
    }
    note = words.layer_note(tuple(found), shift)
    return Chart("How exactly each layer’s map moves along", note, tuple(traces), layout, height=240)

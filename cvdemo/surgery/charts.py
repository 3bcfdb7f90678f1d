"""The charts of Skips, Surgery: the answer without each block, and without several at random."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cvdemo import catalogue, plots
from cvdemo.plots import Chart
from cvdemo.surgery import words
from cvdemo.surgery.answers import Answers, Curve, alone
from cvdemo.wording import percent

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def figure(found: Answers) -> "Figure":
    """Return the probability of the answer without each block as a Plotly figure."""
    return lesions(found).figure()


def lesions(found: Answers) -> Chart:
    """Return a bar a block: the probability of the whole network's answer without it; a dashed line is all on."""
    chances, numbers, rows = words.without(found), words.numbered(found), alone(found)
    bars = [block for block in found.blocks if block.droppable]
    hover = [
        f"{numbers[one.name]}: {plots.text(one.label)}<br>without it: {percent(chances[one.name])}, "
        f"first is {plots.text(found.said(rows[one.name])[0])}"
        for one in bars
    ]
    bar: dict[str, Any] = {
        "type": "bar",
        "name": "without the block",
        "x": [numbers[one.name] for one in bars],
        "y": plots.numbers(chances[one.name] for one in bars),
        "customdata": hover,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": plots.light(catalogue.get(found.asked.model).family)},
    }
    level = found.probability
    dashed = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level,
              "line": {"color": plots.light("ink-2"), "dash": "dash", "width": 1.5}}  # fmt: skip
    count = len(found.blocks)
    wide, narrow = (
        plots.axis("block that is left out", 0.4, count + 0.6, tick0=1, dtick=-(-count // most)) for most in (24, 8)
    )
    layout = {
        "xaxis": wide,
        "yaxis": plots.axis(f"probability of {plots.text(plots.shortened(found.label, 24))}", 0, 1.02, **_PERCENT),
        "shapes": [dashed],
        "bargap": 0.25,
    }
    return Chart("Without each block (dashed: all on)", words.answer(found), (bar,), layout, {"xaxis": narrow})


def several(curve: Curve, label: str) -> Chart:
    """Return the probability without several blocks at random: each choice a point, the middle of them a line."""
    counts = np.repeat(curve.counts, curve.probabilities.shape[1])
    points = plots.curve("one choice", counts.tolist(), plots.numbers(curve.probabilities.ravel()), "ink-2",
                         mode="markers", marker={"size": 5, "opacity": 0.5},
                         hovertemplate="%{x} left out: %{y:.1%}<extra></extra>")  # fmt: skip
    middle = plots.curve("middle choice", curve.counts, plots.numbers(np.median(curve.probabilities, 1)), "accent",
                         hovertemplate="%{x} left out, middle: %{y:.1%}<extra></extra>")  # fmt: skip
    layout = {
        "xaxis": plots.axis("blocks left out at random", -0.3, max(curve.counts) + 0.3),
        "yaxis": plots.axis(f"probability of {plots.text(plots.shortened(label, 24))}", -0.02, 1.02, **_PERCENT),
        "showlegend": True,
    }
    return Chart("Several blocks at random", words.several(curve), (points, middle), layout, height=240)


_PERCENT = {"tickvals": [0, 0.5, 1], "ticktext": ["0", "50 %", "100 %"]}

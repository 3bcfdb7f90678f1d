"""The charts of Skips, Surgery: the answer without each block, and without several at random."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cvdemo import catalogue, plots
from cvdemo.plots import Chart
from cvdemo.probes import Score
from cvdemo.surgery import words
from cvdemo.surgery.answers import Answers, Curve, alone
from cvdemo.wording import percent

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def figure(found: Answers) -> "Figure":
    """Return the probability of the answer without each block as a Plotly figure."""
    return lesions(found).figure()


def lesions(found: Answers, stay: Mapping[str, Score] | None = None) -> Chart:
    """Return a bar a block: the probability of the whole network's answer without it; a dashed line is all on.

    Args:
        stay: of how many other photos the answer stays without each block: a mark with its 95 % interval on each bar.
    """
    chances, numbers, rows = words.without(found), words.numbered(found), alone(found)
    bars = [block for block in found.blocks if block.droppable]
    hover = [
        f"{numbers[one.name]}: {plots.text(one.label)}<br>without it: {percent(chances[one.name])}, "
        f"first is {plots.text(found.said(rows[one.name])[0])}"
        for one in bars
    ]
    bar: dict[str, Any] = {
        "type": "bar",
        "name": "this photo: probability",
        "x": [numbers[one.name] for one in bars],
        "y": plots.numbers(chances[one.name] for one in bars),
        "customdata": hover,
        "hovertemplate": "%{customdata}<extra></extra>",
        "text": [] if stay else [f"{100 * chances[one.name]:.0f}" for one in bars],
        "textposition": "auto",
        "textangle": 0,
        "insidetextanchor": "end",
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
        "yaxis": plots.axis(
            f"probability of {plots.text(plots.shortened(found.label, 24))}", 0, 1.06 if stay else 1.02, **_PERCENT
        ),
        "shapes": [dashed],
        "bargap": 0.25,
        "uniformtext": {"mode": "hide", "minsize": 13},
        "showlegend": bool(stay),
    }
    marks = (_shares(stay, numbers),) if stay else ()
    return Chart("Without each block (dashed: all on)", words.answer(found), (bar, *marks), layout, {"xaxis": narrow})


def _shares(stay: Mapping[str, Score], numbers: Mapping[str, int]) -> dict[str, Any]:
    """Return a mark a block: the share of the photos whose answer stays, with its 95 % interval."""
    rows = list(stay.values())
    ends = [one.ci95 for one in rows]
    reach = {
        "type": "data",
        "symmetric": False,
        "array": plots.numbers(high - one.share for one, (_, high) in zip(rows, ends, strict=True)),
        "arrayminus": plots.numbers(one.share - low for one, (low, _) in zip(rows, ends, strict=True)),
        "thickness": 1.5,
        "width": 3,
    }
    name = f"{rows[0].of} photo{'' if rows[0].of == 1 else 's'}: share whose answer stays"
    hover = [
        f"without block {numbers[one]}: {score.right} of {score.of} keep their answer" for one, score in stay.items()
    ]
    looks = {"mode": "markers", "marker": {"size": 9, "symbol": "diamond"}, "error_y": reach}
    xs, ys = [numbers[one] for one in stay], plots.numbers(one.share for one in rows)
    return plots.curve(name, xs, ys, "ink", **looks, customdata=hover, hovertemplate="%{customdata}<extra></extra>")


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

"""The chart of nets of several depths."""

from typing import Any

import numpy as np

from cvdemo import plots
from cvdemo.plots import Chart
from cvdemo.residual import depth_words, words
from cvdemo.residual.charts import HEIGHT, logarithmic
from cvdemo.residual.depths import Depths


def by_depth(depths: Depths) -> Chart:
    """Return the training loss at the end by depth: mean of the starts, and from the lowest to the highest a bar."""
    traces: list[dict[str, Any]] = []
    for skip in (True, False):
        rows = [row for row in depths.rows if row.skip is skip and row.losses]
        means = [float(np.mean(row.losses)) for row in rows]
        above = plots.numbers(max(row.losses) - mean for row, mean in zip(rows, means, strict=True))
        below = plots.numbers(mean - min(row.losses) for row, mean in zip(rows, means, strict=True))
        reach = {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "width": 4, "thickness": 1.5}
        style = {**plots.of_model("cnn", not skip), "mode": "lines+markers", "error_y": reach}
        hover = "%{x} layers: %{y:.3g}<extra>%{fullData.name}</extra>"
        layers = [str(row.depth) for row in rows]
        traces.append(
            plots.curve(words.SIDES[skip], layers, plots.numbers(means), "cnn", **style, hovertemplate=hover)  # type: ignore[arg-type]
        )
    losses = [loss for row in depths.rows for loss in row.losses]
    layout = {
        "xaxis": plots.axis("layers", type="category"),
        "yaxis": logarithmic("training loss, nats", losses),
        "showlegend": True,
    }
    return Chart(depth_words.TITLE, depth_words.deeper(depths), tuple(traces), layout, height=HEIGHT)

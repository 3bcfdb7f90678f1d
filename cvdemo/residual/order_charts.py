"""The chart of nets in either order: their training losses, the mean of the starts and how far these lie apart."""

import numpy as np

from cvdemo import plots
from cvdemo.plots import Chart
from cvdemo.residual import charts
from cvdemo.residual import order_words as words
from cvdemo.residual.records import Race

TOKENS = {"post": "classical", "pre": "cnn"}


def losses(race: Race) -> Chart:
    """Return the training loss over the steps: a line for the mean of an order's starts, a band from lowest to highest.

    Each is the mean of the last `charts.SMOOTH` steps, on a logarithmic axis.
    """
    lines, bands = [], []
    for design, lanes in charts.designs(race):
        rows, token = [charts.smooth(lane) for lane in lanes], TOKENS[design.order]
        whole = charts.over(rows, np.mean)
        steps = list(range(charts.SMOOTH, charts.SMOOTH + len(whole)))
        style = {"line": {"dash": "solid" if design.order == "pre" else "dash"}, "hovertemplate": charts.HOVER}
        lines.append(plots.curve(words.name(design), steps, plots.numbers(whole), token, **style))
        if len(rows) > 1:
            bands.append(charts.band(steps, charts.over(rows, np.min), charts.over(rows, np.max), token))
    layout = {
        "xaxis": plots.axis("training step", 0, race.steps),
        "yaxis": charts.logarithmic("training loss, nats", [y for one in (*lines, *bands) for y in one["y"] if y]),
        "showlegend": True,
    }
    return Chart("Training loss in either order", words.answer(race), (*lines, *bands), layout, height=280)

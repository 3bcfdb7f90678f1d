"""The chart of nets in either order: their training losses, start by start."""

import numpy as np

from cvdemo import plots
from cvdemo.plots import Chart
from cvdemo.residual import order_words as words
from cvdemo.residual.records import Race

SMOOTH = 5  # steps
TOKENS = {"post": "classical", "pre": "cnn"}


def losses(race: Race) -> Chart:
    """Return each start's training loss over the steps, a mean of `SMOOTH`, on a logarithmic axis."""
    traces = []
    for lane in race.lanes:
        seen = np.array([moment.loss for moment in lane.moments])
        smooth = np.convolve(seen, np.ones(SMOOTH) / SMOOTH, "valid") if len(seen) >= SMOOTH else seen[:0]
        steps = [moment.step for moment in lane.moments[SMOOTH - 1 :]]
        dash = "solid" if lane.design.order == "pre" else "dash"
        name = f"{words.name(lane.design)}, start {lane.seed + 1}"
        style = {"line": {"dash": dash}, "hovertemplate": "step %{x}: %{y:.3g}<extra>%{fullData.name}</extra>"}
        traces.append(plots.curve(name, steps, plots.numbers(smooth), TOKENS[lane.design.order], **style))
    layout = {
        "xaxis": plots.axis("training step", 0, race.steps),
        "yaxis": plots.axis("training loss, nats", type="log", nticks=5),
        "showlegend": True,
    }
    return Chart("Training loss in either order", words.answer(race), tuple(traces), layout, height=280)

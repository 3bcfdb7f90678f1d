"""The charts of the Skips tab: losses that part, and the gradient of every layer over the steps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cvdemo import plots
from cvdemo.inside.palettes import VIRIDIS
from cvdemo.plots import Chart
from cvdemo.residual import words
from cvdemo.residual.side_by_side import Lane, Race

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SMOOTH = 5  # steps


def figure(race: Race) -> "Figure":
    """Return the training losses as a Plotly figure."""
    return losses(race).figure()


def losses(race: Race) -> Chart:
    """Return each start's training loss over the steps, a mean of `SMOOTH`, on a logarithmic axis."""
    traces = []
    for lane in race.lanes:
        seen = np.array([moment.loss for moment in lane.moments])
        smooth = np.convolve(seen, np.ones(SMOOTH) / SMOOTH, "valid") if len(seen) >= SMOOTH else seen[:0]
        steps = [moment.step for moment in lane.moments[SMOOTH - 1 :]]
        token, dash = ("cnn", "solid") if lane.design.skip else ("ink-2", "dash")
        name = f"{words.name(lane.design)}, start {lane.seed}"
        traces.append(plots.curve(name, steps, plots.numbers(smooth), token, line={"dash": dash},
                                  hovertemplate="step %{x}: %{y:.3g}<extra>%{fullData.name}</extra>"))  # fmt: skip
    layout = {
        "xaxis": plots.axis("step", 0, race.steps),
        "yaxis": plots.axis("training loss, nats", type="log", nticks=5),
        "showlegend": True,
    }
    return Chart("Training loss", words.answer(race), tuple(traces), layout, height=300)


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

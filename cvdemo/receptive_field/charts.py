"""How far a unit sees, by depth and by input size.

The chart by depth is for notebooks: on the page it is the depth slider, and our own.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cvdemo import plots
from cvdemo.catalogue import get
from cvdemo.plots import Chart
from cvdemo.receptive_field.growth_chart import growth
from cvdemo.receptive_field.mass import SHARES
from cvdemo.receptive_field.sizes import SIZES, AtSizes, described
from cvdemo.receptive_field.study import Study, table

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

PLOT_PX = 150  # of the height of the chart by size
DASHES = ("dot", "solid", "solid")


def figure(study: Study) -> "Figure":
    """Return how both fields grow with depth as a Plotly figure."""
    return fields(study).figure()


def fields(study: Study) -> Chart:
    """Return the theoretical side by depth, and the sides that hold 20, 50 and 95 % of the measured gradient.

    Where a unit could see the whole photo, or was not measured yet, a line has a gap.
    """
    layers = table(study.asked.model, study.asked.side)
    shown = growth(layers, study)
    names = [layer.label for layer in layers.stops]
    family, places = get(study.asked.model).family, list(range(len(names)))
    hover = "%{customdata}: %{y:.0f} px<extra>%{fullData.name}</extra>"
    told = {"customdata": list(map(plots.text, names)), "hovertemplate": hover, "mode": "lines+markers"}
    theory = plots.numbers(float("nan") if side is None else side for side in shown.theory)
    traces = [plots.curve("could reach it", places, theory, "ink-2", line={"dash": "dash"}, **told)]
    for share, dash in zip(SHARES, DASHES, strict=True):
        sides = plots.numbers(float("nan") if side is None else side for side in shown.effective[share])
        line = {"dash": dash, "width": 3 if share == SHARES[-1] else 2}
        traces.append(plots.curve(f"{100 * share:.0f} % of the gradient", places, sides, family, line=line, **told))
    few = places[:: max(1, len(places) // 8)]
    layout = {
        "xaxis": plots.axis("depth", tickvals=few, ticktext=[plots.text(names[place]) for place in few]),
        "yaxis": plots.axis(f"side in pixels, of {study.asked.side}", rangemode="tozero", tickformat=","),
        "showlegend": True,
    }
    last = next((side for side in reversed(shown.effective[0.95]) if side is not None), None)
    answer = "Nothing is measured yet." if last is None else f"95 % of the last layer's gradient lies within {last} px."
    title = f"How far a unit of {get(study.asked.model).title} sees"
    return Chart(title, answer, tuple(traces), layout, height=320)


def by_size(models: Sequence[AtSizes], side: int | None) -> Chart:
    """Return the effective side as a share of the photo's width against the input size, as far as it was measured.

    Args:
        side: the input size that was asked for, marked; None = each model's own.
    """
    most = max([1.0, *(share for model in models for share in model.shares if share is not None)])
    traces, ends = [], []
    for model, second in zip(models, plots.seconds([model.family for model in models]), strict=True):
        known = [(size, share) for size, share in zip(model.sizes, model.shares, strict=True) if share is not None]
        if not known:
            continue
        shares = plots.numbers(share for _, share in known)
        style = plots.of_model(model.family, second)
        hover = "%{x} px: %{y:.0%}<extra>%{fullData.name}</extra>"
        traces.append(plots.curve(model.title, [size for size, _ in known], shares, model.family, **style,
                                  mode="lines+markers", hovertemplate=hover))  # fmt: skip
        ends.append(plots.End(plots.shortened(model.title, 22), model.family, shares[-1]))
    layout = {
        "xaxis": plots.axis("input size in pixels", SIZES[0] - 16, max(512, SIZES[-1]) + 16, tickvals=list(SIZES)),
        "yaxis": plots.axis("of the photo’s width", -0.03 * most, 1.05 * most, tickformat=".0%", nticks=4),
        "shapes": [plots.now(side)] if side else [],
        "annotations": plots.at_their_ends(ends, -0.03 * most, 1.05 * most, PLOT_PX),
        "margin": {"r": 170},
    }
    narrow = {"annotations": [], "margin": {"r": 16}, "showlegend": True}
    return Chart("Side of the solid square by input size", described(models), tuple(traces), layout, narrow, height=220)

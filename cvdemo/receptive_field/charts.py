"""How far a unit sees by depth, for notebooks; on the page the growth chart is the depth slider, and our own."""

from typing import TYPE_CHECKING

from cvdemo import plots
from cvdemo.catalogue import get
from cvdemo.plots import Chart
from cvdemo.receptive_field.growth_chart import growth
from cvdemo.receptive_field.mass import SHARES
from cvdemo.receptive_field.study import Study, table

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

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

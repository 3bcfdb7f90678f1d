"""The answers of several models as bars, for notebooks; on the page the bars stand inside the models' cards."""

from typing import TYPE_CHECKING

from cvdemo import plots
from cvdemo.classify.result import Classification
from cvdemo.plots import Chart
from cvdemo.wording import NBSP, listed, percent

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ROW_PX = 26


def figure(found: Classification) -> "Figure":
    """Return each model's five likeliest classes as a Plotly figure."""
    return answers(found).figure()


def answers(found: Classification, top_k: int = 5) -> Chart:
    """Return the ``top_k`` likeliest classes of each model, on one scale; classes in several lists share a row."""
    lists = [{guess.label: guess.probability for guess in one.top(top_k)} for one in found.answers]
    labels = list(dict.fromkeys(label for one in lists for label in one))
    seconds = plots.seconds([one.family for one in found.answers])
    traces = []
    for one, chances, second in zip(found.answers, lists, seconds, strict=True):
        known = [label for label in labels if label in chances]
        line = {"color": plots.light(one.family), "width": 2 if second else 0}
        fill = plots.tint(one.family, 0.25) if second else plots.light(one.family)
        traces.append(
            {"type": "bar", "orientation": "h", "name": plots.text(one.title), "y": list(map(plots.text, known)),
             "x": plots.numbers(chances[label] for label in known), "marker": {"color": fill, "line": line},
             "hovertemplate": "%{y}: %{x:.1%}<extra>%{fullData.name}</extra>"}
        )  # fmt: skip
    top = plots.ceiling(max((max(one.values()) for one in lists if one), default=1.0), 0.25)
    marks = (0, top / 2, top)
    ticks = {"tickvals": list(marks), "ticktext": [f"{100 * mark:g}{NBSP}%" for mark in marks]}
    rows = {"categoryarray": list(map(plots.text, labels)), "autorange": "reversed", "showgrid": False}
    grid = {"showgrid": True, "gridcolor": plots.light("line")}
    layout = {
        "xaxis": plots.axis("probability", 0, 1.03 * top, **ticks, **grid),
        "yaxis": {"categoryorder": "array", **rows},
        "showlegend": True,
        "meta": {"y": "class"},
    }
    firsts = [
        f"{one.title}: {first.label}, {percent(first.probability)}" for one in found.answers for first in one.top(1)
    ]
    height = 90 + ROW_PX * max(1, len(labels)) * max(1, len(lists)) // 2
    answer = f"{listed(firsts)}." if firsts else "Nobody answered."
    return Chart("What the models call it", answer, tuple(traces), layout, height=height)

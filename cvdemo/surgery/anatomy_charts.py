"""The charts of Skips, Inside a block: how long the branches are, and how they point, at every depth."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cvdemo import catalogue, plots
from cvdemo.plots import Chart
from cvdemo.surgery import anatomy_words as words
from cvdemo.surgery.anatomy import NEAR, Anatomy

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

DEPTH = {"tickvals": [0, 50, 100], "ticktext": ["first", "middle", "last"]}


def figure(found: Sequence[Anatomy]) -> "Figure":
    """Return the branches' lengths as a Plotly figure."""
    return ratios(found, 0).figure()


def ratios(found: Sequence[Anatomy], depth: float) -> Chart:
    """Return each branch's length over its shortcut's by depth, on a logarithmic axis; the dashed line is `NEAR`."""
    rows = [one.ratios for one in found]
    low, high = min(map(min, rows)), max(map(max, rows))
    near = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": NEAR, "y1": NEAR,
            "line": {"color": plots.light("ink-2"), "dash": "dash", "width": 1.5}}  # fmt: skip
    axis = plots.doubling("branch over shortcut", min(low, NEAR) / 1.3, max(high, NEAR) * 1.3)
    title = "Length of the branch (dashed: half of the shortcut)"
    return _by_depth(title, words.answer(found), found, rows, axis, depth, [near], "%{y:.2f}")


def cosines(found: Sequence[Anatomy], depth: float) -> Chart:
    """Return the cosine between branch and shortcut by depth."""
    axis = plots.axis("cosine", -1.05, 1.05, tickvals=[-1, 0, 1])
    told = " ".join(words.block(one, words.at(one, depth)) for one in found)
    rows = [one.cosines for one in found]
    return _by_depth("Direction of the branch", told, found, rows, axis, depth, [], "cosine %{y:.2f}")


def _by_depth(
    title: str, answer: str, found: Sequence[Anatomy], rows: Sequence[Sequence[float]], axis: dict[str, Any],
    depth: float, shapes: list[dict[str, Any]], hover: str,
) -> Chart:  # fmt: skip
    traces = []
    families = [catalogue.get(one.asked.model).family for one in found]
    for one, row, family, second in zip(found, rows, families, plots.seconds(families), strict=True):
        last = max(1, len(row) - 1)
        labels = [plots.text(block.label) for block in one.blocks]
        traces.append(
            plots.curve(
                catalogue.get(one.asked.model).title,
                [100 * number / last for number in range(len(row))],
                plots.numbers(row),
                family,
                **plots.of_model(family, second),
                mode="lines+markers",
                text=labels,
                customdata=[number / last for number in range(len(row))],
                hovertemplate=f"%{{text}}: {hover}<extra>%{{fullData.name}}</extra>",
            )
        )
    layout = {
        "xaxis": plots.axis("block", -3, 103, **DEPTH),
        "yaxis": axis,
        "shapes": [*shapes, plots.now(100 * depth)],
        "showlegend": True,
    }
    return Chart(title, answer, tuple(traces), layout)

"""The charts of the Detect lab: boxes kept against the IoU limit, precision against recall, boxes on their photo."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cvdemo import images, plots
from cvdemo.detect import words
from cvdemo.detect.nms import suppress_ranked
from cvdemo.detect.outcomes import Comparison
from cvdemo.detect.result import Candidates
from cvdemo.detect.settings import Settings
from cvdemo.plots import Chart
from cvdemo.wording import NBSP, percent

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WIDTH_PX = 640  # of the boxes on their photo
WORDS_WIDE = 0.42  # of the IoU axis, that the words at the current limit take where the chart is narrow
POINTS_AT_MOST = 200  # of the curve: more cannot be told apart


def figure(found: Candidates, settings: Settings | None = None, photo: Path | None = None) -> "Figure":
    """Return the boxes that NMS keeps and removes under ``settings`` as a Plotly figure, over the photo if given."""
    return boxes(found, settings or Settings(), photo).figure()


def boxes(found: Candidates, settings: Settings, photo: Path | None = None) -> Chart:
    """Return kept boxes solid and removed ones dashed, in pixels of the photo."""
    ledger = suppress_ranked(found.ranked, found.acting(settings))
    width, height = found.size_wh
    lost = {"color": plots.light("edge"), "width": 1, "dash": "dash"}
    stays = {"color": plots.light("accent"), "width": 3}
    traces = (_outlines(found, ledger.suppressed, "removed", lost), _outlines(found, ledger.kept, "kept", stays))
    beneath = {"xref": "x", "yref": "y", "x": 0, "y": 0, "sizex": width, "sizey": height, "layer": "below"}
    layout = {
        "xaxis": plots.axis("pixels", 0, width, constrain="domain"),
        "yaxis": plots.axis("", height, 0, scaleanchor="x", constrain="domain", showgrid=False),
        "images": [{**beneath, "source": images.data_url(images.open(photo).at(WIDTH_PX).pixels)}] if photo else [],
        "showlegend": True,
    }
    answer = words.answer(found, ledger, found.acting(settings))
    return Chart(f"What {found.title} found", answer, traces, layout, height=round(WIDTH_PX * height / width))


def _outlines(found: Candidates, chosen: NDArray[np.intp], name: str, line: dict[str, Any]) -> dict[str, Any]:
    """Return the outlines of some candidates as one line, broken between them."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    said: list[str | None] = []
    for index in map(int, chosen):
        x0, y0, x1, y1 = plots.numbers(found.boxes_xyxy[index], 5)
        label = f"{plots.text(found.labels[found.class_ids[index]])} {found.scores[index]:.2f}"
        xs += [x0, x1, x1, x0, x0, None]
        ys += [y0, y0, y1, y1, y0, None]
        said += [*[label] * 5, None]
    more = {"line": line, "customdata": said, "hovertemplate": "%{customdata}<extra>%{fullData.name}</extra>"}
    return plots.curve(name, xs, ys, "accent", **more)


def precision_against_recall(compared: Comparison, answer: str) -> Chart:
    """Return the curve while the confidence falls, and where the confidence stands on it now.

    Args:
        answer: what the labels say about the boxes that are kept.
    """
    points, place = compared.curve, compared.point
    count = len(points.scores)
    chosen = sorted(set(np.linspace(0, count - 1, min(count, POINTS_AT_MOST)).astype(int).tolist()))
    recall, precision = plots.numbers(points.recall[chosen]), plots.numbers(points.precision[chosen])
    hover = "%{customdata:.2f} or surer: precision %{y:.1%}, recall %{x:.1%}<extra></extra>"
    confidence = {"customdata": plots.numbers(points.scores[chosen]), "hovertemplate": hover}
    traces, notes = [plots.curve("all confidences", recall, precision, "ink-2", **confidence)], []
    if place is not None:
        x, y = float(points.recall[place]), float(points.precision[place])
        traces.append(_dot("now", x, y, "at your confidence: precision %{y:.1%}, recall %{x:.1%}"))
        low = y < 0.3  # else there is room below
        said = f"precision {percent(y)}, recall {percent(x)}"
        notes.append({**plots.beside(said, x, y, left=x > 0.5), "yshift": 12 if low else -14})
    shares = {"tickvals": [0, 0.5, 1], "ticktext": ["0", f"50{NBSP}%", f"100{NBSP}%"]}
    layout = {
        "xaxis": plots.axis("recall", -0.02, 1.02, **shares),
        "yaxis": plots.axis("precision", -0.03, 1.06, **shares),
        "annotations": notes,
    }
    return Chart("Precision against recall", answer, tuple(traces), layout, height=220)


def kept_by_limit(thresholds: Sequence[float], kept: Sequence[int], limit: float) -> Chart:
    """Return how many boxes each IoU limit keeps, with ``limit``, the current one, marked."""
    here = kept[int(np.argmin(np.abs(np.array(thresholds) - limit)))]
    most = max(1, *kept)
    hover = {"hovertemplate": "%{y} kept at %{x:.2f}<extra></extra>"}
    steps = plots.curve(
        "boxes kept", list(thresholds), list(kept), "ink-2", line={"shape": "hv", "width": 1.8}, **hover
    )
    layout = {
        "xaxis": plots.axis("IoU limit", 0.03, 0.97, tickvals=[0.05, 0.5, 0.95]),
        "yaxis": plots.axis("boxes kept", -0.03 * most, 1.2 * most, tickvals=sorted({0, round(most / 2), most})),
        "shapes": [plots.now(limit)],
        "annotations": [_kept_here(thresholds, kept, limit, here)],
    }
    answer = f"At an IoU limit of {limit:.2f}, {here} boxes are kept; at 0.95 it would be {kept[-1]}."
    traces = (steps, _dot("now", limit, here, "%{y} kept at %{x:.2f}"))
    return Chart("Boxes kept against the IoU limit", answer, traces, layout, height=210)


def _kept_here(thresholds: Sequence[float], kept: Sequence[int], limit: float, here: int) -> dict[str, Any]:
    """Return the words at the current limit, where the curve does not run: it rises from left to right, mostly."""
    said = f"{here} kept at {limit:.2f}"
    before = [count for at, count in zip(thresholds, kept, strict=True) if limit - WORDS_WIDE <= at <= limit]
    after = [count for at, count in zip(thresholds, kept, strict=True) if limit <= at <= limit + WORDS_WIDE]
    if limit >= 0.03 + WORDS_WIDE and max(before, default=here) <= here:
        return plots.beside(said, limit, here, left=True)  # above what lies left
    left = limit > 0.97 - WORDS_WIDE
    if not left and min(after, default=here) >= here > 0.25 * max(kept):
        return {**plots.beside(said, limit, here), "yshift": -14}  # below what lies right
    return plots.beside(said, limit, max(before if left else after, default=here), left=left)


def _dot(name: str, x: float, y: float, hover: str) -> dict[str, Any]:
    mark = {"size": 11, "line": {"width": 2, "color": plots.light("card")}}
    return plots.curve(name, [x], [y], "accent", marker=mark, hovertemplate=f"{hover}<extra></extra>")

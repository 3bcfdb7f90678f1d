"""The charts of the Teach tab's mistakes: each class apart, and all photos on a map."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvdemo import plots
from cvdemo.plots import Chart
from cvdemo.transfer import mistakes_words as words
from cvdemo.transfer.mistakes import class_scores, wrong
from cvdemo.transfer.result import Lesson
from cvdemo.wording import NBSP

ROW_PX = 30
TOKENS = ("cnn", "vit", "accent", "hybrid", "warn")
MARKS = ("circle", "diamond")  # with five colours: ten classes
NAMES = {"pca": "PCA", "tsne": "t-SNE"}


def by_class(lesson: Lesson, place: int) -> Chart:
    """Return a dot with its 95 % interval (Wilson) for each class, on its held-out photos."""
    one, scores, classes = lesson.taught[place], class_scores(lesson, place), lesson.photos.classes
    shares = [100 * score.share for score in scores]
    low, high = zip(*(score.ci95 for score in scores), strict=True)
    reach = {"type": "data", "symmetric": False, "width": 0, "thickness": 8, "color": plots.tint(one.family, 0.3),
             "array": plots.numbers(100 * edge - share for edge, share in zip(high, shares, strict=True)),
             "arrayminus": plots.numbers(share - 100 * edge for edge, share in zip(low, shares, strict=True)),
             }  # fmt: skip
    ys = list(range(len(classes)))
    trace = {"type": "scatter", "mode": "markers", "name": plots.text(one.title), "x": plots.numbers(shares), "y": ys,
             "ids": [plots.text(name) for name in classes], "error_x": reach,
             **plots.of_model(one.family), "hovertemplate": f"%{{id}}: %{{x:.1f}}{NBSP}%<extra></extra>"}  # fmt: skip
    trace["marker"] = {**trace["marker"], "color": plots.light(one.family)}
    ink = {"size": plots.TEXT_PX, "color": plots.light("ink"), "weight": 650}
    beside = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False, "font": ink}
    counts = [{**beside, "y": y, "text": f"{score.right} of {score.of}"} for y, score in zip(ys, scores, strict=True)]
    names = [plots.text(plots.shortened(name, 18)) for name in classes]
    ticks = {"tickvals": ys, "ticktext": names, "showgrid": False}
    layout = {
        "xaxis": plots.axis(f"named rightly,{NBSP}%", -2, 102, tickvals=[0, 25, 50, 75, 100], showgrid=True,
                            gridcolor=plots.light("line")),
        "yaxis": plots.axis("", len(ys) - 0.5, -0.5, **ticks),
        "annotations": counts,
        "margin": {"r": 72},
        "meta": {"y": "class"},
    }  # fmt: skip
    return Chart("Each class apart", words.hardest(classes, scores), (trace,), layout, height=70 + ROW_PX * len(ys))


def photo_map(lesson: Lesson, place: int, laid: NDArray[np.float64], how: str) -> Chart:
    """Return all photos in the plane, a colour and mark a class; held-out ones hollow, wrong ones crossed.

    Args:
        laid: from `mistakes.spread_out`, (N, 2).
    """
    mistaken = np.isin(np.arange(len(laid)), wrong(lesson, place))
    traces = [_of_class(lesson, label, laid) for label in range(len(lesson.photos.classes))]
    if mistaken.any():
        traces.append(_crosses(lesson, laid, mistaken))
    name = NAMES[how]
    told = words.laid_out(len(laid), name, int(mistaken.sum()))
    ticks = {"showticklabels": False, "showgrid": False, "zeroline": False}
    layout = {
        "xaxis": plots.axis(f"{name} 1, no unit", **ticks),
        "yaxis": plots.axis(f"{name} 2, no unit", **ticks),
        "showlegend": True,
    }
    narrow = {"showlegend": False, "annotations": _centres(lesson, laid)}
    return Chart("All photos on a map", told, tuple(traces), layout, narrow, height=420)


def _centres(lesson: Lesson, laid: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Return each class's name over the middle of its photos: there is no room for a legend."""
    rows = []
    for label, name in enumerate(lesson.photos.classes):
        x, y = np.median(laid[lesson.photos.labels == label], axis=0)
        font = {"size": plots.TEXT_PX, "color": plots.light("ink"), "weight": 650}
        rows.append({"x": float(x), "y": float(y), "text": plots.text(plots.shortened(name, 12)), "showarrow": False,
                     "font": font, "bgcolor": plots.tint("card", 0.7)})  # fmt: skip
    return rows


def _of_class(lesson: Lesson, label: int, laid: NDArray[np.float64]) -> dict[str, Any]:
    mine = np.flatnonzero(lesson.photos.labels == label)
    token = TOKENS[label % len(TOKENS)]
    hollow = [plots.light("card") if lesson.out[at] else plots.light(token) for at in mine]
    mark = {"symbol": MARKS[label // len(TOKENS)], "size": 8, "color": hollow,
            "line": {"width": 1.5, "color": plots.light(token)}}  # fmt: skip
    return _points(lesson, mine, laid, lesson.photos.classes[label], mark)


def _crosses(lesson: Lesson, laid: NDArray[np.float64], mistaken: NDArray[np.bool_]) -> dict[str, Any]:
    mark = {"symbol": "x-thin", "size": 11, "color": plots.light("ink"),
            "line": {"width": 2, "color": plots.light("ink")}}  # fmt: skip
    return _points(lesson, np.flatnonzero(mistaken), laid, "named wrongly", mark)


def _points(
    lesson: Lesson, mine: NDArray[np.intp], laid: NDArray[np.float64], name: str, mark: dict[str, Any]
) -> dict[str, Any]:
    hover = [plots.text(lesson.photos.photos[at].name) for at in mine]
    return {"type": "scatter", "mode": "markers", "name": plots.text(plots.shortened(name, 18)),
            "x": plots.numbers(laid[mine, 0]), "y": plots.numbers(laid[mine, 1]), "customdata": mine.tolist(),
            "text": hover, "marker": mark, "hovertemplate": "%{text}<extra>%{fullData.name}</extra>"}  # fmt: skip

"""The charts of the Teach tab: what each way gets right, and how many photos are enough."""

from typing import TYPE_CHECKING, Any

from cvdemo import plots
from cvdemo.plots import Chart
from cvdemo.transfer import words
from cvdemo.transfer.result import Lesson, Way
from cvdemo.wording import NBSP

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

ROW_PX = 46


def figure(lesson: Lesson) -> "Figure":
    """Return what each way gets right, as a Plotly figure."""
    return ways(lesson).figure()


def ways(lesson: Lesson) -> Chart:
    """Return a dot with its 95 % interval (Wilson) for each way on each backbone, all on the same held-out photos."""
    of = lesson.majority.score.of
    rows: list[tuple[str, str, Way, bool]] = [(words.WAYS["majority"][0], "ink-2", lesson.majority, False)]
    second = plots.seconds([one.family for one in lesson.taught])
    for one, hollow in zip(lesson.taught, second, strict=True):
        for found in one.ways:
            title = f"{words.WAYS[found.name][0]}<br>{plots.text(plots.shortened(one.title, 26))}"
            rows.append((title, one.family, found, hollow))
    traces = [_dot(place, *row) for place, row in enumerate(rows)]
    ink = {"size": plots.TEXT_PX, "color": plots.light("ink"), "weight": 650}
    beside = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False, "font": ink}
    counts = [{**beside, "y": place, "text": f"{row[2].score.right} of {of}"} for place, row in enumerate(rows)]
    ticks = {"tickvals": list(range(len(rows))), "ticktext": [name for name, *_ in rows], "showgrid": False}
    percents = [0, 25, 50, 75, 100]
    layout = {
        "xaxis": plots.axis(f"right on the {of} held-out photos,{NBSP}%", -2, 102, tickvals=percents, showgrid=True,
                            gridcolor=plots.light("line")),
        "yaxis": plots.axis("", len(rows) - 0.5, -0.5, **ticks),
        "annotations": counts,
        "margin": {"r": 84},
        "meta": {"y": "way"},
    }  # fmt: skip
    narrow = {
        "xaxis": plots.axis(f"right,{NBSP}%", -2, 102, tickvals=percents, showgrid=True,
                            gridcolor=plots.light("line")),
        "yaxis": plots.axis("", len(rows) - 0.5, -0.5, **ticks, showticklabels=False),
        "annotations": [*counts, *_above([name for name, *_ in rows])],
        "margin": {"l": 12, "r": 84},
    }  # fmt: skip
    height = 70 + ROW_PX * len(rows)
    return Chart("Ways to learn, one test", words.answer(lesson), tuple(traces), layout, narrow, height=height)


def _above(names: list[str]) -> list[dict[str, Any]]:
    """Return each row's name over its dot, for charts with no room beside them."""
    plain = {"x": 0, "xref": "paper", "xanchor": "left", "yanchor": "bottom", "yshift": 5, "showarrow": False}
    font = {"size": plots.TEXT_PX, "color": plots.light("ink-2")}
    return [{**plain, "y": at, "text": name.replace("<br>", ", "), "font": font} for at, name in enumerate(names)]


def _dot(place: int, title: str, token: str, way: Way, hollow: bool) -> dict[str, Any]:
    low, high = way.score.ci95
    share = way.score.share
    above, below = plots.numbers([100 * (high - share)]), plots.numbers([100 * (share - low)])
    reach = {"type": "data", "symmetric": False, "width": 0, "thickness": 8, "color": plots.tint(token, 0.3),
             "array": above, "arrayminus": below}  # fmt: skip
    symbol = plots.SYMBOLS.get(token, "circle")
    empty = hollow or way.name == "nearest"
    fill = plots.light("card") if empty else plots.light(token)
    mark = {"symbol": symbol, "size": plots.SIZES.get(token, 9), "color": fill,
            "line": {"width": 2, "color": plots.light(token)}}  # fmt: skip
    hover = f"{way.score.right} of {way.score.of}: %{{x:.1f}}{NBSP}% ({100 * low:.0f} to {100 * high:.0f})"
    name, xs = title.replace("<br>", ", "), plots.numbers([100 * share])
    return {"type": "scatter", "mode": "markers", "name": name, "x": xs, "y": [place], "error_x": reach,
            "marker": mark, "hovertemplate": f"{hover}<extra></extra>"}  # fmt: skip


def enough(lesson: Lesson) -> Chart:
    """Return the accuracy of probes over the number of photos a class; the band is one standard deviation."""
    drawn = [one for one in lesson.taught if len(one.curve) > 1]
    traces: list[dict[str, Any]] = []
    ends = []
    for one, hollow in zip(drawn, plots.seconds([one.family for one in drawn]), strict=True):
        counts = [point.count for point in one.curve]
        means = plots.numbers(100 * point.mean for point in one.curve)
        upper = plots.numbers(min(100.0, 100 * (point.mean + point.spread)) for point in one.curve)
        lower = plots.numbers(max(0.0, 100 * (point.mean - point.spread)) for point in one.curve)
        band = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False, "line": {"width": 0},
                "fill": "toself", "x": [*counts, *reversed(counts)], "y": [*upper, *reversed(lower)],
                "fillcolor": plots.tint(one.family, 0.15)}  # fmt: skip
        hover = f"%{{x}} a class: %{{y:.1f}}{NBSP}%<extra>%{{fullData.name}}</extra>"
        style = {**plots.of_model(one.family, hollow), "mode": "lines+markers", "hovertemplate": hover}
        traces += [band, plots.curve(one.title, counts, means, one.family, **style)]
        ends.append(plots.End(plots.shortened(one.title, 18), one.family, means[-1]))
    most = max((one.curve[-1].count for one in drawn), default=2)
    guess = 100 / len(lesson.photos.classes)
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": guess, "y1": guess, "layer": "below",
            "line": {"color": plots.light("edge"), "dash": "dash", "width": 1.5}}  # fmt: skip
    guessing = {"xref": "paper", "x": 1, "xanchor": "right", "y": guess, "yanchor": "top", "text": "guessing",
                "showarrow": False, "font": {"size": plots.TEXT_PX, "color": plots.light("ink-2")}}  # fmt: skip
    layout = {
        "xaxis": plots.doubling("photos of each class, doubling scale", 0.94, 1.06 * most),
        "yaxis": plots.axis(f"right,{NBSP}%", 0, 101, tickvals=[0, 25, 50, 75, 100]),
        "shapes": [line],
        "annotations": [guessing, *plots.at_their_ends(ends, 0, 100, 200)],
        "margin": {"r": 150},
    }
    narrow = {"annotations": [guessing], "margin": {"r": 16}, "showlegend": True}
    return Chart("How many photos are enough?", words.curve(lesson), tuple(traces), layout, narrow, height=300)

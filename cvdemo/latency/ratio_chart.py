"""How many times as fast: a bar a pair of models, with its 95 % interval and the margin that does not matter."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cvdemo import plots
from cvdemo.latency import words
from cvdemo.latency.result import Duel
from cvdemo.latency.settings import MARGIN
from cvdemo.latency.statistics import Ratio
from cvdemo.plots import Chart

ROW_PX = 54  # for two lines of names, and each further one
LINE_PX = 17


@dataclass(frozen=True)
class Compared:
    """One row of the ratios: the faster model first, and what is said of the two."""

    a: str
    b: str
    ratio: Ratio
    said: str
    interval: str


def compared(duel: Duel) -> list[Compared]:
    """Return the rows of a finished duel."""
    if not duel.finished:
        return []
    titles = {racer.key: racer.title for racer in duel.racers}
    pairs = [pair.turned() if pair.ratio.ratio < 1 else pair for pair in duel.pairs()]
    return [Compared(titles[pair.a], titles[pair.b], pair.ratio, *words.pair_words(pair)) for pair in pairs]


def ratios(duel: Duel) -> Chart:
    """Return how many times as fast, with 95 % intervals, a line at 1 and the margin that does not matter."""
    rows = compared(duel)
    low = min([0.8, *(row.ratio.low for row in rows)]) / 1.06
    high = max([1.5, *(row.ratio.high for row in rows)]) * 1.08
    answer = " ".join(f"{row.a} against {row.b}: {row.said}, {row.interval}." for row in rows)
    sure = [row.ratio.verdict not in (None, "too close to call") for row in rows]
    traces = [_intervals(rows, sure, kind) for kind in (True, False) if kind in sure]
    one = {"type": "line", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
           "line": {"color": plots.light("edge"), "width": 1.5}}  # fmt: skip
    margin = {"type": "rect", "x0": 1 - MARGIN, "x1": 1 + MARGIN, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
              "fillcolor": plots.light("sunk"), "line": {"width": 0}}  # fmt: skip
    layout = {
        "xaxis": plots.doubling("times as fast, doubling scale", low, high, "×"),
        "yaxis": _pairs(rows, 22, "against"),
        "shapes": [margin, one],
        "annotations": _sayings(rows, sure, wide=True),
        "margin": {"r": 138},
        "meta": {"y": "pair"},
    }
    narrow: dict[str, Any] = {
        "yaxis": _pairs(rows, 15, "vs"),
        "annotations": _sayings(rows, sure, wide=False),
        "margin": {"r": 16},
    }
    lines = max((tick.count("<br>") + 1 for tick in narrow["yaxis"]["ticktext"]), default=2)
    each = ROW_PX + LINE_PX * max(0, lines - 2)
    return Chart("How many times as fast", answer, tuple(traces), layout, narrow, height=70 + each * len(rows))


def _pairs(rows: Sequence[Compared], most: int, word: str) -> dict[str, Any]:
    names = [f"<b>{_lines(row.a, most)}</b><br>{word} {_lines(row.b, most)}" for row in rows]
    ticks = {"tickvals": list(range(len(rows))), "ticktext": names, "showgrid": False}
    return plots.axis("", len(rows) - 0.5, -0.5, **ticks)


def _lines(title: str, most: int) -> str:
    """Return a title, whole, in lines of about ``most`` characters, broken between words."""
    return "<br>".join(
        plots.text(line) for line in textwrap.wrap(title, most, break_long_words=False, break_on_hyphens=False)
    )


def _intervals(rows: Sequence[Compared], sure: Sequence[bool], kind: bool) -> dict[str, Any]:
    """Return the intervals of the pairs with a verdict (``kind``), or of those without."""
    chosen = [(place, row.ratio, row) for place, row in enumerate(rows) if sure[place] == kind]
    token = "ink" if kind else "warn"
    reach = {
        "type": "data", "symmetric": False, "width": 0, "thickness": 14, "color": plots.tint(token, 0.3),
        "array": plots.numbers(ratio.high - ratio.ratio for _, ratio, _ in chosen),
        "arrayminus": plots.numbers(ratio.ratio - ratio.low for _, ratio, _ in chosen),
    }  # fmt: skip
    said = [plots.text(f"{row.a} against {row.b}: {row.said}, {row.interval}") for _, _, row in chosen]
    mark = {"symbol": "line-ns", "size": 10, "line": {"width": 3, "color": plots.light(token)}}
    return {
        "type": "scatter", "mode": "markers", "name": "verdict" if kind else "no verdict", "marker": mark,
        "x": plots.numbers(ratio.ratio for _, ratio, _ in chosen), "y": [place for place, _, _ in chosen],
        "ids": [f"{plots.text(row.a)} against {plots.text(row.b)}" for _, _, row in chosen],
        "error_x": reach, "customdata": said, "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip


def _sayings(rows: Sequence[Compared], sure: Sequence[bool], wide: bool) -> list[dict[str, Any]]:
    """Return the words of each pair: right of the plot, or above its bar where there is little room."""
    joint = "<br>" if wide else ", "
    place: dict[str, Any] = (
        {"xanchor": "left", "xshift": 10}
        if wide
        else {"xanchor": "right", "yshift": 17, "bgcolor": plots.light("card")}
    )
    return [
        {"xref": "paper", "x": 1, "y": row_at, "showarrow": False, "align": "left", **place,
         "text": f"<b>{plots.text(row.said)}</b>{joint}{plots.text(row.interval)}",
         "font": {"color": plots.light("ink" if sure[row_at] else "warn"), "size": plots.TEXT_PX}}
        for row_at, row in enumerate(rows)
    ]  # fmt: skip

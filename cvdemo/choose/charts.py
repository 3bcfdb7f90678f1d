"""The frontier of the guide: published accuracy over the time here, and over the size where nothing is timed yet."""

import math
from collections.abc import Sequence
from typing import Any

from cvdemo import plots
from cvdemo.choose.advice import Advice
from cvdemo.choose.candidates import Candidate, frontier
from cvdemo.choose.words import METRICS, UNITS
from cvdemo.plots import Chart
from cvdemo.wording import NBSP, figures3

TITLE = "Nothing is both faster and better than the line"
BY_SIZE = "Nothing is both smaller and better than the line"
APART = 0.06  # of the height, between two names at the same place along the axis


def accuracy_chart(advice: Advice, known: Sequence[Candidate]) -> Chart | None:
    """Return the chart of all candidates with a published accuracy; None where nobody has one."""
    rated = [one for one in known if one.published is not None]
    if not rated:
        return None
    if along(known) == "milliseconds":
        return _over(advice, [one for one in rated if one.ms is not None], True)
    return _over(advice, [one for one in rated if one.mb is not None], False)


def along(known: Sequence[Candidate]) -> str | None:
    """Return the limit that lies along the chart's lower axis, as the demand calls it; None where there is no chart."""
    rated = [one for one in known if one.published is not None]
    if not rated:
        return None
    return "milliseconds" if any(one.ms is not None for one in rated) else "max_mb"


def _x(one: Candidate, by_time: bool) -> float:
    return float((one.ms if by_time else one.mb) or math.nan)


def _y(one: Candidate) -> float:
    return one.published.value if one.published else math.nan


def _front(rated: Sequence[Candidate], by_time: bool) -> list[Candidate]:
    if by_time:
        return list(frontier(rated))
    found: list[Candidate] = []
    for one in sorted(rated, key=lambda row: (_x(row, False), -_y(row))):
        if not found or _y(one) > _y(found[-1]):
            found.append(one)
    return found


def _over(advice: Advice, rated: Sequence[Candidate], by_time: bool) -> Chart:
    limit = advice.demand.milliseconds if by_time else advice.demand.max_mb
    front, unit = _front(rated, by_time), "ms" if by_time else "MB"
    xs = [_x(one, by_time) for one in rated]
    low, high = min(xs) / 1.35, max(xs) * 1.6
    if limit:  # within the axis it moves without moving the axis: it can be dragged
        low, high = min(low, limit / 1.1), max(high, limit * 1.1)
    ys = [_y(one) for one in rated]
    room = max(1.0, 0.12 * (max(ys) - min(ys)))
    bottom, top = math.floor(min(ys) - room), math.ceil(max(ys) + room)
    first = rated[0].published
    assert first is not None
    metric = first.metric
    what = "milliseconds for one photo, measured here" if by_time else "megabytes of weights"
    layout: dict[str, Any] = {
        "xaxis": plots.doubling(f"{what}, doubling scale", low, high),
        "yaxis": plots.axis(f"{METRICS[metric]}{',' if UNITS[metric] else ''}{UNITS[metric]}, published", bottom, top),
        "annotations": _names(advice, rated, front, by_time, (low, high), (bottom, top)),
        "shapes": _limit(limit, high) if limit else [],
    }
    answer = f"{len(rated)} networks; {len(front)} of them lie on the line."
    if limit:
        over = sum(_x(one, by_time) > limit for one in rated)
        answer = f"{answer} {over} of {len(rated)} need more than {figures3(limit)}{NBSP}{unit}: they are hollow."
    traces = [_line(front, by_time, high), *(_mark(one, advice, by_time) for one in rated)]
    narrow = {"annotations": [one for one in layout["annotations"] if one["font"]["weight"] == 650]}
    return Chart(TITLE if by_time else BY_SIZE, answer, tuple(traces), layout, narrow, height=320)


def _line(front: Sequence[Candidate], by_time: bool, end: float) -> dict[str, Any]:
    xs, ys = [_x(one, by_time) for one in front], [_y(one) for one in front]
    edge = {"line": {"color": plots.light("edge"), "width": 1.5, "shape": "hv"}, "hoverinfo": "skip"}
    return {**plots.curve("the line", [*xs, end], [*ys, ys[-1]], "edge", **edge), "mode": "lines"}


def _mark(one: Candidate, advice: Advice, by_time: bool) -> dict[str, Any]:
    hollow = bool(one.breaks(advice.demand))
    style: dict[str, Any] = plots.of_model(one.spec.family, second=hollow)
    style.pop("line", None)
    first = bool(advice.chosen) and one is advice.chosen[0]
    style["marker"] = {**style["marker"], "size": 16 if first else 11}
    x, unit = _x(one, by_time), "ms" if by_time else "MB"
    told = f"{one.spec.title}: {figures3(x)}{NBSP}{unit}, {_y(one):.1f}"
    style |= {"customdata": [plots.text(told)], "hovertemplate": "%{customdata}<extra></extra>"}
    return {
        **plots.curve(one.spec.title, plots.numbers([x]), plots.numbers([_y(one)]), one.spec.family, **style),
        "mode": "markers",
    }


def _limit(limit: float, end: float) -> list[dict[str, Any]]:
    """Return the limit as a line that can be dragged, and what lies over it in grey."""
    line = {"color": plots.light("accent"), "width": 2}
    over = {"type": "rect", "x0": limit, "x1": end, "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}}
    return [
        {**over, "fillcolor": plots.tint("sunk", 0.6), "layer": "below"},
        {"type": "line", "x0": limit, "x1": limit, "yref": "paper", "y0": 0, "y1": 1, "line": line},
    ]


def _names(
    advice: Advice, rated: Sequence[Candidate], front: Sequence[Candidate], by_time: bool,
    xs: tuple[float, float], ys: tuple[float, float],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return names of the chosen ones and those on the line, left of their marks; who finds no room has none."""
    found: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []
    chosen = [one for one in advice.chosen if one in rated]
    for one in dict.fromkeys([*chosen, *front]):
        along = math.log(_x(one, by_time) / xs[0]) / math.log(xs[1] / xs[0])
        up = (_y(one) - ys[0]) / (ys[1] - ys[0])
        if any(abs(along - x) < 0.2 and abs(up - y) < APART for x, y in taken):
            continue
        taken.append((along, up))
        name = plots.beside(one.spec.title, math.log10(_x(one, by_time)), _y(one), left=along > 0.25)
        weight = 650 if one in chosen else 400
        found.append({**name, "font": {**name["font"], "weight": weight}})
    return found

"""Curves of a training: loss and accuracy on photos that are only watched, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cvdemo import plots
from cvdemo.plots import Chart
from cvdemo.transfer import words
from cvdemo.transfer.result import Lesson
from cvdemo.transfer.training import Moment, Step
from cvdemo.wording import NBSP, percent

DASHES = {"stages": "solid", "all": "dash", "scratch": "dot"}
HEIGHT = 200
LEGEND_PX = 22  # of a line of it


@dataclass(frozen=True)
class Line:
    """One training's curve."""

    title: str
    family: str
    way: str
    moments: tuple[Moment, ...]

    @property
    def name(self) -> str:
        """What a legend calls it."""
        return f"{words.WAYS[self.way][0]}, {plots.shortened(self.title, 22)}"


def lines(lesson: Lesson, now: Step | None = None) -> list[Line]:
    """Return the curves of all trainings that are finished, and of the one that runs."""
    found = [Line(one.title, one.family, each.way, each.moments) for one in lesson.taught for each in one.trained]
    running = next((one for one in lesson.taught if now is not None and one.model == now.model), None)
    if running is not None and now is not None and now.moments:
        found.append(Line(running.title, running.family, now.way, now.moments))
    return found


def loss(drawn: Sequence[Line]) -> Chart:
    """Return the cross-entropy on the watched photos, and thin the one on those that are learned from."""
    traces = []
    for one in drawn:
        learned = [(moment.step, moment.loss) for moment in one.moments if moment.loss is not None]
        thin = {"line": {"width": 1, "dash": DASHES[one.way]}, "opacity": 0.6, "showlegend": False}
        name = f"{one.name}, learned photos"
        ys = plots.numbers(value for _, value in learned)
        traces.append(plots.curve(name, [step for step, _ in learned], ys, "ink-2", **thin, hovertemplate=_hover("")))
        ys = plots.numbers(moment.watched_loss for moment in one.moments)
        traces.append(_watched(one, ys, ""))
    said = "Loss falls while photos are learned; where it rises on the watched ones, the rest is learned by heart."
    return Chart(
        "Loss", said, tuple(traces), _layout("cross-entropy, nats", None), height=HEIGHT + LEGEND_PX * len(drawn)
    )


def right(drawn: Sequence[Line]) -> Chart:
    """Return how many of the watched photos are named rightly."""
    traces = [
        _watched(one, plots.numbers(100 * each.watched_right for each in one.moments), f"{NBSP}%") for one in drawn
    ]
    ends = ", ".join(f"{one.name}: {percent(one.moments[-1].watched_right)}" for one in drawn if one.moments)
    return Chart(
        "Accuracy", ends, tuple(traces), _layout(f"right,{NBSP}%", 101), height=HEIGHT + LEGEND_PX * len(drawn)
    )


def _watched(one: Line, ys: list[float | None], unit: str) -> dict[str, Any]:
    steps = [moment.step for moment in one.moments]
    style = plots.of_model(one.family)
    line = {"dash": DASHES[one.way]}
    return plots.curve(
        one.name, steps, ys, one.family, **style, line=line, mode="lines+markers", hovertemplate=_hover(unit)
    )


def _hover(unit: str) -> str:
    return f"step %{{x}}: %{{y:.3g}}{unit}<extra>%{{fullData.name}}</extra>"


def _layout(title: str, most: float | None) -> dict[str, Any]:
    more: dict[str, Any] = {} if most is not None else {"rangemode": "tozero"}
    return {
        "xaxis": plots.axis("steps of 16 photos", rangemode="tozero"),
        "yaxis": plots.axis(title, None if most is None else 0, most, **more),
        "showlegend": True,
    }

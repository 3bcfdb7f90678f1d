"""Lays the lesson out: a component above the tabs, and the work that its event starts."""

from dataclasses import dataclass
from typing import Any

from app.components.lesson import LessonBar
from app.components.photo import PhotoRail
from app.lab import Bench, Report, Wish, Work, say_what_is_wrong
from app.lab.busy import busy
from app.lab.handlers import handler
from app.lab.mount import HEAVY, POINT, QUIET
from app.lesson.opened import Lessons, told
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.lesson import words
from cvdemo.lesson.lessons import MOST_STEPS, OURS
from cvdemo.lesson.measures import MEASURES
from cvdemo.lesson.outcome import Outcome, Subject, outcome
from cvdemo.pairs import opening_pair
from cvdemo.settings import Settings, custom, whole


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 40:
        raise SettingError("The lesson must be the name of one.")
    return value


def _pair(value: Any) -> tuple[str, str]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise SettingError("Two classifiers are compared.")
    specs = [get(str(name)) for name in value]
    if any(spec.task != "classify" for spec in specs) or specs[0] == specs[1]:
        raise SettingError("Two classifiers are compared.")
    return specs[0].name, specs[1].name


@dataclass(frozen=True)
class Asked(Settings):
    """Which step is measured: of which lesson, with which pair; ``turn`` tells one wish of a page from the next."""

    lesson: str = custom(OURS, _name)
    step: int = whole(1, 1, MOST_STEPS, "step")
    turn: int = whole(0, 0, 1_000_000_000, "turn")
    pair: tuple[str, str] = custom(lambda: opening_pair().names, _pair)


def bench_of(lessons: Lessons) -> Bench:
    """Return the bench that measures the steps of ``lessons``."""

    def run(asked: Wish, _report: Report) -> Outcome:
        wanted: Asked = asked.settings
        step = lessons.step(wanted.lesson, wanted.step)
        measure = MEASURES[step.measure]
        return outcome(measure, measure.take(Subject(asked.path, asked.point_rc, wanted.pair)), step.see)

    def found(_asked: Wish, got: Outcome) -> dict[str, Any]:
        return {"outcome": {"right": got.right, "said": got.sentence, "place": got.place, "failed": None}}

    def refused(error: CvDemoError) -> dict[str, Any]:
        return {"outcome": {"failed": words.not_measured(str(error))}}

    measure = Work(
        run, found, lambda *_: {"busy": busy("Measuring on your photo")}, refused=refused, mode="always_last"
    )

    return Bench(
        id="lesson",
        question="What do you expect?",
        settings=Asked,
        draw=lambda _shown, _settings, _question: {},
        work={"measure": measure},
        first=lambda: {"outcome": None},
    )


def lay_out_lesson(lessons: Lessons, rail: PhotoRail) -> None:
    """Put the lesson where this is called: the bar that opens ``lessons``."""
    bench = bench_of(lessons)

    @say_what_is_wrong
    def lesson(asked: Any) -> dict[str, Any]:
        """Return the lesson that a link names, the step of it that is opened, and what is to be said."""
        wanted = asked if isinstance(asked, dict) else {}
        found, note = lessons.find(wanted.get("name"))
        step = wanted.get("step")
        if not note and step is not None and not (type(step) is int and 1 <= step <= len(found.steps)):
            note, step = words.no_such_step(step, found), 1
        return {**told(found), "step": 1 if note else step, "note": note}

    bar = LessonBar(bench.begin(), server_functions=[lesson], pair=list(opening_pair().names), ours=OURS)
    bar.measure(
        handler(bench, "measure"),
        inputs_kwargs={"photo": rail, "value": bar},
        outputs=bar,
        trigger_mode="always_last",
        **HEAVY,
    )
    rail.point(None, [bar, rail], bar, js=POINT, **QUIET)

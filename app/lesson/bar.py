"""Lays the lesson out: a component above the tabs, and the work that its event starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.components.lesson import LessonBar
from app.components.photo import PhotoRail
from app.lab import Bench, Lab, Report, Wish, Work, say_what_is_wrong
from app.lab.busy import busy
from app.lab.handlers import handler
from app.lab.mount import HEAVY, POINT, QUIET
from app.lab.share import share_facts
from app.lesson import printed
from app.lesson.opened import Lessons, told
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.lesson import words
from cvdemo.lesson.lessons import MOST_STEPS, OURS
from cvdemo.lesson.outcome import Outcome, Pick, Subject
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


def _pick(value: Any) -> Pick | None:
    return None if value is None else Pick.of(value)


@dataclass(frozen=True)
class Asked(Settings):
    """Which step is measured: of which lesson, with which pair; ``turn`` tells one wish of a page from the next.

    ``pick`` is the box that was picked as a guess, of a step that asks for one.
    """

    lesson: str = custom(OURS, _name)
    step: int = whole(1, 1, MOST_STEPS, "step")
    turn: int = whole(0, 0, 1_000_000_000, "turn")
    pair: tuple[str, str] = custom(lambda: opening_pair().names, _pair)
    pick: Pick | None = custom(None, _pick)


def bench_of(lessons: Lessons, suiting: Mapping[str, str]) -> Bench:
    """Return the bench that measures the steps of ``lessons``; ``suiting``: the starter photo of each lab."""

    def run(asked: Wish, _report: Report) -> Outcome:
        wanted: Asked = asked.settings
        step = lessons.step(wanted.lesson, wanted.step)
        return printed.judged(step, Subject(asked.path, asked.point_rc, wanted.pair, wanted.pick))

    def run_all(asked: Wish, report: Report) -> dict[str, Any]:
        wanted: Asked = asked.settings
        lesson, _ = lessons.find(wanted.lesson)
        return {"lesson": lesson.name, "steps": printed.measured(lesson, asked, wanted.pair, suiting, report)}

    def told(_asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
        return {"busy": busy(f"{step[0]} of {step[1]} steps measured" if step else "Measuring the steps")}

    return Bench(
        id="lesson",
        question="What do you expect?",
        settings=Asked,
        draw=lambda _shown, _settings, _question: {},
        work={
            "measure": Work(
                run,
                lambda _asked, got: {"outcome": printed.told(got)},
                lambda *_: {"busy": busy("Measuring on your photo")},
                refused=lambda error: {"outcome": printed.not_told(error)},
                mode="always_last",
            ),
            "sheet": Work(run_all, lambda _asked, rows: {"sheet": rows}, told, mode="always_last"),
        },
        first=lambda: {"outcome": None, "sheet": None},
    )


def lay_out_lesson(lessons: Lessons, labs: Sequence[Lab], rail: PhotoRail) -> None:
    """Put the lesson where this is called: the bar that opens ``lessons``, whose steps stand in ``labs``."""
    bench = bench_of(lessons, {lab.id: lab.starter for lab in labs})

    @say_what_is_wrong
    def lesson(asked: Any) -> dict[str, Any]:
        """Return the lesson that a link names, the step of it that is opened, and what is to be said."""
        wanted = asked if isinstance(asked, dict) else {}
        found, note = lessons.find(wanted.get("name"))
        step = wanted.get("step")
        if not note and step is not None and not (type(step) is int and 1 <= step <= len(found.steps)):
            note, step = words.no_such_step(step, found), 1
        return {**told(found), "step": 1 if note else step, "note": note}

    bar = LessonBar(bench.begin(), server_functions=[lesson, share_facts], pair=list(opening_pair().names), ours=OURS)
    for name, work in bench.work.items():
        getattr(bar, name)(
            handler(bench, name),
            inputs_kwargs={"photo": rail, "value": bar},
            outputs=bar,
            trigger_mode=work.mode,
            **HEAVY,
        )
    rail.point(None, [bar, rail], bar, js=POINT, **QUIET)

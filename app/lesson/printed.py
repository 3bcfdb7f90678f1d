"""What all steps of a lesson come to on this machine, for the sheet that a teacher prints."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from app.lab import Report, Wish
from cvdemo import starters
from cvdemo.errors import CvDemoError, Stopped
from cvdemo.lesson import words
from cvdemo.lesson.lessons import Lesson, Step
from cvdemo.lesson.measures import MEASURES
from cvdemo.lesson.outcome import Outcome, Subject, outcome


def subject(step: Step, asked: Wish, pair: tuple[str, str], suiting: Mapping[str, str]) -> Subject:
    """Return what a step is measured on: the visitor's own photo, else the starter that suits its lab."""
    if asked.path not in {one.path for one in starters.all()}:
        return Subject(asked.path, asked.point_rc, pair)
    starter = starters.get(starters.best(suiting.get(step.lab, "")))
    return Subject(starter.path, starter.point_rc, pair)


def judged(step: Step, on: Subject) -> Outcome:
    """Measure one step, and what it tells besides.

    Raises:
        CvDemoError: that cannot be here.
    """
    measure = MEASURES[step.measure]
    got = outcome(measure, measure.take(on), step.see)
    with suppress(CvDemoError):  # it can do without
        got = replace(got, beside=measure.beside())
    return got


def told(got: Outcome) -> dict[str, Any]:
    """Return an outcome for the browser."""
    return {"right": got.right, "said": got.sentence, "place": got.place, "beside": list(got.beside), "failed": None}


def not_told(error: CvDemoError) -> dict[str, Any]:
    """Return for the browser that there is no outcome."""
    return {"failed": words.not_measured(str(error))}


def measured(
    lesson: Lesson, asked: Wish, pair: tuple[str, str], suiting: Mapping[str, str], report: Report
) -> dict[str, dict[str, Any]]:
    """Return what each step came to, by its id; one that cannot be measured says so and stops no other."""
    rows = {}
    for place, step in enumerate(lesson.steps):
        report(place, len(lesson.steps))
        try:
            rows[step.id] = told(judged(step, subject(step, asked, pair, suiting)))
        except Stopped:
            raise
        except CvDemoError as error:
            rows[step.id] = not_told(error)
    return rows

"""The lessons of this installation: ours, and those that a teacher put beside it; read and checked at the start."""

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cvdemo.errors import SettingError
from cvdemo.lesson import words
from cvdemo.lesson.findings import FINDINGS, Finding
from cvdemo.lesson.lessons import FOLDER, OURS, Lesson, LessonError, Step, read

LOG = logging.getLogger(__name__)
NAME = re.compile(r"(?!\d+$)[\w-]{1,40}", re.ASCII)
MOST = 50
"""Files that are read."""


@dataclass(frozen=True)
class Lessons:
    """What could be read, by name, and of what could not be the sentence why."""

    known: dict[str, Lesson] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> Lesson | None:
        """Return the one that the page's button opens."""
        return self.known.get(OURS)

    def invitation(self) -> str:
        """Return the words of the button that opens ours; "" where it cannot be opened."""
        return words.invitation(self.ours) if self.ours else ""

    def lab_of(self, link: str | None) -> str | None:
        """Return the lab of the step that a link names, as ``3``, ``name`` or ``name.3``; None where it names none."""
        if not isinstance(link, str):
            return None
        name, _, number = ("", "", link) if link.isdecimal() else link.partition(".")
        lesson, place = self.known.get(name or OURS), int(number[:6]) if number.isdecimal() else 1
        return lesson.steps[place - 1].lab if lesson and 1 <= place <= len(lesson.steps) else None

    def find(self, name: object) -> tuple[Lesson, str]:
        """Return the lesson called ``name`` (None: ours), and what is to be said of it: it may be another one.

        Raises:
            SettingError: there is none at all.
        """
        wanted = OURS if name is None else str(name)[:40]
        if wanted in self.known:
            return self.known[wanted], ""
        if self.ours is None:
            raise SettingError(self.faults.get(wanted) or self.faults.get(OURS) or words.no_such_lesson(wanted))
        fault = self.faults.get(wanted)
        return self.ours, words.instead(fault) if fault else words.no_such_lesson(wanted)

    def step(self, name: object, number: object) -> Step:
        """Return step ``number`` of a lesson, from 1.

        Raises:
            SettingError: there is no such lesson or step.
        """
        lesson = self.known.get(str(name))
        if lesson is None or type(number) is not int or not 1 <= number <= len(lesson.steps):
            raise SettingError("this step is not known here")
        return lesson.steps[number - 1]


def read_all(labs: Collection[str], folder: Path = FOLDER) -> Lessons:
    """Read every lesson of ``folder``; what is wrong with one is told in the log and where its link is opened."""
    found = Lessons()
    for file in sorted(folder.glob("*.toml"))[:MOST]:
        try:
            if not NAME.fullmatch(file.stem):
                raise LessonError(f"{file.name}: letters, digits, - and _ make a link. Call the file otherwise.")
            found.known[file.stem] = read(file, labs)
        except LessonError as error:
            found.faults[file.stem] = str(error)
            LOG.warning("A lesson cannot be opened: %s", error)
    return found


def told(lesson: Lesson) -> dict[str, Any]:
    """Return what the browser needs of a lesson: all but the sentences of outcomes."""
    names = ("id", "lab", "state", "question", "predict", "choices", "control", "do", "why", "but", "source",
             "label", "hide", "watch", "more", "minutes", "pick")  # fmt: skip
    rows = [
        {**{name: getattr(step, name) for name in names}, "done": vars(step.done), "also": _also(step)}
        for step in lesson.steps
    ]
    return {"name": lesson.name, "title": lesson.title, "steps": rows}


def _also(step: Step) -> Finding | None:
    return FINDINGS[step.also]() if step.also else None

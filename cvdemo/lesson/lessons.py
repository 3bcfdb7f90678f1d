"""Lessons as files: read, and checked so closely that a fault is told with its file, its step and what to do."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from cvdemo.errors import CvDemoError
from cvdemo.lesson.findings import FINDINGS
from cvdemo.lesson.measures import MEASURES
from cvdemo.lesson.outcome import endings
from cvdemo.wording import listed

FOLDER = Path(__file__).parents[2] / "assets" / "lessons"
OURS = "cnn_or_vit"
EVENTS = ("click", "input", "change", "decided")
"""The last one is Detect's own: it is known what becomes of the picked box, or of all."""
MOST_STEPS = 40
TEXTS = ("id", "lab", "state", "question", "predict", "control", "do", "measure", "why", "but", "source")
"""What every step has, a text each; a beat each from ``predict`` on."""


class LessonError(CvDemoError):
    """A lesson cannot be opened; the message names file and step."""


@dataclass(frozen=True)
class Move:
    """What the visitor does, as the page notices it: an event on the lit control.

    Args:
        on: one of `EVENTS`.
        least, most: what the control's number must reach, or a text's count of letters.
    """

    on: str
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Step:
    """One step: a lab in a state, and four beats.

    Args:
        state: what is set there, as the query of a link; ``{pair}`` stands for the two models that the page opens with.
        choices: id and text of each guess, in their order.
        control: CSS of what is lit while it is to be moved; ``label`` stands on it.
        hide: CSS of what is shown after the guess; ``watch`` of what stays undimmed, as the move changes it.
        measure: one of `MEASURES`; ``see`` has a sentence for each of `endings`.
        why: two sentences; ``but``: what would change the conclusion; ``source``: where they stand.
        more: title and link of what shows it.
        also: one of `FINDINGS`, which is told under why.
        pick: the choice that is guessed by a click on the lab's picture; "" where one chooses from all of them.
    """

    id: str
    lab: str
    state: str
    minutes: float
    question: str
    predict: str
    choices: tuple[tuple[str, str], ...]
    control: str
    do: str
    done: Move
    measure: str
    see: dict[str, str]
    why: str
    but: str
    source: str
    label: str = ""
    hide: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    also: str = ""
    pick: str = ""


@dataclass(frozen=True)
class Lesson:
    """All steps of one file, in order; ``name`` is the file's."""

    name: str
    title: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> float:
        """Of all steps together."""
        return sum(step.minutes for step in self.steps)


def read(file: Path, labs: Collection[str]) -> Lesson:
    """Return the lesson in ``file``, whose steps may open ``labs``.

    Raises:
        LessonError: it cannot be read, or does not hold what a lesson must.
    """
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise LessonError(f"{file.name} cannot be read. Put it into assets/lessons.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LessonError(f"{file.name} is no TOML: {error}. Mend that line.") from None
    rows, title = told.get("step"), told.get("title")
    if not isinstance(title, str) or not title.strip():
        raise LessonError(f'{file.name} has no title. Begin it with a line title = "..".')
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_STEPS:
        raise LessonError(f"{file.name} must have 1 to {MOST_STEPS} steps. Begin each with a line [[step]].")
    steps = tuple(_Reading(f"{file.name}, step {place}", row).step(labs) for place, row in enumerate(rows, 1))
    names = [step.id for step in steps]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise LessonError(f"{file.name}: two steps are called {twice}. Give each an id of its own.")
    return Lesson(file.stem, title, steps)


@dataclass(frozen=True)
class _Reading:
    """One step as it stands in the file, and what a fault in it begins with."""

    where: str
    row: Any

    def fault(self, what: str) -> LessonError:
        return LessonError(f"{self.where}: {what}")

    def step(self, labs: Collection[str]) -> Step:
        if not isinstance(self.row, dict):
            raise self.fault("it is no table. Begin it with a line [[step]].")
        unknown = set(self.row) - set(Step.__annotations__)
        if unknown:
            raise self.fault(f"{sorted(unknown)[0]} is not known. Known are {listed(sorted(Step.__annotations__))}.")
        texts = {name: self.text(name) for name in TEXTS}
        if texts["lab"] not in labs:
            raise self.fault(f"there is no lab {texts['lab']}. There are {listed(sorted(labs))}.")
        return Step(
            **texts,
            minutes=self.minutes(),
            choices=self.choices(texts["measure"]),
            done=self.move(),
            see=self.see(texts["measure"]),
            label=self.text("label") if "label" in self.row else "",
            hide=self.texts("hide"),
            watch=self.texts("watch"),
            more=self.pairs("more") if "more" in self.row else (),
            also=self.finding(),
            pick=self.picked(texts["measure"], texts["lab"]),
        )

    def text(self, name: str) -> str:
        value = self.row.get(name)
        empty = name == "state" and value == ""
        if not isinstance(value, str) or not (value.strip() or empty):
            raise self.fault(f'{name} is missing. Add a line {name} = "..".')
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.row.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.fault(f'{name} must be a list of texts: {name} = ["..", ".."].')
        return tuple(value)

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        value = self.row.get(name)
        right = isinstance(value, list) and all(
            isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) and part.strip() for part in one)
            for one in value
        )
        if not right or not isinstance(value, list):
            raise self.fault(f'{name} must be a list of pairs: {name} = [["..", ".."], ["..", ".."]].')
        return tuple((one, other) for one, other in value)

    def finding(self) -> str:
        name = self.text("also") if "also" in self.row else ""
        if name and name not in FINDINGS:
            raise self.fault(f"there is no finding {name}. There is {listed(sorted(FINDINGS))}.")
        return name

    def picked(self, measure: str, lab: str) -> str:
        id = self.text("pick") if "pick" in self.row else ""
        if id and MEASURES[measure].picked_in != lab:
            raise self.fault(f"nothing that {measure} judges can be picked in {lab}. Take the line pick away.")
        if id and id not in MEASURES[measure].choices:
            raise self.fault(f"pick must be one of {listed(list(MEASURES[measure].choices))}.")
        return id

    def minutes(self) -> float:
        value = self.row.get("minutes")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 60:
            raise self.fault("minutes must be a number up to 60. Add a line minutes = 2.")
        return float(value)

    def choices(self, measure: str) -> tuple[tuple[str, str], ...]:
        if measure not in MEASURES:
            raise self.fault(f"there is no measure {measure}. There are {listed(sorted(MEASURES))}.")
        found, named = self.pairs("choices"), MEASURES[measure].choices
        ids = [id for id, _ in found]
        for id in ids:
            if id not in named:
                raise self.fault(f"no outcome of {measure} is called {id}. Its outcomes are {listed(list(named))}.")
        for id in named:
            if ids.count(id) != 1:
                raise self.fault(f"the choice {id} must stand there once, as {measure} can call it right.")
        return found

    def see(self, measure: str) -> dict[str, str]:
        value, known = self.row.get("see"), MEASURES[measure].figures
        wanted = endings(MEASURES[measure])
        if not isinstance(value, dict) or set(value) != set(wanted):
            raise self.fault(f"see must have a sentence for each of {listed(list(wanted))}, and no other.")
        for id, sentence in value.items():
            for name in self.figures(sentence, f"see.{id}"):
                if name not in known:
                    raise self.fault(f"see.{id} asks for {{{name}}}. {measure} knows {listed(list(known))}.")
        return dict(value)

    def figures(self, sentence: Any, name: str) -> list[str]:
        if not isinstance(sentence, str) or not sentence.strip():
            raise self.fault(f"{name} must be a sentence.")
        try:
            return [field for _, field, _, _ in Formatter().parse(sentence) if field is not None]
        except ValueError:
            raise self.fault(f"{name} has a brace without its partner. Write {{{{ for one that shall stay.") from None

    def move(self) -> Move:
        value = self.row.get("done")
        if not isinstance(value, dict) or value.get("on") not in EVENTS:
            raise self.fault(f'done must say what is noticed: done = {{on = "..."}}, one of {listed(list(EVENTS))}.')
        limits = {name: value[name] for name in ("least", "most") if name in value}
        numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in limits.values())
        if set(value) - {"on", "least", "most"} or not numbers:
            raise self.fault("done knows on, least and most; the last two are numbers.")
        return Move(value["on"], **limits)

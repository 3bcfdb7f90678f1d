"""One question with four choices: one is right, each wrong one names the misconception that it comes from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

CHOICES = 4
About = Literal["photo", "machine", "theory"]


@dataclass(frozen=True)
class Miss:
    """A wrong choice.

    Args:
        value: the number or text that it stands for.
        because: the misconception, as a sentence to whoever chose it.
    """

    value: float | str
    because: str


@dataclass(frozen=True)
class Mark:
    """A box on the photo, ``xyxy`` in pixels of the upright photo; ``label`` "" leaves it without a letter."""

    label: str
    xyxy: tuple[float, float, float, float]


@dataclass(frozen=True)
class Grid:
    """A small table of numbers or words that a question shows, with its name above."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Choices:
    """The choices in the order in which they are shown.

    Args:
        texts: four different ones.
        right: the place of the right one.
        because: the misconception behind each; "" at the right one.
    """

    texts: tuple[str, ...]
    right: int
    because: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.texts)) != CHOICES or len(self.because) != CHOICES or not 0 <= self.right < CHOICES:
            raise ValueError(f"a question needs {CHOICES} different choices, got {self.texts}")
        if [place for place, text in enumerate(self.because) if not text] != [self.right]:
            raise ValueError("each wrong choice names its misconception, the right one none")


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        topic: which kind of question it is; one of `topics.TOPICS`.
        about: what its answer depends on.
        lab: the tab that shows it, with ``state``, the query of a link to it.
        figure: the right answer as it is told, with its unit.
        reason: why, with the numbers that it follows from; true whatever was chosen.
        marks, point_rc: what is drawn on the photo; the photo is shown where there are any, or ``on_photo``.
    """

    topic: str
    about: About
    text: str
    choices: Choices
    figure: str
    reason: str
    lab: str
    state: dict[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    point_rc: tuple[int, int] | None = None
    on_photo: bool = False
    grids: tuple[Grid, ...] = ()


def paired(because: tuple[str, ...], *values: float) -> list[Miss]:
    """Return wrong numbers with the misconception behind each, in the same order."""
    return [Miss(value, text) for value, text in zip(values, because, strict=True)]


def numbers(
    draw: np.random.Generator,
    right: float,
    misses: Iterable[Miss],
    form: Callable[[float], str],
    apart: float,
) -> Choices | None:
    """Return the right number among three wrong ones; None where there are not three that differ enough.

    Args:
        misses: near misses; the first that fit are taken, in random order, so that one quiz differs from the next.
        form: how a number is written.
        apart: by how much two choices differ at least, in the numbers' own unit.
    """
    taken: list[Miss] = []
    pool = list(misses)
    for place in draw.permutation(len(pool)):
        one = pool[int(place)]
        values = [right, *(float(miss.value) for miss in taken)]
        far = all(abs(float(one.value) - value) >= apart for value in values)
        if far and form(float(one.value)) not in {form(value) for value in values}:
            taken.append(one)
    return words(draw, form(right), [Miss(form(float(one.value)), one.because) for one in taken])


def words(draw: np.random.Generator, right: str, misses: list[Miss]) -> Choices | None:
    """Return the right text among the first three wrong ones, in random order; None where there are fewer."""
    if len(misses) < CHOICES - 1:
        return None
    rows = [(right, ""), *((str(miss.value), miss.because) for miss in misses[: CHOICES - 1])]
    order = [int(place) for place in draw.permutation(CHOICES)]
    texts, because = zip(*(rows[place] for place in order), strict=True)
    return Choices(texts, order.index(0), because)

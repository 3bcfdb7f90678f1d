"""What the quiz says of itself: how many questions are about what."""

from typing import Any

import numpy as np

from cvdemo.quiz import words
from cvdemo.quiz.question import Choices, Question
from cvdemo.quiz.quiz import Quiz
from tests.sentences.table import Reader, holds, true_of

ABOUT: tuple[Any, ...] = ("photo", "machine", "theory")
CHOICES = Choices(("1", "2", "3", "4"), 0, ("", "a.", "b.", "c."))


@true_of(
    words.begun,
    _=r"(\d+) questions: (?:(\d+) about your photo)?(?:, | and )?(?:(\d+) about this machine)?(?:, | and )?"
    r"(?:(\d+) about networks)?\.",
)
def of_what(draw: np.random.Generator, read: Reader) -> None:
    kinds = draw.choice(3, int(draw.integers(1, 16)), p=draw.dirichlet((1, 1, 1)))
    rows = tuple(
        Question("odds", ABOUT[kind], f"{place}?", CHOICES, "1", "r.", "x") for place, kind in enumerate(kinds)
    )
    said = read(words.begun(Quiz(1, rows)))
    holds(said.parts[0], len(rows))
    for place, kind in enumerate(range(3)):
        count = int((kinds == kind).sum())
        if count:
            holds(said.parts[1 + place], count)
        else:
            assert said.parts[1 + place] == ""

"""Draws fifteen questions out of a seed: most about the photo and the machine, the rest about networks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cvdemo.errors import CvDemoError, Stopped
from cvdemo.quiz.question import Question
from cvdemo.quiz.settings import QUESTIONS
from cvdemo.quiz.subject import Subject
from cvdemo.quiz.topics import TOPICS, Topic

OWN = 11
"""So many are about the photo or the machine, where it gives that many."""
ROUNDS = 4
"""How often a kind of question is drawn anew where it made none, or too few kinds are left."""

Told = Callable[[int, int], None]
"""Called with how many questions stand, and of how many; may raise Stopped."""


@dataclass(frozen=True)
class Quiz:
    """The questions in the order in which they are asked.

    Args:
        failed: sentences of what could not be measured; other questions stand in its place.
    """

    seed: int
    questions: tuple[Question, ...]
    failed: tuple[str, ...] = ()


def draw(subject: Subject, seed: int, told: Told | None = None) -> Quiz:
    """Return fifteen questions about ``subject``; the same seed and figures give the same ones.

    No two have the same text. Where the photo gives too few (it is blank, or there is no ViT here), kinds of questions
    come twice with other numbers, those about the photo first.

    Raises:
        Stopped: raised by ``told``.
    """
    random = np.random.default_rng(seed)
    own = _shuffled([one for one in TOPICS if one.about != "theory"], random)
    theory = _shuffled([one for one in TOPICS if one.about == "theory"], random)
    asked: dict[str, Question] = {}
    failed: list[str] = []
    for wanted, topics in ((OWN, own), (QUESTIONS, theory), (QUESTIONS, own)):
        for question in _made(subject, topics, seed, failed):
            if len(asked) >= wanted:
                break
            asked.setdefault(question.text, question)
            if told is not None:
                told(len(asked), QUESTIONS)
    return Quiz(seed, tuple(_shuffled(list(asked.values()), random)), tuple(dict.fromkeys(failed)))


def _made(subject: Subject, topics: Sequence[Topic], seed: int, failed: list[str]) -> Iterator[Question]:
    """Yield questions, one a topic, then again; each out of random numbers of its own."""
    for attempt in range(ROUNDS):
        for topic in topics:
            number = TOPICS.index(topic)
            try:
                question = topic.make(subject, np.random.default_rng((seed, number, attempt)))
            except Stopped:
                raise
            except CvDemoError as error:
                failed.append(str(error))
                continue
            if question is not None:
                yield question


def _shuffled(rows: list, random: np.random.Generator) -> list:
    return [rows[int(place)] for place in random.permutation(len(rows))]

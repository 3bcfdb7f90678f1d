"""What the quiz's rooms share: a random question of one kind, about a photo on a machine that never was."""

import functools
from pathlib import Path

import numpy as np

from cvdemo import catalogue, starters
from cvdemo.quiz.question import Question
from cvdemo.quiz.subject import Subject
from cvdemo.quiz.topics import TOPICS
from tests.quiz_duel import MACHINES, racers

MAKE = {topic.id: topic.make for topic in TOPICS}
TRIES = 50


@functools.cache
def subject(name: str) -> Subject:
    """Return a starter photo as the quiz takes it, asked of the smallest CNN; what it measures is measured once."""
    starter = starters.get(name)
    found = Subject(Path(starter.path), starter.point_rc)
    machine = list(MACHINES.values())[len(name) % 2]
    found.__dict__.update(cnn=catalogue.get("mini_resnet"), duel=racers(machine))
    return found


def question(topic: str, draw: np.random.Generator, *names: str) -> tuple[Question, Subject]:
    """Return a question of a kind about one of the starter photos ``names``: it may take several draws."""
    for _ in range(TRIES):
        about = subject(str(draw.choice(names or ("cat",))))
        made = MAKE[topic](about, draw)
        if made is not None:
            return made, about
    raise AssertionError(f"{topic} asks nothing about {names}")

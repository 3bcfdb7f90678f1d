"""Where to go from each lab: to that of the lesson's next step, and from the others to where their figures are used."""

from collections.abc import Sequence
from itertools import pairwise

from app.lab import Lab
from app.lesson.opened import Lessons

BESIDE = {"latency": "choose"}
"""From labs that no step opens."""


def following(lessons: Lessons, labs: Sequence[Lab]) -> dict[str, dict[str, str]]:
    """Return for each lab the one that follows it, and its question, as the end of its notes: the last one has none."""
    steps = lessons.ours.steps if lessons.ours else ()
    after = {step.lab: (later.lab, later.question) for step, later in pairwise(steps)}
    questions = {lab.id: lab.question for lab in labs}
    beside = {lab: (to, questions[to]) for lab, to in BESIDE.items() if to in questions}
    found = {**beside, **after}
    return {lab.id: {"tab": found[lab.id][0], "text": found[lab.id][1]} for lab in labs if lab.id in found}

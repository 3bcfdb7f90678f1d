"""What the lesson says: its own words here; the sentences of its steps stand in test_lesson.py, with their measures."""

import numpy as np

from cvdemo.lesson import words
from cvdemo.lesson.lessons import OURS, Lesson, Move, Step
from tests.sentences.table import Reader, holds, same, true_of


def random_lesson(draw: np.random.Generator) -> Lesson:
    steps = tuple(
        Step(f"step-{place}", "classify", "", float(draw.integers(1, 5)), "?", "?", (("a", "A"), ("b", "B")), "b", ".",
             Move("click"), "m", {}, ".", ".", ".")
        for place in range(draw.integers(1, 9))
    )  # fmt: skip
    return Lesson(OURS, "A lesson", steps)


@true_of(words.invitation, _=r"Lesson: (\d+) (steps?), (\d+) minutes")
def invitation(draw: np.random.Generator, read: Reader) -> None:
    lesson = random_lesson(draw)
    count, several, minutes = read(words.invitation(lesson)).parts
    holds(count, len(lesson.steps))
    same(several, "step" if len(lesson.steps) == 1 else "steps")
    holds(minutes, sum(step.minutes for step in lesson.steps))


@true_of(words.not_measured, _=r"This step could not be measured here \((.+)\)\. It does not count\.")
def not_measured(draw: np.random.Generator, read: Reader) -> None:
    reasons = {
        "The photo is too small.": "the photo is too small",
        "HOG found nobody. Try another photo.": "HOG found nobody. Try another photo",
        "no CNN is here": "no CNN is here",
        "ViT-S/16 is not here": "ViT-S/16 is not here",
    }
    reason = str(draw.choice(list(reasons)))
    same(read(words.not_measured(reason)).parts[0], reasons[reason])


@true_of(words.no_such_step, _=r"The lesson has (\d+) steps?, so there is no step (-?\d+)\. This is its first one\.")
def no_such_step(draw: np.random.Generator, read: Reader) -> None:
    lesson, step = random_lesson(draw), int(draw.integers(20, 100))
    count, asked = read(words.no_such_step(step, lesson)).parts
    holds(count, len(lesson.steps))
    holds(asked, step)


@true_of(words.no_such_lesson, _=r"There is no lesson '(.+)' here\. This is ours, (\w+)\.")
def no_such_lesson(draw: np.random.Generator, read: Reader) -> None:
    name = str(draw.choice(["physics", "my-lesson"]))
    asked, ours = read(words.no_such_lesson(name)).parts
    same(asked, name)
    same(ours, OURS)


@true_of(words.instead, _=r"(.+\.) This is ours instead\.")
def instead(draw: np.random.Generator, read: Reader) -> None:
    fault = str(draw.choice(["mine.toml has no title.", "mine.toml, step 1: there is no lab x."]))
    same(read(words.instead(fault)).parts[0], fault)

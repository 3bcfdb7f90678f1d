"""What the lesson says: its own words here; the sentences of its steps stand in test_lesson.py, with their measures."""

import re

import numpy as np

from cvdemo.lesson import crowds, words
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


@true_of(
    crowds.of_crowd,
    _=r"Of the (\d+) crowded cells, which we drew, the limit ([\d.]+) misses (\d+), on (\d+) of which the detector had "
    r"a box that NMS removed; ([\d.]+) misses (\d+) \((\d+) removed by NMS\) and keeps (\d+) boxes too many, "
    r"against (\d+) at ([\d.]+)\.",
)
def of_crowd(draw: np.random.Generator, read: Reader) -> None:
    sides = []
    for limit in (0.2, 0.9):
        missed = int(draw.integers(0, 40))
        sides.append(crowds.Side(limit, missed, int(draw.integers(0, missed + 1)), int(draw.integers(0, 30))))
    strict, loose = sides
    said = read(crowds.of_crowd(crowds.Crowd(40, strict, loose))).parts
    wanted = (40, 0.2, strict.missed, strict.removed, 0.9, loose.missed, loose.removed, loose.spare, strict.spare, 0.2)
    for text, value in zip(said, wanted, strict=True):
        holds(text, value)


@true_of(crowds.of_times, _=r"Greedy NMS alone takes, as the median of (\d+) runs and from lowest to highest, (.+)\.")
def of_times(draw: np.random.Generator, read: Reader) -> None:
    runs = tuple(map(float, draw.gamma(2, 3, 5) + 0.01))
    count, told = read(crowds.of_times((crowds.Timing(100, runs), crowds.Timing(8_400, runs)))).parts
    holds(count, 5)
    for place, boxes in enumerate(("100", "8,400")):
        median, named, low, high = re.findall(
            r"([\d.,]+) ms for ([\d,]+) boxes \(([\d.,]+) ms to ([\d.,]+) ms\)", told
        )[place]
        same(named, boxes)
        for text, value in ((median, sorted(runs)[2]), (low, min(runs)), (high, max(runs))):
            holds(text, value)

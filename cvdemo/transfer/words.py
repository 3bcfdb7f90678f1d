"""The sentences of the Teach tab, made from the numbers on screen."""

import numpy as np

from cvdemo.photo_sets.words import split as split_of
from cvdemo.probes import mcnemar
from cvdemo.probes.scores import ALPHA
from cvdemo.transfer.result import Lesson, Way
from cvdemo.wording import NBSP, called, percent

QUESTION = "How few photos teach a network your own things?"
WAYS = {
    "majority": ("Always the commonest", "guesses"),
    "nearest": ("Nearest neighbour", "compares, learns nothing"),
    "probe": ("Probe", "learns the last layer"),
    "stages": ("Last stages", "a third of the stages learns"),
    "all": ("All layers", "everything learns"),
    "scratch": ("From scratch", "no earlier training"),
}
"""What each way is called, and what it does."""
SELF_SUPERVISED = ("dinov2_small", "dinov2_base", "dinov2_large")
OVERLAP = "Bar = 95 % interval. Where bars overlap this much, do not choose by the dot.".replace(" %", f"{NBSP}%")
WHY_TITLE = "Why is the last layer enough?"
WHY = (
    "The network already turns photos into useful numbers, learned from many thousands of others. A new last layer "
    "only has to draw a line between your things. The nearer your photos are to those it knows, the less there is to "
    "change."
)


def answer(lesson: Lesson) -> str:
    """Return which probe names most held-out photos, and whether that is sure."""
    probes = [one.way("probe") for one in lesson.taught]
    names = called(lesson.taught)
    best = max(range(len(probes)), key=lambda place: probes[place].score.right)
    right, of = probes[best].score.right, probes[best].score.of
    if right <= lesson.majority.score.right or not surely(lesson, probes[best], lesson.majority):
        always = lesson.photos.classes[int(lesson.majority.predicted[0])]
        return f"No way beats always saying {always} for sure. More or clearer photos are needed."
    others = [place for place in range(len(probes)) if place != best]
    if not others:
        low, high = probes[best].score.ci95
        return (
            f"The probe on {names[best]} names {right} of {of} held\u2011out photos: {percent(right / of)} "
            f"({percent(low)} to {percent(high)})."
        )
    next_best = max(others, key=lambda place: probes[place].score.right)
    second = probes[next_best].score.right
    told = f"The probe on {names[best]} names {right} of {of} held\u2011out photos"
    other = f"the one on {names[next_best]}"
    if not surely(lesson, probes[best], probes[next_best]):
        return f"{told}, {other} {second}: too close to call."
    return f"{told}; {other} only {second}."


def surely(lesson: Lesson, one: Way, other: Way) -> bool:
    """Return whether two ways are right unequally often for sure: McNemar's test on the same photos, 5 %."""
    return mcnemar(one.predicted == lesson.labels, other.predicted == lesson.labels) < ALPHA


def best_probe(lesson: Lesson) -> int:
    """Return the place of the backbone whose probe is right most often, the first of equal ones."""
    return max(range(len(lesson.taught)), key=lambda place: lesson.taught[place].way("probe").score.right)


def more(lesson: Lesson) -> str:
    """Return what training more layers brought to the backbone with the best probe; "" where none was trained."""
    one = lesson.taught[best_probe(lesson)]
    trained = [way for way in one.ways if way.name in ("stages", "all")]
    if not trained:
        return ""
    probe = one.way("probe")
    best = max(trained, key=lambda way: way.score.right)
    if not surely(lesson, best, probe):
        return "Training more layers: too close to call."
    name = WAYS[best.name][0].lower()
    if best.score.right > probe.score.right:
        return f"Training more layers ({name}) names {best.score.right}."
    return f"Training more layers names only {best.score.right} ({name})."


def scratch(lesson: Lesson) -> str:
    """Return how the best backbone does without its earlier training; "" where that was not tried."""
    place = best_probe(lesson)
    one = lesson.taught[place]
    if not any(way.name == "scratch" for way in one.ways):
        return ""
    score, name = one.way("scratch").score, called(lesson.taught)[place]
    low, high = score.ci95
    return (
        f"From random weights {name} names {score.right} of {score.of}: {percent(score.share)} "
        f"({percent(low)} to {percent(high)})."
    )


def teaching(done: int, of: int, left_s: float | None) -> str:
    """Return how far a training of all ways is."""
    left = f", about {max(1, round(left_s)):,}{NBSP}s left" if left_s is not None else ""
    return f"Teaching: {done} of {of} ways done{left}. No verdict before the end."


def stopped(done: int, of: int) -> str:
    """Return what is said where a training of all ways was stopped."""
    return f"Stopped. {done} of {of} ways are finished and kept."


def split(lesson: Lesson) -> str:
    """Return how many photos are learned from and tested on, and how many near-duplicates were found."""
    return split_of(lesson.out, lesson.groups)


def curve(lesson: Lesson) -> str:
    """Return what the curves show: with how many photos a class a probe does how well at its ends."""
    told = []
    for name, one in zip(called(lesson.taught), lesson.taught, strict=True):
        if len(one.curve) > 1:
            first, last = one.curve[0], one.curve[-1]
            a_class = f"{first.count} photo{'' if first.count == 1 else 's'} of each class"
            told.append(
                f"{name[:1].upper()}{name[1:]}: {percent(first.mean)} with {a_class}, "
                f"{percent(last.mean)} with {last.count}."
            )
    return " ".join(told) or "More photos are needed for a curve."


def self_supervised(lesson: Lesson) -> str:
    """Return what the curves say of the lesson's claim on self-supervised features; "" where none can be compared.

    Draws have a number in common for all backbones, and so their photos: they are compared in pairs, by a sign test.
    """
    drawn = [(name, one) for name, one in zip(called(lesson.taught), lesson.taught, strict=True) if one.curve]
    own = [row for row in drawn if row[1].model in SELF_SUPERVISED]
    others = [row for row in drawn if row[1].model not in SELF_SUPERVISED]
    if not own or not others:
        return ""
    (name, one), (other_name, other) = (max(rows, key=lambda row: row[1].curve[0].mean) for rows in (own, others))
    few, theirs = one.curve[0], other.curve[0]
    better = [mine > yours for mine, yours in zip(few.shares, theirs.shares, strict=True)]
    worse = [mine < yours for mine, yours in zip(few.shares, theirs.shares, strict=True)]
    if mcnemar(np.array(better), np.array(worse)) >= ALPHA:
        verdict = "too close to call"
    else:
        verdict = "as the lesson says" if sum(better) > sum(worse) else "not what the lesson says"
    return (
        f"Do features learned without labels need fewer photos? With {few.count} of each class {name} is right "
        f"{percent(few.mean)} of the time, {other_name} {percent(theirs.mean)}; {name} is ahead in {sum(better)} of "
        f"{len(better)} draws: {verdict}."
    )


def confused(lesson: Lesson, place: int) -> str:
    """Return how many of the held-out photos a backbone's probe took for something else."""
    score = lesson.taught[place].way("probe").score
    wrong = score.of - score.right
    if not wrong:
        return f"None of {score.of} is wrong."
    cells = lesson.confusion(lesson.taught[place].way("probe")).copy()
    np.fill_diagonal(cells, 0)
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    classes = lesson.photos.classes
    most = f" Most often {classes[row]} is taken for {classes[column]}." if (cells == cells.max()).sum() == 1 else ""
    return f"{wrong} of {score.of} {'is' if wrong == 1 else 'are'} wrong.{most}"

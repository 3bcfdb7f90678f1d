"""Questions about this machine: which of two models is faster here, and how long one takes, measured by a duel."""

from dataclasses import dataclass

import numpy as np

from cvdemo import catalogue
from cvdemo.catalogue import Figures
from cvdemo.latency.result import Duel, Pair, Racer
from cvdemo.quiz.question import Miss, Question, numbers, paired, words
from cvdemo.quiz.subject import Subject
from cvdemo.wording import figures3, milliseconds, scaled

TWICE = 2.0
NEAR = 0.2  # of the right time: nearer than that the next duel may tell otherwise


LASTING = (
    "You took both for equally fast.",
    "You turned it round: the other one is the slower one.",
    "You let the time grow like the pixels. They are looked at by different layers.",
)


@dataclass(frozen=True)
class Rival:
    """One racer with what can be counted of it."""

    racer: Racer
    counted: Figures
    median_ms: float


def faster(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask which of two models is faster here, and whether by more than twice."""
    duel, pairs = subject.duel, subject.pairs
    for place in draw.permutation(len(pairs)):
        pair = pairs[int(place)] if draw.random() < 0.5 else pairs[int(place)].turned()
        right = _bin(pair)
        one, other = _rival(duel, pair.a), _rival(duel, pair.b)
        if right is None or one is None or other is None:
            continue
        names = one.racer.title, other.racer.title
        misses = [
            Miss(_says(number, names), _because(number, right, one, other)) for number in range(4) if number != right
        ]
        choices = words(draw, _says(right, names), misses)
        if choices is not None:
            quick, slow = (one, other) if right < 2 else (other, one)
            ratio = pair.ratio if right < 2 else pair.ratio.turned()
            return Question(
                topic="faster",
                about="machine",
                text=f"{names[0]} and {names[1]} each answer one photo at their own input size. Which is faster here?",
                choices=choices,
                figure=_says(right, names),
                reason=(
                    f"Measured here in {ratio.rounds} rounds: {quick.racer.title} takes"
                    f" {milliseconds(quick.median_ms)}, {slow.racer.title} {milliseconds(slow.median_ms)}; that is"
                    f" {ratio.ratio:.2f} times, 95 % interval {ratio.low:.2f} to {ratio.high:.2f}."
                ),
                lab="latency",
                state={"models": f"{one.racer.model},{other.racer.model}"},
            )
    return None


def lasting(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how long one model takes here, given the time of another."""
    duel = subject.duel
    pairs = [pair for pair in subject.pairs if pair.ratio.verdict in ("faster", "slower")]
    for place in draw.permutation(len(pairs)):
        pair = pairs[int(place)] if draw.random() < 0.5 else pairs[int(place)].turned()
        one, other = _rival(duel, pair.a), _rival(duel, pair.b)
        question = None if one is None or other is None else _takes(one, other, duel.rounds, draw)
        if question is not None:
            return question
    return None


def _takes(one: Rival, other: Rival, rounds: int, draw: np.random.Generator) -> Question | None:
    given, right = one.median_ms, other.median_ms
    work, size = _work(other) / _work(one), other.counted.parameter_count / one.counted.parameter_count
    by_work = (
        f"You let the time grow like the multiply-adds, {figures3(work)} times. Moving numbers costs time as well."
    )
    by_size = f"You let the time grow like the parameters, {figures3(size)} times. How often each is used counts more."
    misses = [
        *paired(LASTING, given, given * given / right, given * (other.racer.side / one.racer.side) ** 2),
        Miss(given * work, by_work),
        Miss(given * size, by_size),
    ]
    choices = numbers(draw, right, misses, milliseconds, NEAR * right)
    if choices is None:
        return None
    return Question(
        topic="lasting",
        about="machine",
        text=(
            f"Here {one.racer.title} ({_counts(one)}) takes {milliseconds(given)} for one photo. How long does "
            f"{other.racer.title} ({_counts(other)}) take?"
        ),
        choices=choices,
        figure=milliseconds(right),
        reason=(
            f"Measured here in {rounds} rounds, medians: {one.racer.title} {milliseconds(given)}, {other.racer.title} "
            f"{milliseconds(right)}."
        ),
        lab="latency",
        state={"models": f"{one.racer.model},{other.racer.model}"},
    )


def _rival(duel: Duel, key: str) -> Rival | None:
    racer = next(one for one in duel.racers if one.key == key)
    counted, found = catalogue.figures(racer.model), duel.percentiles(racer)
    if counted is None or counted.multiply_adds is None or found is None:
        return None
    return Rival(racer, counted, found.p50)


def _work(one: Rival) -> int:
    return one.racer.multiply_adds or one.counted.multiply_adds or 1


def _counts(one: Rival) -> str:
    return f"{scaled(one.counted.parameter_count)} parameters, {scaled(_work(one))} multiply-adds"


def _bin(pair: Pair) -> int | None:
    """Return 0 where the first is more than twice as fast, 1 faster, 2 slower, 3 more than twice as slow; None: unsure.

    The whole interval must lie in it, and the duel must have given a verdict.
    """
    if pair.ratio.verdict not in ("faster", "slower"):
        return None
    low, high = pair.ratio.low, pair.ratio.high
    bounds = ((TWICE, np.inf), (1.0, TWICE), (1 / TWICE, 1.0), (0.0, 1 / TWICE))
    return next((number for number, (least, most) in enumerate(bounds) if least < low and high < most), None)


def _bin_of(ratio: float) -> int:
    return 0 if ratio > TWICE else 1 if ratio > 1 else 2 if ratio > 1 / TWICE else 3


def _says(number: int, names: tuple[str, str]) -> str:
    quick = names[0] if number < 2 else names[1]
    return f"{quick}, {'more than twice as fast' if number in (0, 3) else 'less than twice as fast'}"


def _because(number: int, right: int, one: Rival, other: Rival) -> str:
    work, size = _work(other) / _work(one), other.counted.parameter_count / one.counted.parameter_count
    if number == _bin_of(work):
        return (
            f"You went by multiply-adds: {scaled(_work(one))} against {scaled(_work(other))}. Time also goes into"
            " moving numbers and starting layers."
        )
    if number == _bin_of(size):
        return (
            f"You went by parameters: {scaled(one.counted.parameter_count)} against "
            f"{scaled(other.counted.parameter_count)}. How often each is used counts more."
        )
    if (number < 2) == (right < 2):
        return "You have the right one, but not by how much. Only a measurement tells that."
    if number in (0, 3):
        return "You took the slower one for the faster one by far. A name or a family says nothing about time here."
    return "You took the slower one for the faster one. The order of two models is another on another machine."

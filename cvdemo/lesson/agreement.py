"""Do the CNN and the ViT name the same thing first?"""

from dataclasses import dataclass

from cvdemo.classify import Classification, classify
from cvdemo.errors import CvDemoError
from cvdemo.lesson.outcome import Measure, Subject
from cvdemo.wording import called, percent

MARGIN = 0.01
"""Of 1: where a model's first two answers are nearer, the order of the two says nothing."""
NEEDS_TWO = "two trained classifiers are needed"


@dataclass(frozen=True)
class Firsts:
    """The two best answers of each of two models, with their probabilities 0..1."""

    names: tuple[str, str]
    first: tuple[tuple[str, float], tuple[str, float]]
    second: tuple[tuple[str, float], tuple[str, float]]


def firsts(found: Classification) -> Firsts:
    """Return what two models say first and second.

    Raises:
        CvDemoError: fewer than two answered with trained weights.
    """
    if len(found.trained) != 2:
        raise CvDemoError(found.missing[0].reason if found.missing else NEEDS_TWO)
    one, other = ([(guess.label, guess.probability) for guess in answer.top(2)] for answer in found.trained)
    names = called(found.trained)
    return Firsts((names[0], names[1]), (one[0], other[0]), (one[1], other[1]))


def _right(numbers: Firsts) -> str | None:
    """Return the verdict; None where another order of almost equal answers would change it."""
    said = [
        {first[0], second[0]} if first[1] - second[1] < MARGIN else {first[0]}
        for first, second in zip(numbers.first, numbers.second, strict=True)
    ]
    if said[0] & said[1] and (len(said[0]) > 1 or len(said[1]) > 1):
        return None
    return "same" if said[0] & said[1] else "different"


def _told(numbers: Firsts) -> dict[str, str]:
    (label_one, share_one), (label_other, share_other) = numbers.first
    return {
        "one": numbers.names[0], "label_one": label_one, "share_one": percent(share_one),
        "other": numbers.names[1], "label_other": label_other, "share_other": percent(share_other),
    }  # fmt: skip


def _take(subject: Subject) -> Firsts:
    return firsts(classify(subject.photo, subject.pair))


MEASURE = Measure(
    choices=("same", "different"),
    figures=("one", "label_one", "share_one", "other", "label_other", "share_other"),
    take=_take,
    right=_right,
    told=_told,
)

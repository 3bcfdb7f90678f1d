"""Accuracy against latency: times measured on this machine over accuracies that others published."""

from collections.abc import Iterable
from dataclasses import dataclass

from cvdemo import weights
from cvdemo.catalogue import get
from cvdemo.latency.estimate import measured


@dataclass(frozen=True)
class AccuracyPoint:
    """One model.

    Args:
        ms: measured here, median of one photo.
        accuracy: percent top-1 on ImageNet-1k as published for ``recipe``, with photos of ``published_side`` pixels.
        best: nobody measured here is both faster and more accurate.
    """

    model: str
    title: str
    family: str
    ms: float
    accuracy: float
    recipe: str
    published_side: int | None
    best: bool


def points(side: int | None, engine: str) -> tuple[AccuracyPoint, ...]:
    """Return every model timed here with one photo whose accuracy on ImageNet-1k is published.

    Args:
        side: of the photo, in pixels; None: each model's own size.
    """
    known = []
    for model, ms in measured(side, engine).items():
        spec = get(model)
        if spec.published is not None and spec.published.metric == "top-1":
            known.append((spec, ms, spec.published))
    front = pareto((ms, one.value) for _, ms, one in known)
    return tuple(
        AccuracyPoint(spec.name, spec.title, spec.family, ms, one.value, one.recipe, one.side, (ms, one.value) in front)
        for spec, ms, one in known
    )


def own_points(side: int | None, engine: str) -> tuple[AccuracyPoint, ...]:
    """Return every bundled model timed here, over the accuracy that we measured on photos kept from its training.

    These lie in 100 classes, not in 1,000: never on one axis with the published ones.
    """
    known = [
        (get(model), ms, card)
        for model, ms in measured(side, engine).items()
        if (card := weights.card(model)) is not None
    ]
    front = pareto((ms, 100 * card.top1) for _, ms, card in known)
    return tuple(
        AccuracyPoint(spec.name, spec.title, spec.family, ms, 100 * card.top1,
                      f"{card.validation_photos:,} photos of {len(card.synsets)} classes", None,
                      (ms, 100 * card.top1) in front)
        for spec, ms, card in known
    )  # fmt: skip


def pareto(pairs: Iterable[tuple[float, float]]) -> set[tuple[float, float]]:
    """Return the (ms, accuracy) that no other one beats in both: the Pareto front."""
    front: set[tuple[float, float]] = set()
    highest = float("-inf")
    for ms, accuracy in sorted(pairs, key=lambda pair: (pair[0], -pair[1])):
        if accuracy > highest:
            front.add((ms, accuracy))
            highest = accuracy
    return front

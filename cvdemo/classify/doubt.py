"""When an answer should be doubted: a softmax shares out 100 % among its classes and cannot say "none of these"."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo import weights
from cvdemo.classify.result import Answer, Classification
from cvdemo.wording import called, percent

UNSURE = 0.25
"""Below it nobody is sure, where no card says better."""
TITLE = 'Why can it not say "none of these"?'
WHY = (
    "The last step of a classifier, the softmax, turns one score for each class that it knows into shares of 100 %. "
    "There is no score for anything else, so a photo of something else gets the nearest name, at times with a high "
    "share. A weak best answer is a sign of that, and so is a high energy: minus the logarithm of the sum of all "
    "scores' exponentials, which the softmax divides away."
)


def energies(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return ``-log(sum(exp(logits)))`` of each row of (N, classes): (N,) float64 (Liu et al. 2020, at T = 1)."""
    scores = logits.astype(np.float64)
    top = scores.max(axis=1, keepdims=True)
    return -(top[:, 0] + np.log(np.exp(scores - top).sum(axis=1)))


@dataclass(frozen=True)
class Doubt:
    """What speaks against an answer: ``weak``, its share is low; ``unusual``, its energy is too high."""

    weak: bool
    unusual: bool

    def __bool__(self) -> bool:
        return self.weak or self.unusual


def doubt(answer: Answer) -> Doubt:
    """Return what speaks against the answer at temperature 1, by the model's card where it has one."""
    card, best = weights.doubt_card(answer.model), answer.top(1)[0].probability
    if card is None or answer.weights != "bundled":
        return Doubt(best < UNSURE, False)
    energy = float(energies(answer.logits[None])[0])
    return Doubt(best < card.weak_below, energy > card.energy_limit)


def is_doubtful(result: Classification) -> bool:
    """Return whether something speaks against every trained model's answer: then it may be something else."""
    return bool(result.trained) and all(map(doubt, result.trained))


def figures(result: Classification) -> list[str]:
    """Return a sentence for each model of this photo: its own figures beside those of its validation photos."""
    return [_figures(answer, name) for answer, name in zip(result.trained, called(result.trained), strict=True)]


def _figures(answer: Answer, name: str) -> str:
    card, best = weights.doubt_card(answer.model), answer.top(1)[0].probability
    begin = f"{name[:1].upper()}{name[1:]}: its best answer here has {percent(best)}"
    if card is None or answer.weights != "bundled":
        return f"{begin}; nobody has measured here below which share it is mostly wrong."
    energy = float(energies(answer.logits[None])[0])
    lies = "below" if energy <= card.energy_limit else "above"
    return (
        f"{begin}. On {card.photos:,} validation photos, best answers below {percent(card.weak_below)} were right in "
        f"{percent(card.weak_right)} of the cases. Its energy is {_signed(energy)}, {lies} the "
        f"{_signed(card.energy_limit)} that 95 % of them stay below. These signs doubt {percent(card.doubted)} of the "
        f"validation photos, and {percent(card.outside_doubted)} of {card.outside_photos:,} photos of other things: a "
        "hint, no proof."
    )


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")

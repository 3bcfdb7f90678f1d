"""Does augmentation help on these photos? The last stages, trained with and without it, from the same seeds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.results import Results
from cvdemo.transfer.augment import BATCH_WAYS, change_batch
from cvdemo.transfer.result import Lesson
from cvdemo.transfer.training import Budget, Step, train

if TYPE_CHECKING:
    from torch import Tensor

SEEDS: Final = 3
DRAWS: Final = 5000  # of the bootstrap
MAGNITUDE: Final = 9

OnTraining = Callable[[int, int, Step], None]
"""Called with trainings that are done and their number, and how far the one that runs is; may raise Stopped."""

_compared = Results("with and without augmentation")


@dataclass(frozen=True)
class Helped:
    """The same held-out photos, named after trainings without and with one kind of changed copies.

    Args:
        name: a key of `augment_words.NAMES`.
        plain, changed: whether each photo was named rightly, bool (seeds, held-out photos).
        ci95: of the difference of the two accuracies, from -1 to 1: see `interval`.
    """

    title: str
    family: str
    name: str
    plain: NDArray[np.bool_] = field(repr=False)
    changed: NDArray[np.bool_] = field(repr=False)
    ci95: tuple[float, float]

    @property
    def difference(self) -> float:
        """How much more is right with changed copies, -1..1."""
        return float(self.changed.mean() - self.plain.mean())


def helped(
    lesson: Lesson, place: int, name: str, budget: Budget | None = None, told: OnTraining | None = None
) -> Helped:
    """Train the last stages of backbone ``place`` from `SEEDS` seeds, each with and without changed copies.

    Raises:
        Stopped: by ``told``.
        SettingError: another way to change photos, or too few photos.
        CvDemoError: see `training.train`.
    """
    if name not in BATCH_WAYS:
        raise SettingError(f"Photos can be changed by {', '.join(BATCH_WAYS)}.")
    one, limit = lesson.taught[place], budget or Budget()
    key = (lesson.photos.digest, lesson.out.tobytes(), one.model, name, lesson.seed, limit)
    return _compared.find(key, partial(_trained, lesson, place, name, limit, told))


def _trained(lesson: Lesson, place: int, name: str, budget: Budget, told: OnTraining | None) -> Helped:
    one, right = lesson.taught[place], np.zeros((2, SEEDS, int(lesson.out.sum())), np.bool_)

    def augment(pixels: "Tensor", labels: "Tensor", seed: int) -> "tuple[Tensor, Tensor]":
        return change_batch(name, pixels, labels, MAGNITUDE, seed)

    for number in range(SEEDS):
        for side, change in enumerate((None, augment)):
            done = 2 * number + side

            def tell(step: Step, done: int = done) -> None:
                if told is not None:
                    told(done, 2 * SEEDS, step)

            found = train(
                lesson.photos, get(one.model), "stages", lesson.out, lesson.groups, lesson.seed + number, budget,
                augment=change, told=tell,
            )  # fmt: skip
            right[side, number] = found.predicted == lesson.labels
    return Helped(one.title, one.family, name, right[0], right[1], interval(right[0], right[1], lesson.seed))


def interval(plain: NDArray[np.bool_], changed: NDArray[np.bool_], seed: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two accuracies by a paired bootstrap over photos (Efron 1979).

    Args:
        plain, changed: bool (seeds, photos). Seeds are no photos: each photo counts with its mean over them.
    """
    each = changed.mean(axis=0) - plain.mean(axis=0)
    drawn = np.random.default_rng(seed).integers(0, len(each), (DRAWS, len(each)))
    low, high = np.quantile(each[drawn].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)

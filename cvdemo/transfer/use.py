"""What the taught heads call a photo that nobody labelled: the rail's, or a frame of live video."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cvdemo import catalogue
from cvdemo.probes import features_of_frame, features_of_photo
from cvdemo.transfer.result import Lesson, Taught
from cvdemo.weights import Progress

PATIENCE_S = 0.25  # a frame that waits for longer shows what is no longer there


@dataclass(frozen=True)
class Said:
    """What one backbone with its new head says.

    Args:
        shares: the probability of each class, float64 (classes,), sums to 1.
    """

    model: str
    title: str
    family: str
    shares: NDArray[np.float64]

    @property
    def best(self) -> int:
        """The likeliest class."""
        return int(self.shares.argmax())


def name_photo(path: Path, lesson: Lesson, progress: Callable[[str, Progress], None] | None = None) -> tuple[Said, ...]:
    """Return what each backbone of the lesson calls the photo at ``path``, in the lesson's order.

    Raises:
        PhotoError: the file is no picture we can read.
        CvDemoError: a model cannot be had, or its numbers are none.
    """
    said = []
    for one in lesson.taught:
        told = progress and partial(progress, one.model)
        said.append(_said(one, features_of_photo(path, catalogue.get(one.model), told)))
    return tuple(said)


def name_frame(pixels: NDArray[np.uint8], lesson: Lesson, patience_s: float = PATIENCE_S) -> tuple[Said, ...]:
    """Return what each backbone calls one frame, uint8 RGB (H, W, 3); keeps nothing of it.

    Raises:
        Busy: the patience was too short.
        CvDemoError: a model cannot be had, or its numbers are none.
    """
    return tuple(_said(one, features_of_frame(pixels, catalogue.get(one.model), patience_s)) for one in lesson.taught)


def _said(one: Taught, found: NDArray[np.float32]) -> Said:
    return Said(one.model, one.title, one.family, one.probe.probabilities(found[None])[0])

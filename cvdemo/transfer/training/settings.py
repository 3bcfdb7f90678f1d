"""What a training is told and what it tells: its phases with their rates, its budget, its curves, its result."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BATCH: Final = 16
LOOKS: Final = 10
"""How often, while a way trains, the watched photos are looked at."""
PATIENCE: Final = 4
"""A phase ends after so many looks in a row that saw nothing better."""
WATCHED: Final = 0.2  # of the photos to learn from are only watched
MOST_WATCHED: Final = 40
LAYER_DECAY: Final = 0.75  # a layer farther from the end learns that much slower (BEiT, Bao et al. 2021)
WEIGHT_DECAY: Final = 0.05
WARM_UP: Final = 0.2  # of a phase's steps


@dataclass(frozen=True)
class Phase:
    """One part of a training.

    Args:
        opens: which layers learn: the last ``stages``, or ``all``; the new head always does.
        rate: AdamW's largest learning rate, that of the head; layers below learn slower, see `LAYER_DECAY`.
    """

    name: str
    opens: str
    rate: float


# The lesson's three phases. The first, the head alone on features that stay as they are, is the probe itself: solved to
# its optimum by scikit-learn, so it needs no rate. The next ones begin with it (Kumar et al. 2022: a random head would
# first spoil what the layers below it know).
STAGES: Final = Phase("last stages", "stages", 3e-4)
ALL: Final = Phase("all layers", "all", 1e-4)
SCRATCH: Final = Phase("from scratch", "all", 2e-3)
PHASES: Final[dict[str, tuple[Phase, ...]]] = {"stages": (STAGES,), "all": (STAGES, ALL), "scratch": (SCRATCH,)}
"""The phases after the head of each way of training; ``scratch`` has no head to begin with."""


@dataclass(frozen=True)
class Budget:
    """How long one way may train: whichever ends first.

    Args:
        steps: of `BATCH` photos each, all phases together.
        seconds: of work on the device; waiting for others does not count.
    """

    steps: int = 60
    seconds: float = 10.0

    def __post_init__(self) -> None:
        if self.steps < 1 or self.seconds <= 0:
            raise ValueError(f"a budget must have steps and seconds above 0, got {self.steps} and {self.seconds}")


@dataclass(frozen=True)
class Moment:
    """What the watched photos said after so many steps.

    Args:
        loss: mean cross-entropy over the batches since the last look, in nats; None before the first step.
        watched_loss, watched_right: cross-entropy in nats, and share 0..1 that was right, on the watched photos.
    """

    step: int
    loss: float | None
    watched_loss: float
    watched_right: float


@dataclass(frozen=True)
class Step:
    """How far a training is.

    Args:
        model: the backbone's name; ``way``: a key of `PHASES`.
        of: steps that are planned in all.
        seconds: it has had the device for.
        place: in the line of trainings; 0: it runs.
    """

    model: str
    way: str
    step: int = 0
    of: int = 0
    seconds: float = 0.0
    place: int = 0
    moments: tuple[Moment, ...] = ()


OnStep = Callable[[Step], None]
"""Called before each turn on the device, and while others train; may raise Stopped."""

Augment = Callable[[Any, Any, int], tuple[Any, Any]]
"""Changes a batch of photos that are learned from: uint8 tensor (n, 3, h, w), labels as shares (n, classes) and a seed
of its own; returns the same two, pixels still on the scale 0..255."""


@dataclass(frozen=True)
class Trained:
    """What came of one way of training on one backbone.

    Args:
        predicted: the class of each held-out photo, (held-out photos,), in the order of the photos.
        shares: what it says of each, float32 (held-out photos, classes), rows sum to 1.
        steps: made in all, and ``seconds`` on the device.
        stopped_by: ``steps``, ``seconds``, or ``watched`` where more steps made the watched photos no better.
        moments: the curves.
    """

    model: str
    way: str
    predicted: NDArray[np.intp]
    shares: NDArray[np.float32] = field(repr=False)
    steps: int
    seconds: float
    stopped_by: str
    moments: tuple[Moment, ...] = field(repr=False)

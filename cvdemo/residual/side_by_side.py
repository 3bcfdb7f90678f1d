"""Nets learn the same photos side by side, in the same order, one step each in turn: their curves grow together.

Whoever waits for the device meanwhile waits for one net's step.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.random import default_rng
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from cvdemo import runs
from cvdemo.residual.nets import Design, Net
from cvdemo.results import Count

BATCH: Final = 64
RATE, MOMENTUM, DECAY = 0.05, 0.9, 1e-4  # SGD as in He et al. 2015, section 3.4, at half the rate: 120 steps are few
LOOKS: Final = 12
"""How often, over a race, the error is told on all photos."""

turns = Count()


@dataclass(frozen=True)
class Moment:
    """What one net was at one step.

    Args:
        loss: cross-entropy of the step's batch before the step, in nats.
        gradients: L2 norm of each convolution's gradient, the first one first.
        spreads: standard deviation of what stem and each block gave.
    """

    step: int
    loss: float
    gradients: tuple[float, ...]
    spreads: tuple[float, ...]


@dataclass(frozen=True)
class Errors:
    """What one net gets wrong after so many steps, 0..1, on all photos it learns from and on all others."""

    step: int
    training: float
    held_out: float


@dataclass(frozen=True)
class Lane:
    """One net's way through a race.

    Args:
        diverged: the step whose loss was no number any more; it takes no further part. None: it never was.
    """

    design: Design
    seed: int
    moments: tuple[Moment, ...] = ()
    errors: tuple[Errors, ...] = ()
    diverged: int | None = None


@dataclass(frozen=True)
class Race:
    """All lanes after ``step`` of ``steps``."""

    lanes: tuple[Lane, ...]
    step: int
    steps: int


@dataclass(frozen=True)
class Photos:
    """What is learned and tested: pictures float32 (N, channels, side, side) around 0, labels (N,), (N,) held out."""

    pictures: NDArray[np.float32]
    labels: NDArray[np.intp]
    out: NDArray[np.bool_]
    classes: int


Told = Callable[[Race], None]
"""Called after each step of all nets; may raise Stopped."""


def race(
    photos: Photos, designs: Sequence[Design], seeds: Sequence[int], steps: int = 120, told: Told | None = None
) -> Race:
    """Train each design from each seed; the same seed brings the same batches to every design.

    Raises:
        Stopped: raised by ``told``.
    """
    lanes = [_Lane(design, seed, photos) for design in designs for seed in seeds]
    found = Race(tuple(lane.told for lane in lanes), 0, steps)
    for step in range(1, steps + 1):
        look = step % max(1, steps // LOOKS) == 0 or step == steps
        for lane in lanes:
            lane.go(step, look)
        found = Race(tuple(lane.told for lane in lanes), step, steps)
        if told is not None:
            told(found)
    return found


class _Lane:
    """A net of its own, its optimiser and its batches."""

    def __init__(self, design: Design, seed: int, photos: Photos) -> None:
        self.photos, self.told = photos, Lane(design, seed)
        self._net = Net(design, photos.classes, seed, photos.pictures.shape[1])
        self._optimizer = torch.optim.SGD(self._net.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
        self._batches = batches(np.flatnonzero(~photos.out), seed)

    def go(self, step: int, look: bool) -> None:
        """Learn from the next batch."""
        if self.told.diverged is not None:
            return
        places = next(self._batches)
        pictures, labels = self._at(places)
        with runs.turn(turns), torch.enable_grad():
            self._net.train()
            *ends, logits = self._net.ends(pictures)
            loss = cross_entropy(logits, labels)
            self._optimizer.zero_grad()
            loss.backward()
            moment = self._moment(step, loss, ends)
            if moment is None:
                self.told = replace(self.told, diverged=step)
                return
            self._optimizer.step()
        self.told = replace(self.told, moments=(*self.told.moments, moment))
        if look:
            errors = Errors(step, self._error(~self.photos.out), self._error(self.photos.out))
            self.told = replace(self.told, errors=(*self.told.errors, errors))

    def _moment(self, step: int, loss: Tensor, ends: Sequence[Tensor]) -> Moment | None:
        gradients = [convolution.weight.grad for convolution in self._net.convolutions()]
        norms = [float(one.norm()) if one is not None else 0.0 for one in gradients]
        spreads = [float(end.detach().std()) for end in ends]
        if not all(map(math.isfinite, [float(loss.detach()), *norms, *spreads])):
            return None
        return Moment(step, float(loss.detach()), tuple(norms), tuple(spreads))

    def _error(self, chosen: NDArray[np.bool_]) -> float:
        places = np.flatnonzero(chosen)
        if not len(places):
            return float("nan")
        wrong = 0
        for at in range(0, len(places), 4 * BATCH):
            pictures, labels = self._at(places[at : at + 4 * BATCH])
            with runs.turn(turns), torch.inference_mode():
                self._net.eval()
                wrong += int((self._net(pictures).argmax(1) != labels).sum())
        return wrong / len(places)

    def _at(self, places: NDArray[np.intp]) -> tuple[Tensor, Tensor]:
        return torch.from_numpy(self.photos.pictures[places]), torch.from_numpy(self.photos.labels[places])


def batches(places: NDArray[np.intp], seed: int) -> Iterator[NDArray[np.intp]]:
    """Yield batches of `BATCH` without end, all photos in a new order each time round; what is left over waits."""
    random, size = default_rng(seed), min(BATCH, len(places))
    while True:
        order = random.permutation(places)
        for begin in range(0, len(order) - size + 1, size):
            yield order[begin : begin + size]

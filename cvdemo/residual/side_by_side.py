"""Nets learn the same photos side by side, in the same order, one step each in turn: their curves grow together.

Whoever waits for the device meanwhile waits for one net's step.
"""

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from numpy.random import default_rng
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from cvdemo import runs
from cvdemo.residual.design import Design
from cvdemo.residual.gradient_split import split
from cvdemo.residual.nets import Net
from cvdemo.residual.records import Errors, Lane, Moment, Parts, Photos, Race
from cvdemo.results import Count

BATCH: Final = 64
RATE, MOMENTUM, DECAY = 0.05, 0.9, 1e-4  # SGD as in He et al. 2015, section 3.4, at half the rate: 120 steps are few
LOOKS: Final = 12
"""How often, over a race, the error is told on all photos."""

turns = Count()


Told = Callable[[Race], None]
"""Called after each step of all nets; may raise Stopped."""
Waits = Callable[[int], None]
"""Called before each net's step with 0, and while others hold the machine with the place in line; may raise Stopped."""


def race(
    photos: Photos, designs: Sequence[Design], seeds: Sequence[int], steps: int = 120, told: Told | None = None
) -> Race:
    """Train each design from each seed; the same seed brings the same batches to every design.

    Raises:
        Stopped: raised by ``told``.
    """
    return Nets(photos, designs, seeds).go(steps, told)


class Nets:
    """The nets of one race, which go on from where they are; one thread at a time."""

    def __init__(self, photos: Photos, designs: Sequence[Design], seeds: Sequence[int]) -> None:
        self.about = photos.about
        self._lanes = [_Lane(design, seed, photos) for design in designs for seed in seeds]
        self.race = Race(tuple(lane.told for lane in self._lanes), 0, 0)
        self.seconds = 0.0
        """Of all steps so far, waiting for others left out."""

    def go(self, until: int, told: Told | None = None, waits: Waits | None = None) -> Race:
        """Train until all nets have made ``until`` steps; what stopped before goes on as if it never had.

        Raises:
            Stopped: raised by ``told`` or ``waits``; the nets can go on from there.
            Busy: others kept the machine for too long.
        """
        every = max(1, until // LOOKS)
        for step in range(self.race.step + 1, until + 1):
            for lane in self._lanes:
                if waits is not None:
                    waits(0)
                self.seconds += lane.go(step, step % every == 0 or step == until, waits)
            self.race = Race(tuple(lane.told for lane in self._lanes), step, until)
            if told is not None:
                told(self.race)
        return self.race


class _Lane:
    """A net of its own, its optimiser and its batches."""

    def __init__(self, design: Design, seed: int, photos: Photos) -> None:
        self.photos, self.told = photos, Lane(design, seed)
        self._net = Net(design, photos.classes, seed, photos.pictures.shape[1])
        self._optimizer = torch.optim.SGD(self._net.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
        self._batches = batches(np.flatnonzero(~photos.out), seed)
        self._step = 0

    def go(self, step: int, look: bool, waits: Waits | None) -> float:
        """Learn from the next batch, unless that was step ``step`` before; return the seconds it took."""
        if self.told.diverged is not None or self._step >= step:
            return 0.0
        with runs.turn(turns, waiting=waits) as took:
            self._step = step
            moment = self._learn(step)
            if moment is None:
                self.told = replace(self.told, diverged=step)
            else:
                self.told = replace(self.told, moments=(*self.told.moments, moment))
                if look:
                    self._look(step)
        return took.ms / 1000

    def _learn(self, step: int) -> Moment | None:
        pictures, labels = self._at(next(self._batches))
        with torch.enable_grad():
            self._net.train()
            *ends, logits = self._net.ends(pictures)
            loss = cross_entropy(logits, labels)
            self._optimizer.zero_grad()
            loss.backward()
        moment = self._moment(step, loss, ends)
        if moment is not None:
            self._optimizer.step()
        return moment

    def _look(self, step: int) -> None:
        """Count what it gets wrong on all photos, and take its gradients apart on `BATCH` of those it learns from."""
        errors = Errors(step, self._error(~self.photos.out), self._error(self.photos.out))
        self.told = replace(self.told, errors=(*self.told.errors, errors))
        if self.told.design.skip:
            parts = split(self._net, *self._at(np.flatnonzero(~self.photos.out)[:: self._apart()][:BATCH]))
            if all(math.isfinite(one.norm) for one in parts):
                self.told = replace(self.told, splits=(*self.told.splits, Parts(step, parts)))

    def _apart(self) -> int:
        """How far apart the photos lie whose gradients are taken apart: photos come class by class."""
        return max(1, int((~self.photos.out).sum()) // BATCH)

    def _moment(self, step: int, loss: Tensor, ends: Sequence[Tensor]) -> Moment | None:
        gradients = [convolution.weight.grad for convolution in self._net.convolutions()]
        norms = [float(one.norm()) if one is not None else 0.0 for one in gradients]
        spreads = [float(end.detach().std()) for end in ends]
        if not all(map(math.isfinite, [float(loss.detach()), *norms, *spreads])):
            return None
        return Moment(step, float(loss.detach()), array("f", norms), array("f", spreads))

    def _error(self, chosen: NDArray[np.bool_]) -> float:
        places = np.flatnonzero(chosen)
        if not len(places):
            return float("nan")
        wrong = 0
        for at in range(0, len(places), 4 * BATCH):
            pictures, labels = self._at(places[at : at + 4 * BATCH])
            with torch.inference_mode():
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

"""One way of training on one backbone: split, copy, phases, and the held-out photos once at the end."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, models
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import SettingError
from cvdemo.photo_sets import PhotoSet
from cvdemo.probes import Probe, choose_strength, features, fit
from cvdemo.results import Results
from cvdemo.transfer.training.settings import BATCH, PHASES, Augment, Budget, OnStep, Step, Trained
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel
    from cvdemo.transfer.training.loop import Training

Places = NDArray[np.intp]

WAIT_S = 900.0  # in the line of trainings
A_TURN = {"stages": 1.5e9, "all": 1.2e9, "scratch": 0.0}
"""Multiply-adds of a turn, forward and back: about a tenth of a second on two cores."""
COSTS = {"stages": 1.5, "all": 3.0, "scratch": 3.0}
"""Forward and back against forward alone."""
FEWEST_AT_ONCE = 8  # photos whose statistics batch normalisation may learn from
COPIES = 5  # of a network's bytes that a training keeps: weights, gradients, AdamW's two, the best so far

_trainings = Results("trainings")


def train(
    photos: PhotoSet,
    spec: ModelSpec,
    way: str,
    out: NDArray[np.bool_],
    groups: Places,
    seed: int = 0,
    budget: Budget = Budget(),  # noqa: B008 - frozen
    augment: Augment | None = None,
    told: OnStep | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Trained:
    """Train a private copy of a network and return what it says of the held-out photos, which it sees once, at the end.

    The copy goes when this returns or raises; the catalogue's own network is only read. One training runs at a time,
    others wait in line. Two of one seed are equal, unless seconds end one of them.

    Args:
        way: ``stages``, ``all`` or ``scratch``.
        out: which photos are held out, bool (N,); ``groups`` of near-duplicates, (N,): see `cvdemo.photo_sets`.
        augment: changes what is learned from; such a training is not kept.
        told: see `OnStep`; raise Stopped in it to end the training.

    Raises:
        Stopped: by ``told``.
        SettingError: too few photos to learn from, or no way of that name.
        CvDemoError: the model cannot be had, or memory is short.
    """
    if way not in PHASES:
        raise SettingError(f"There is no way of training called {way[:40]!r}. Choose one of {', '.join(PHASES)}.")
    split = hashlib.sha256(out.tobytes() + groups.tobytes()).hexdigest()
    key = (photos.digest, split, spec.name, way, seed, budget)
    known: Trained | None = _trainings.get(key) if augment is None else None
    if known is not None:
        return known
    tell = (lambda _step: None) if told is None else told
    with _alone(Step(spec.name, way), tell):
        found = _trained(photos, spec, way, out, groups, seed, budget, augment, tell, progress)
    if augment is None:
        _trainings.put(key, found)
    return found


def waiting() -> int:
    """Return how many trainings wait for the one that runs."""
    return compute.TRAININGS.waiting()


@contextmanager
def _alone(step: Step, tell: OnStep) -> Iterator[None]:
    ticket = compute.TRAININGS.enter(WAIT_S, lambda place: tell(replace(step, place=place)))
    try:
        yield
    finally:
        compute.TRAININGS.leave(ticket)


def _trained(
    photos: PhotoSet,
    spec: ModelSpec,
    way: str,
    out: NDArray[np.bool_],
    groups: Places,
    seed: int,
    budget: Budget,
    augment: Augment | None,
    tell: OnStep,
    progress: Callable[[Progress], None] | None,
) -> Trained:
    from cvdemo.transfer.training import network, pixels
    from cvdemo.transfer.training.loop import Training

    begun = Step(spec.name, way)
    watch = pixels.watched_ones(photos, groups, out, seed)
    if not watch.any():
        raise SettingError("There are too few photos to watch a training by. Add some to each class.")
    learned = ~out & ~watch
    probe = None
    if way != "scratch":
        found = features(photos, spec, lambda _done, _of: tell(begun), progress)
        probe = head(found[learned], photos.labels[learned], groups[learned], seed)
    classes = len(photos.classes)
    with models.borrow(spec, progress) as ready:
        _check_room(ready)
        copied, rule, cost = network.private_copy(ready, classes, probe, seed), ready.preprocessing, ready.multiply_adds
    seen = pixels.looked_at(photos, rule, out, watch)

    def told(now: "Training") -> None:
        tell(Step(spec.name, way, now.step, now.planned, now.spent_s, 0, tuple(now.moments)))

    at_once = photos_a_turn(way, cost)
    training = Training(copied, seen, classes, at_once, budget.seconds, told, augment)
    if way == "scratch":
        network.learn_statistics(copied)
    phases = PHASES[way]
    for number, phase in enumerate(phases):
        if training.left_s > 0:
            drawn = pixels.batches(seen.learned, seed + number)
            training.run(phase, max(1, budget.steps // len(phases)), drawn, 1000 * seed + 100_000 * number)
    shares = training.shares(seen.out)
    answers = shares.argmax(1).astype(np.intp)
    return Trained(
        spec.name, way, answers, shares, training.step, training.spent_s, training.stopped_by, tuple(training.moments)
    )


def head(found: NDArray[np.float32], labels: Places, groups: Places, seed: int) -> Probe:
    """Return the first phase's head: a probe on the photos that are learned from, without the watched ones."""
    return fit(found, labels, choose_strength(found, labels, groups, seed))


def photos_a_turn(way: str, multiply_adds: int | None) -> int:
    """Return how many photos of a batch go through the network before the device is given back."""
    if way == "scratch":
        return FEWEST_AT_ONCE
    fit_in = int(A_TURN[way] / (COSTS[way] * (multiply_adds or 1e9)))
    return max(1, min(BATCH, fit_in))


def _check_room(ready: "ReadyModel") -> None:
    if COPIES * ready.weight_bytes > compute.free_bytes():
        raise SettingError(
            f"{ready.spec.title} needs more memory to be trained than is free here. Choose a smaller network."
        )

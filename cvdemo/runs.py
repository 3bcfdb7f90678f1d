"""One run of one network: borrowed, in its turn, counted, its numbers checked, its result kept."""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from cvdemo import compute, models, weights
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import invalid_numbers
from cvdemo.model_cache import OnProgress
from cvdemo.results import Count, Results

R = TypeVar("R")

Weights = Literal["trained", "random where absent", "random"]
"""Which weights a lab wants. Trained ones are fetched where they are not here; what has none is always random."""


def invented(spec: ModelSpec, wanted: Weights) -> bool:
    """Return whether the model of ``spec`` runs with random weights here and now."""
    if wanted == "trained":
        return weights.state(spec) == "random only"
    return wanted == "random" or not weights.is_ready(spec)


def run(
    kept: Results,
    key: Hashable,
    spec: ModelSpec,
    work: Callable[[Any], R],
    random: bool = False,
    progress: OnProgress | None = None,
    enough: Callable[[R], bool] | None = None,
) -> R:
    """Return the result of ``key``; where it is not known, let ``work`` find it on the borrowed model, and keep it.

    Whoever waits for the model while another visitor finds the same is given that: nothing runs twice.

    Args:
        work: prepares, runs the network inside `turn`, and returns its result, with `check_finite` numbers.
        random: see `invented`.
        progress: told how far fetching and loading are; may raise to stop.
        enough: whether a known result, which may have been found in part, answers the question.

    Raises:
        CvDemoError: whatever borrowing or ``work`` raised; then nothing is kept.
    """
    known: R | None = kept.get(key)
    if known is not None and (enough is None or enough(known)):
        return known
    lend: Callable[..., Any] = models.borrow_detector if spec.task == "detect" else models.borrow
    with lend(spec, progress, random) as ready:
        known = kept.get(key)
        if known is None or not (enough is None or enough(known)):
            known = work(ready)
            kept.put(key, known)
    return known


@dataclass
class Took:
    """How long the body of `turn` took, once it is over."""

    ms: float = 0.0


@contextmanager
def turn(count: Count, of: int = 1, waiting: compute.OnWaiting | None = None) -> Iterator[Took]:
    """Hold the device for a run of a borrowed network, and count it; borrow the model before.

    Args:
        waiting: see `compute.turn`.

    Raises:
        Busy: others kept the device for too long.
        CvDemoError: its memory was full, and is free again.
    """
    took = Took()
    with compute.turn(waiting=waiting):
        started = time.perf_counter()
        yield took
        took.ms = 1000 * (time.perf_counter() - started)
    count.add(of)


def check_finite(spec: ModelSpec, *arrays: Any) -> None:
    """Let no number through that is none: what is drawn or ranked from it would be invented.

    Raises:
        ModelUnavailable: there is one.
    """
    if not all(np.isfinite(one).all() for one in arrays):
        raise invalid_numbers(spec.title, spec.name)

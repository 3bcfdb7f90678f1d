"""Ready pairs of a CNN and a ViT: about equal in size, or equally fast as measured on this machine."""

import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from cvdemo import compute, models
from cvdemo.catalogue import ModelSpec, figures
from cvdemo.errors import ModelUnavailable
from cvdemo.wording import milliseconds, scaled

ROUNDS = 5
TIMED_AT_MOST = 8  # models: this is a click, not a benchmark


@dataclass(frozen=True)
class Pair:
    """A CNN and a ViT, and the sentence that says what makes them a pair."""

    names: tuple[str, str]
    reason: str


def same_size(specs: Sequence[ModelSpec]) -> Pair:
    """Return the CNN and the ViT among ``specs`` whose parameter counts are closest.

    Raises:
        ModelUnavailable: there is no CNN or no ViT among them.
    """
    counted = ((spec, figures(spec.name)) for spec in specs)
    sizes = {spec: float(known.parameter_count) for spec, known in counted if known is not None}
    first, second = _nearest(sizes)
    return Pair(
        (first.name, second.name),
        f"{first.title} has {scaled(sizes[first])} parameters, {second.title} {scaled(sizes[second])}.",
    )


def same_speed(specs: Sequence[ModelSpec]) -> Pair:
    """Return the CNN and the ViT among ``specs`` whose networks take the most similar time here, in a quick look.

    Give only models that are ready: each is loaded and runs a few times.

    Raises:
        ModelUnavailable: there is no CNN or no ViT among them.
    """
    times = {spec: network_ms(spec.name) for spec in specs[:TIMED_AT_MOST]}
    first, second = _nearest(times)
    return Pair(
        (first.name, second.name),
        f"{first.title} takes {milliseconds(times[first])} here, {second.title} {milliseconds(times[second])} "
        f"(median of {ROUNDS} runs: a quick look, no verdict).",
    )


def _nearest(costs: dict[ModelSpec, float]) -> tuple[ModelSpec, ModelSpec]:
    cnns = [spec for spec in costs if spec.family == "cnn"]
    vits = [spec for spec in costs if spec.family == "vit"]
    if not cnns or not vits:
        raise ModelUnavailable("A pair needs a CNN and a ViT that are ready on this machine. Add one of each.")
    pairs = [(cnn, vit) for cnn in cnns for vit in vits]
    return min(pairs, key=lambda pair: abs(math.log(costs[pair[0]] / costs[pair[1]])))


@cache
def network_ms(name: str) -> float:
    """Return the median time of one forward pass in ms, batch 1, after a warm-up; measured once a process."""
    with models.borrow(name) as model, compute.turn():
        entry = np.zeros((1, 3, *model.preprocessing.size_hw), np.float32)
        model.run(entry)
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            model.run(entry)
            times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)

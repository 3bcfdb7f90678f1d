"""The CNN and the ViT that are about equally fast, as measured on this machine."""

import statistics
import time
from collections.abc import Sequence

import numpy as np

from cvdemo import compute, models
from cvdemo.catalogue import ModelSpec
from cvdemo.pairs import Pair, nearest
from cvdemo.wording import milliseconds

ROUNDS = 5
TIMED_AT_MOST = 8  # models: this is a click, not a benchmark


_measured: dict[str, float] = {}  # ms, by name


def known_speed(specs: Sequence[ModelSpec]) -> Pair | None:
    """Return what `same_speed` would, where that is certain without a run; else None."""
    timed = specs[:TIMED_AT_MOST]
    families = [spec.family for spec in timed]
    if families.count("cnn") == families.count("vit") == 1 or all(spec.name in _measured for spec in timed):
        costs = {spec: _measured.get(spec.name, 1.0) for spec in timed}
        return Pair(tuple(spec.name for spec in nearest(costs)), "")  # type: ignore[arg-type]
    return None


def same_speed(specs: Sequence[ModelSpec]) -> Pair:
    """Return the CNN and the ViT among ``specs`` whose networks take the most similar time here, in a quick look.

    Give only models that are ready: each is loaded and runs a few times.

    Raises:
        ModelUnavailable: there is no CNN or no ViT among them.
    """
    times = {spec: network_ms(spec.name) for spec in specs[:TIMED_AT_MOST]}
    first, second = nearest(times)
    return Pair(
        (first.name, second.name),
        f"{first.title} takes {milliseconds(times[first])} here, {second.title} {milliseconds(times[second])} "
        f"(median of {ROUNDS} runs: a quick look, no verdict).",
    )


def network_ms(name: str) -> float:
    """Return the median time of one forward pass in ms, batch 1, after a warm-up; measured once a process."""
    if name in _measured:
        return _measured[name]
    with models.borrow(name) as model, compute.turn():
        entry = np.zeros((1, 3, *model.preprocessing.size_hw), np.float32)
        model.run(entry)
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            model.run(entry)
            times.append(1000 * (time.perf_counter() - started))
    _measured[name] = statistics.median(times)
    return _measured[name]

"""Rows field: an effective receptive field against a bare forward pass, a click to its picture, and the exact table."""

import itertools
import statistics
import time
from functools import partial
from typing import Any

import numpy as np

from app.lab.handlers import handler
from app.tabs.receptive_field import BENCH
from benchmarks.rows import Counts, Delays, Measured
from benchmarks.timing import OtherWork, compare, in_turns
from cvdemo import compute, models
from cvdemo.receptive_field import layers, study
from cvdemo.receptive_field.effective import Target, influence

MODEL, SIDE = "resnet50", 224
DEEP = "resnet152"
ALLOWED, EXTRA_MS = 1.5, 60.0
ROUNDS = 15


def _target() -> Target:
    layer = study.table(MODEL, SIDE).layer("layer4.2")
    return Target(layer, (3, 3))


def effective_field() -> Measured:
    """One effective field of a ResNet-50 unit, against the forward pass alone."""
    compute.use_all_cores()
    picture = np.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE)).astype(np.float32)
    with models.borrow(MODEL, random=True) as ready:
        ours = partial(influence, ready.network, picture, ready.preprocessing.std, [_target()], wake=True)
        return Measured(compare(in_turns(ours, partial(ready.run, picture), ROUNDS)), "last layer, random weights")


def click() -> Counts:
    """From a click to the first picture, against 1.5 effective fields and 60 ms: medians of rounds in turns."""
    compute.use_all_cores()
    points = itertools.count()
    picture = np.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE)).astype(np.float32)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        with models.borrow(MODEL, random=True) as ready:
            times[0].append(
                _ms(partial(influence, ready.network, picture, ready.preprocessing.std, [_target()], wake=True))
            )
        times[1].append(_ms(partial(_clicked, next(points))))
    field, reply = (statistics.median(each[2:]) for each in times)
    allowed = ALLOWED * field + EXTRA_MS
    return Counts(
        f"{reply:.0f} ms to the picture; one field {field:.0f} ms, so {allowed:.0f} allowed", reply <= allowed
    )


def _clicked(number: int) -> None:
    """Ask as a click does, each time at another point, so that nothing is known."""
    photo: dict[str, Any] = {"photo": {"id": "starter:cat", "name": "Cat"}, "point": [10 + 17 * number, 120]}
    wanted = {"settings": {"depth": 1.0, "random": True}}
    *_, shown = handler(BENCH, "again")(photo, wanted, {"chosen": [MODEL]})
    assert shown["cards"][0]["effective"] is not None


def table() -> Delays:
    """The exact table of ResNet-152, all layers, nothing known before."""
    each = []
    with OtherWork() as others:
        for _ in range(7):
            layers.layer_table.cache_clear()
            layers._skeleton.cache_clear()
            each.append(_ms(partial(layers.layer_table, DEEP, SIDE)))
    return Delays(tuple(each[1:]), others.share, "the first run, with the imports, does not count")


def _ms(work: Any) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)

"""Rows P1: the network alone, batch 1, in the engine that the page takes, against timm's way of running it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.rows import Measured
from benchmarks.timing import Comparison, compare, in_turns
from cvdemo import compute, engines, models
from cvdemo.catalogue import get
from cvdemo.engines import equivalence

ROUNDS = 15


@dataclass(frozen=True)
class Race:
    """One model: the faster engine against eager torch, in turns, with equal outputs; ``apart`` tells how equal."""

    model: str
    engine: str
    apart: float
    comparison: Comparison


def batch_of_one(names: tuple[str, ...]) -> Measured:
    """P1: the geometric mean over the named models of the catalogue, with random weights."""
    compute.use_all_cores()
    races = [race(name) for name in names]
    each = ", ".join(f"{one.model} {1 / one.comparison.ratio:.2f}x" for one in races)
    apart = max(one.apart for one in races)
    slower = [one.model for one in races if one.comparison.ratio > 1]
    kept = f"; the page stays with PyTorch for {', '.join(slower)}" if slower else ""
    ran = ", ".join(sorted({engines.TITLES[one.engine] for one in races}))
    return Measured(together(races), f"{ran}: {each}{kept}; outputs differ by {apart:.0e} at most, random weights")


def race(name: str) -> Race:
    """Time one model; the outputs of both sides must be equal.

    Raises:
        AssertionError: they are not.
    """
    judge = "numbers" if get(name).task == "features" else "classes"
    with models.borrow(name, random=True) as model:
        shape = (1, 3, *model.preprocessing.size_hw)
        example = next(equivalence.inputs(shape, judge))
        engine = engines.engine_for(model, shape, engines.names()[-1])
        eager = _eager(model.network, torch.from_numpy(example))
        apart = equivalence.difference(engine.run(example), eager().numpy(), judge, max(shape[2:]))
        assert apart <= equivalence.LIMIT, f"{name}: outputs differ by {apart:.1g}"
        with compute.turn():
            return Race(name, engine.name, apart, compare(in_turns(partial(engine.run, example), eager, ROUNDS)))


def _eager(network: nn.Module, entry: torch.Tensor) -> Callable[[], Any]:
    def run() -> Any:
        with torch.inference_mode():
            return network(entry)

    return run


def together(races: list[Race]) -> Comparison:
    """Return the geometric means of times, ratios and their bounds."""

    def mean(pick: Callable[[Comparison], float]) -> float:
        return math.exp(float(np.mean([math.log(pick(one.comparison)) for one in races])))

    return Comparison(
        ours_ms=mean(lambda one: one.ours_ms),
        peer_ms=mean(lambda one: one.peer_ms),
        ratio=mean(lambda one: one.ratio),
        low=mean(lambda one: one.low),
        high=mean(lambda one: one.high),
        rounds=min(one.comparison.rounds for one in races),
        others=max(one.comparison.others for one in races),
    )

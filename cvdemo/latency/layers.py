"""How long each layer takes on its own, and which five are the slowest."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError
from cvdemo.latency.estimate import refuse
from cvdemo.latency.lineup import Report, alone, borrowed, check, uses_random
from cvdemo.latency.settings import Settings

if TYPE_CHECKING:
    from torch import nn

RUNS = 7
SHOWN = 5


@dataclass(frozen=True)
class LayerTime:
    """One layer's own time, without the layers inside it: median milliseconds of a run, and its share 0..1."""

    name: str
    kind: str
    ms: float
    share: float


@dataclass(frozen=True)
class LayerTimes:
    """The five slowest layers of one model, out of ``count``; ``total_ms`` is a run with all its clocks."""

    model: str
    title: str
    family: str
    random: bool
    slowest: tuple[LayerTime, ...]
    count: int
    total_ms: float


def layer_times(
    path: Path, names: Sequence[str], settings: Settings, report: Report = lambda *_: None
) -> tuple[LayerTimes, ...]:
    """Time every layer of each model in PyTorch, seven runs each; the clocks between the layers cost a little.

    Raises:
        CvDemoError: no model could be had, or none fits.
        Stopped: raised by ``report``.
    """
    from cvdemo.latency.contender import contender, host_clock

    names = tuple(dict.fromkeys(names))
    check(names, fewest=1)
    settings = replace(settings, engine="torch", precision="fp32")
    refuse(names, replace(settings, rounds=RUNS))
    found: list[LayerTimes] = []
    with borrowed(names, report) as (ready, _), alone(report):
        idle = host_clock().synchronise
        for name in [name for name in names if name in ready]:
            report("layers", tuple(found))
            try:
                one = contender(ready[name], settings, path)
            except CvDemoError:
                continue
            found.append(_timed(name, one, idle, lambda: report("layers", tuple(found))))
    return tuple(found)


def _timed(name: str, one: Any, synchronise: Callable[[], None], check: Callable[[], None]) -> LayerTimes:
    clocks = _Clocks(one.graph, synchronise, check)
    one.work()  # warm, and not counted
    clocks.runs.clear()
    for _ in range(RUNS):
        one.work()
    layers = [key for key in clocks.runs if key]
    medians = {key: float(np.median(clocks.runs[key])) for key in layers}
    total = float(np.median(clocks.totals[-RUNS:]))
    spec, parts = get(name), dict(one.graph.named_modules())
    rows = sorted(layers, key=lambda key: -medians[key])[:SHOWN]
    slowest = tuple(LayerTime(key, type(parts[key]).__name__, medians[key], medians[key] / total) for key in rows)
    return LayerTimes(name, spec.title, spec.family, uses_random(name), slowest, len(layers), total)


class _Clocks:
    """A clock before and after every layer of a copy of a network; a layer's own time leaves out what it calls."""

    def __init__(self, graph: "nn.Module", synchronise: Callable[[], None], check: Callable[[], None]) -> None:
        self.runs: dict[str, list[float]] = {}
        self.totals: list[float] = []
        self._open: list[list[float]] = []  # begun, and the time of the layers inside
        self._synchronise, self._check = synchronise, check
        for key, layer in graph.named_modules():
            layer.register_forward_pre_hook(lambda *_: self._begin())
            layer.register_forward_hook(lambda *_, key=key: self._end(key))

    def _begin(self) -> None:
        self._check()
        self._synchronise()
        self._open.append([time.perf_counter(), 0.0])

    def _end(self, key: str) -> None:
        self._synchronise()
        begun, inside = self._open.pop()
        passed = 1000 * (time.perf_counter() - begun)
        self.runs.setdefault(key, []).append(passed - inside)
        if self._open:
            self._open[-1][1] += passed
        else:
            self.totals.append(passed)

"""A borrowed model made ready to run against others: at one picture size, in one engine, with its batch."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cvdemo import compute, images, preprocess
from cvdemo.engines import Engine
from cvdemo.latency.clock import CudaClock, HostClock, Stopwatch
from cvdemo.latency.copy import nearest_side, sized_copy
from cvdemo.latency.result import Stages
from cvdemo.latency.settings import Settings
from cvdemo.latency.ways import probabilities, way
from cvdemo.loading import ReadyModel
from cvdemo.preprocess import Preprocessing

STAGE_RUNS = 5
TOP = 5


@dataclass(frozen=True)
class Contender:
    """One model at the start line.

    Args:
        graph: a copy of its network for pictures of ``side`` pixels; the borrowed one stays untouched.
        batch: float32 (N, 3, side, side).
    """

    ready: ReadyModel
    engine: Engine
    graph: nn.Module
    side: int
    batch: NDArray[np.float32]
    preprocessing: Preprocessing

    def work(self) -> object:
        """Run one batch through the network."""
        return self.engine.run(self.batch)


def contender(ready: ReadyModel, settings: Settings, path: Path) -> Contender:
    """Return a borrowed model at the start line; the photo at ``path`` fills its batch.

    Raises:
        SettingError: it cannot take pictures of this size.
    """
    side = nearest_side(ready.network, settings.side_of(ready.spec.name))
    graph = sized_copy(ready.network, side)
    preprocessing = replace(ready.preprocessing, size_hw=(side, side))
    photo = images.open(path).at(preprocess.needed_side([preprocessing]))
    one = preprocess.prepare(photo, preprocessing).array
    batch = np.ascontiguousarray(np.repeat(one, settings.batch, axis=0))
    engine = way(replace(ready, graph=graph), batch, settings)
    return Contender(ready, engine, graph, side, batch, preprocessing)


def stages(one: Contender, path: Path, stopwatch: Stopwatch, check: Callable[[], None]) -> Stages:
    """Time everything but the network: the medians of five runs, for one photo."""
    side = preprocess.needed_side([one.preprocessing])
    photo = images.open(path).at(side)
    logits = np.asarray(one.engine.run(one.batch))[:1].reshape(1, -1)

    def median(work: Callable[[], object]) -> float:
        times = []
        for _ in range(STAGE_RUNS):
            check()
            times.append(stopwatch.milliseconds(work))
        return float(np.median(times))

    return Stages(
        median(lambda: images.read(path, side)),
        median(lambda: preprocess.prepare(photo, one.preprocessing)),
        median(lambda: answer(logits)),
    )


def answer(logits: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the five likeliest classes of each row, best first, and their probabilities."""
    shares = probabilities(logits)
    best = np.argsort(-shares, axis=1)[:, :TOP]
    return best, np.take_along_axis(shares, best, axis=1)


def stopwatch() -> Stopwatch:
    """Return the stopwatch for the device that models run on."""
    if compute.device() == "cuda":
        return CudaClock(torch.cuda)  # type: ignore[arg-type]
    return host_clock()


def host_clock() -> HostClock:
    """Return the stopwatch for work that ends on the host."""
    if compute.device() == "cuda":
        return HostClock(torch.cuda.synchronize)
    return HostClock(torch.mps.synchronize if compute.device() == "mps" else lambda: None)


def interruptible(one: Contender, check: Callable[[], None]) -> None:
    """Let ``check`` stop a run half-way, between two layers; for runs so long that this costs nothing beside them."""
    for layer in one.graph.modules():
        if not list(layer.children()):
            layer.register_forward_pre_hook(lambda *_: check())

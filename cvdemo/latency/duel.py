"""Measures a duel: borrows the models, takes the device for itself alone, and lets them take turns."""

import functools
import importlib.metadata
import math
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cvdemo import compute
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError
from cvdemo.latency.estimate import LONGEST_S, expected_ms, expected_s, learn, refuse
from cvdemo.latency.lineup import Report, alone, borrowed, check, keys, uses_random
from cvdemo.latency.others import Others
from cvdemo.latency.result import Duel, Environment, Racer, Stages
from cvdemo.latency.settings import Settings
from cvdemo.latency.turns import Log, take_turns

if TYPE_CHECKING:
    from cvdemo.latency.contender import Contender
    from cvdemo.loading import ReadyModel

LONG_RUN_MS = 300.0
QUICK_WARM_UPS = 3
PACKAGES = ("torch", "timm", "torchvision", "transformers", "openvino", "numpy")


@dataclass
class Race:
    """A duel under way; ``duel`` gives what is known of it at any moment."""

    names: tuple[str, ...]
    settings: Settings
    ready: "dict[str, ReadyModel]"
    failed: dict[int, str]
    contenders: "dict[int, Contender]" = field(default_factory=dict)
    stages: dict[int, Stages] = field(default_factory=dict)
    log: Log = field(default_factory=lambda: Log([]))
    begun_s: float = 0.0
    others: int = 0
    watch: Others = field(default_factory=Others)
    finished: bool = False

    def racing(self) -> list[int]:
        """Return the places of the models that run; the log counts only those."""
        return list(self.contenders)

    def seconds_left(self) -> float | None:
        """Return how long the rounds that are left will take, or None before the first is complete."""
        done = self.log.rounds
        if not done:
            return None
        return (time.perf_counter() - self.begun_s) / done * (self.settings.rounds - done)

    def duel(self) -> Duel:
        """Return what is known now."""
        log = self.log
        share = float(np.median(log.others)) if log.others else None
        racers = tuple(self._racer(place, key) for place, key in enumerate(keys(self.names)))
        return Duel(
            self.settings, racers, log.rounds, log.disturbed(), self.others, share, self.finished, environment(),
            time.time(), self.watch.browser_share,
        )  # fmt: skip

    def _racer(self, place: int, key: str) -> Racer:
        from cvdemo.latency.counts import count

        name = self.names[place]
        spec, one, ready = get(name), self.contenders.get(place), self.ready.get(name)
        lane = self.racing().index(place) if one else None
        ms = self.log.ms[lane] if lane is not None and self.log.ms else []
        failed = self.failed.get(place) or (self.log.failed.get(lane) if lane is not None else None)
        asked = self.settings.side_of(name)
        counts = count(name, asked) if one else None
        whole = one is not None and one.engine.precision == "float32"  # memory is counted in its four bytes
        batch = self.settings.batch
        return Racer(
            key=key,
            model=name,
            title=spec.title,
            family=spec.family,
            weights=ready.weights if ready else "random" if uses_random(name) else "cached",
            engine=one.engine.name if one else "torch",
            precision=one.engine.precision if one else "float32",
            side=one.side if one else asked,
            ms=np.asarray(ms, np.float64),
            failed=failed,
            parameter_count=ready.parameter_count if ready else 0,
            multiply_adds=counts.multiply_adds * batch if counts else None,
            activation_count=counts.activation_count * batch if counts else None,
            peak_bytes=counts.weight_bytes + counts.working_bytes * batch if counts and whole else None,
            stages=self.stages.get(place),
            difference=one.engine.difference if one else None,
            note=one.engine.note if one else "",
        )


def run(
    path: Path,
    names: Sequence[str],
    settings: Settings,
    report: Report = lambda *_: None,
    longest_s: float = LONGEST_S,
    budget_s: float | None = None,
) -> Duel:
    """Measure ``names`` against each other on the photo at ``path``.

    Args:
        longest_s: refuse what is expected to take longer.
        budget_s: a quick look warms up shortly, and has fewer rounds where it would take longer than this.

    Borrowed once each, in sorted order; then the device is held from the first warm-up to the last run.

    Raises:
        SettingError: no duel, or one that this machine cannot or should not run; the message says what it can.
        CvDemoError: no model could be had; the first reason.
        Stopped: raised by ``report``.
    """
    names = tuple(names)
    check(names)
    refuse(names, settings, longest_s)
    with borrowed(names, report) as (ready, missing):
        failed = {place: str(missing[name]) for place, name in enumerate(names) if name in missing}
        race = Race(names, settings, ready, failed)
        _line_up(race, path, report)
        with alone(report):
            _measure(race, path, report, budget_s)
        learn(race.duel())
        return race.duel()


def _line_up(race: Race, path: Path, report: Report) -> None:
    """Make every model ready to run; a copy of a long one looks between two layers whether it was stopped."""
    from cvdemo.latency.contender import contender, interruptible

    for place, name in enumerate(race.names):
        report("preparing", name)
        if name not in race.ready:
            continue
        try:
            one = contender(race.ready[name], race.settings, path)
        except CvDemoError as error:
            race.failed[place] = str(error)
            continue
        if expected_ms(name, race.settings) > LONG_RUN_MS:
            interruptible(one, lambda: report("race", race))
        race.contenders[place] = one


def _measure(race: Race, path: Path, report: Report, budget_s: float | None) -> None:
    from cvdemo.latency.contender import host_clock, stages, stopwatch

    asked = compute.turns_asked()
    compute.expect(expected_s(race.names, race.settings))

    def tell(log: Log | None = None) -> None:
        race.log = log or race.log
        race.others = compute.turns_asked() - asked
        if log is not None and not log.rounds:
            race.begun_s = time.perf_counter()
        left = race.seconds_left()
        if left is not None:
            compute.expect(left)
        report("race", race)

    works = [one.work for one in race.contenders.values()]
    end_s = time.perf_counter() + (math.inf if budget_s is None else budget_s)
    short = {} if budget_s is None else {"warm_most": QUICK_WARM_UPS}

    def enough() -> bool:
        return time.perf_counter() > end_s

    race.watch = Others()
    race.log = take_turns(works, race.settings.rounds, stopwatch(), race.watch.share, tell, enough=enough, **short)
    for place, one in race.contenders.items():
        if race.racing().index(place) not in race.log.failed:
            race.stages[place] = stages(one, path, host_clock(), tell)
    race.finished = True


@functools.cache
def environment() -> Environment:
    """Return the device, its processor, the threads of torch, and the versions of Python and the libraries."""
    import torch

    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return Environment(compute.describe(), _processor(), torch.get_num_threads(), versions)


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()

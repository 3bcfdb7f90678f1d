"""Measures a duel: borrows the models, takes the device for itself alone, and lets them take turns."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cvdemo import compute, models, weights
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError, SettingError, Stopped
from cvdemo.latency.environment import environment
from cvdemo.latency.estimate import LONGEST_S, expected_ms, learn, refuse
from cvdemo.latency.others import Others
from cvdemo.latency.result import Duel, Racer, Stages
from cvdemo.latency.settings import MODEL_LIMIT, Settings
from cvdemo.latency.turns import Log, take_turns
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.latency.contender import Contender
    from cvdemo.loading import ReadyModel

LONG_RUN_MS = 300.0

Report = Callable[..., None]
"""Called with a `Race` that goes on, with (model, Progress) while one is loaded, or with the place in line; may raise
`Stopped`."""


def keys(names: Sequence[str]) -> tuple[str, ...]:
    """Return one key a racer: the model's name, with a number where it runs more than once."""
    return tuple(
        name if names.count(name) == 1 else f"{name}#{names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    )  # fmt: skip


def check(names: Sequence[str]) -> None:
    """Refuse what is no duel.

    Raises:
        SettingError: fewer than two models or more than six, an unknown one, or a detector.
    """
    if len(names) < 2:
        raise SettingError("A duel needs at least two models; the same one may be named twice.")
    if len(names) > MODEL_LIMIT:
        raise SettingError("Six at most. Remove one first.")
    for name in names:
        if get(name).task == "detect":
            raise SettingError(f"{get(name).title} finds objects; choose a classifier or a model of features here.")


def uses_random(model: str) -> bool:
    """Return whether ``model`` runs with random weights here, for lack of others: right for timing."""
    return weights.state(get(model)) not in ("bundled", "cached")


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
    finished: bool = False

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
            time.time(),
        )  # fmt: skip

    def _racer(self, place: int, key: str) -> Racer:
        from cvdemo.latency.counts import count

        name = self.names[place]
        spec, one, ready = get(name), self.contenders.get(place), self.ready.get(name)
        racing = list(self.contenders)
        ms = self.log.ms[racing.index(place)] if place in self.contenders and self.log.ms else []
        failed = self.failed.get(place)
        if failed is None and place in self.contenders:
            failed = self.log.failed.get(racing.index(place))
        counts = count(name, self.settings.side) if one else None
        batch = self.settings.batch
        return Racer(
            key=key,
            model=name,
            title=spec.title,
            family=spec.family,
            weights=ready.weights if ready else "random" if uses_random(name) else "cached",
            engine=one.engine.name if one else "torch",
            precision=one.engine.precision if one else "float32",
            side=one.side if one else self.settings.side,
            ms=np.asarray(ms, np.float64),
            failed=failed,
            parameter_count=ready.parameter_count if ready else 0,
            multiply_adds=counts.multiply_adds * batch if counts else None,
            activation_count=counts.activation_count * batch if counts else None,
            peak_bytes=counts.weight_bytes + counts.working_bytes * batch if counts else None,
            stages=self.stages.get(place),
        )


def run(
    path: Path,
    names: Sequence[str],
    settings: Settings,
    report: Report = lambda *_: None,
    longest_s: float = LONGEST_S,
) -> Duel:
    """Measure ``names`` against each other on the photo at ``path``.

    Borrowed once each, in sorted order; then the device is held from the first warm-up to the last run.

    Raises:
        SettingError: no duel, or one that this machine cannot or should not run; the message says what it can.
        CvDemoError: no model could be had; the first reason.
        Stopped: raised by ``report``.
    """
    names = tuple(names)
    check(names)
    refuse(names, settings, longest_s)
    with ExitStack() as stack:
        ready, missing = _borrowed(stack, names, report)
        failed = {place: str(missing[name]) for place, name in enumerate(names) if name in missing}
        race = Race(names, settings, ready, failed)
        with compute.turn(waiting=lambda place: report("waiting", place)):
            _measure(race, path, report)
        learn(race.duel())
        return race.duel()


def _borrowed(
    stack: ExitStack, names: tuple[str, ...], report: Report
) -> "tuple[dict[str, ReadyModel], dict[str, CvDemoError]]":
    ready, missing = {}, {}
    for name in sorted(set(names)):

        def told(step: Progress, name: str = name) -> None:
            report("loading", name, step)

        try:
            ready[name] = stack.enter_context(models.borrow(name, told, uses_random(name)))
        except Stopped:
            raise
        except CvDemoError as error:
            missing[name] = error
    if not ready:
        raise missing[names[0]]
    return ready, missing


def _measure(race: Race, path: Path, report: Report) -> None:
    from cvdemo.latency.contender import contender, host_clock, interruptible, stages, stopwatch

    compute.use_all_cores()
    asked = compute.turns_asked()

    def tell(log: Log | None = None) -> None:
        race.log = log or race.log
        race.others = compute.turns_asked() - asked
        left = race.seconds_left()
        if left is not None:
            compute.expect(left)
        report("race", race)

    for place, name in enumerate(race.names):
        tell()
        if name in race.ready:
            try:
                one = contender(race.ready[name], race.settings, path)
            except CvDemoError as error:
                race.failed[place] = str(error)
                continue
            race.contenders[place] = one
            if (expected_ms(name, race.settings) or 0) > LONG_RUN_MS:
                interruptible(one, tell)
    compute.expect(sum(expected_ms(name, race.settings) or 0 for name in race.names) * race.settings.rounds / 1000)
    clock: Any = stopwatch()
    watch = Others()

    def begun(log: Log) -> None:
        if not log.rounds:
            race.begun_s = time.perf_counter()
        tell(log)

    works = [one.work for one in race.contenders.values()]
    race.log = take_turns(works, race.settings.rounds, clock, watch.share, begun)
    racing = list(race.contenders)
    for place, one in race.contenders.items():
        if racing.index(place) not in race.log.failed:
            race.stages[place] = stages(one, path, host_clock(), tell)
    tell()
    race.finished = True

"""Times models over a range of picture sizes or batch sizes, in turns at each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError
from cvdemo.latency.estimate import fits
from cvdemo.latency.lineup import Report, alone, borrowed, check, uses_random
from cvdemo.latency.settings import Settings
from cvdemo.latency.turns import Log, take_turns

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

Kind = Literal["side", "batch"]
STEPS: dict[Kind, tuple[int, ...]] = {
    "side": (64, 96, 128, 160, 192, 224, 288, 352, 448),
    "batch": (1, 2, 4, 8, 16, 32),
}
ROUNDS = 5
WARM_RUNS = 2
PATIENCE_MS = 4000.0  # a model whose run takes longer goes no further


@dataclass(frozen=True)
class Line:
    """One model over the steps that it could take: step values as it took them, and median milliseconds."""

    model: str
    title: str
    family: str
    random: bool
    steps: tuple[int, ...]
    ms: tuple[float, ...]


@dataclass(frozen=True)
class Sweep:
    """All that is measured so far; ``now`` is the step that is being measured, None at the end."""

    kind: Kind
    settings: Settings
    lines: tuple[Line, ...]
    now: int | None


def sweep(path: Path, names: Sequence[str], settings: Settings, kind: Kind, report: Report = lambda *_: None) -> Sweep:
    """Measure each model at each step, five rounds each; sizes that do not fit in memory are left out.

    In PyTorch, so that one engine draws the whole line.

    Raises:
        CvDemoError: no model could be had.
        Stopped: raised by ``report``.
    """
    names = tuple(dict.fromkeys(names))
    check(names, fewest=1)
    known: dict[str, list[tuple[int, float]]] = {name: [] for name in names}

    def so_far(now: int | None) -> Sweep:
        return Sweep(kind, settings, tuple(_line(name, known[name]) for name in names), now)

    with borrowed(names, report) as (ready, _), alone(report):
        for step in STEPS[kind]:
            report("sweep", so_far(step))
            at_step = replace(settings, engine="torch", precision="fp32")
            at_step = replace(at_step, side=step) if kind == "side" else replace(at_step, batch=step)
            going = [name for name in ready if _goes_on(name, known[name], at_step)]
            for name, found in _at(path, {name: ready[name] for name in going}, at_step, so_far(step), report).items():
                known[name].append(found)
    return so_far(None)


def _goes_on(name: str, known: list[tuple[int, float]], settings: Settings) -> bool:
    return fits(name, settings) and (not known or known[-1][1] < PATIENCE_MS)


def _at(
    path: Path, ready: "dict[str, ReadyModel]", settings: Settings, so_far: Sweep, report: Report
) -> dict[str, tuple[int, float]]:
    """Return step and median of each model that runs at this step; two models may take the same step differently."""
    from cvdemo.latency.contender import contender, interruptible, stopwatch

    standing = {}
    for name, model in ready.items():
        try:
            standing[name] = contender(model, settings, path)
        except CvDemoError:
            continue  # too small or too large for it
        interruptible(standing[name], lambda: report("sweep", so_far))

    def told(log: Log) -> None:
        report("sweep", so_far)

    log = take_turns([one.work for one in standing.values()], ROUNDS, stopwatch(), lambda: None, told, WARM_RUNS)
    return {
        name: (one.side if so_far.kind == "side" else settings.batch, float(np.median(log.ms[place])))
        for place, (name, one) in enumerate(standing.items())
        if place not in log.failed
    }


def _line(name: str, known: list[tuple[int, float]]) -> Line:
    spec, distinct = get(name), dict(known)  # a model of one size has one point
    return Line(name, spec.title, spec.family, uses_random(name), tuple(distinct), tuple(distinct.values()))

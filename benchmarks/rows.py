"""The rows of the scoreboard: what is compared with what, and which ratio is the goal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.timing import Comparison


@dataclass(frozen=True)
class Counts:
    """The outcome of a row that counts instead of timing: what was seen, and whether it is as promised."""

    seen: str
    passed: bool


@dataclass(frozen=True)
class Measured:
    """The outcome of a row that times, with a remark worth printing."""

    comparison: Comparison
    remark: str = ""


@dataclass(frozen=True)
class Delays:
    """The outcome of a row that promises milliseconds, whatever the peer: each one seen, and how busy others were."""

    each_ms: tuple[float, ...]
    others: float
    remark: str = ""

    @property
    def median_ms(self) -> float:
        """The middle one."""
        return float(np.median(self.each_ms))


@dataclass(frozen=True)
class Absent:
    """The outcome of a row that cannot be measured on this machine, and why not."""

    why: str


Outcome = Measured | Counts | Delays | Absent


@dataclass(frozen=True)
class Row:
    """One line of the scoreboard.

    ``goal`` bounds a ratio: "faster" means peer / ours must be at least that, "cost" means ours / peer at most that.
    "delay" rows promise that the median is at most ``goal`` milliseconds: only a quiet machine can judge them.
    ``measure`` is None for what cannot be measured yet; ``why`` tells. ``short`` rows are those of the short version,
    all of which together take less than three minutes on two quiet cores.
    """

    name: str
    work: str
    peer: str
    kind: Literal["faster", "cost", "counts", "delay"]
    goal: float | None
    measure: Callable[[], Outcome] | None
    why: str = ""
    short: bool = False


def figure(row: Row, comparison: Comparison) -> tuple[float, float, float]:
    """Return ratio, low and high the way the row states its goal."""
    if row.kind == "faster":
        return 1 / comparison.ratio, 1 / comparison.high, 1 / comparison.low
    return comparison.ratio, comparison.low, comparison.high


def passed(row: Row, outcome: Measured | Counts | Delays) -> bool:
    """Return whether the outcome meets the row's goal."""
    if isinstance(outcome, Counts):
        return outcome.passed
    assert row.goal is not None
    if isinstance(outcome, Delays):
        return outcome.median_ms <= row.goal
    ratio = figure(row, outcome.comparison)[0]
    return ratio >= row.goal if row.kind == "faster" else ratio <= row.goal

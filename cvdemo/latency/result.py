"""What a duel found: every run, and everything that follows from the runs; plain values."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cvdemo.latency.settings import DISTURBED_SHARE, FEWEST_FOR_VERDICT, Settings
from cvdemo.latency.statistics import Percentiles, Ratio, compare, corrected, percentiles


@dataclass(frozen=True)
class Stages:
    """Milliseconds from the file to the answer, without the network: medians of a few runs each."""

    decode_ms: float
    prepare_ms: float
    post_ms: float


@dataclass(frozen=True)
class Racer:
    """One model of a duel, with its runs.

    Args:
        key: unique in the duel, also where one model runs twice.
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        side: of the photos it got, in pixels; models that take no other size got their own.
        ms: float64 (rounds,): one time a round.
        failed: why it was left out, or None.
        difference: the largest difference of probabilities to PyTorch in fp32 that was seen; None for that itself.
        note: why it is this engine.
        multiply_adds, activation_count, peak_bytes: of one run (``batch`` photos); None where they were not counted.
    """

    key: str
    model: str
    title: str
    family: str
    weights: str
    engine: str
    precision: str
    side: int
    ms: NDArray[np.float64]
    failed: str | None
    parameter_count: int
    multiply_adds: int | None
    activation_count: int | None
    peak_bytes: int | None
    stages: Stages | None
    difference: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Pair:
    """Two racers, by their keys, and how many times as fast ``a`` is as ``b``."""

    a: str
    b: str
    ratio: Ratio

    def turned(self) -> "Pair":
        """Return the same two in the other order."""
        return Pair(self.b, self.a, self.ratio.turned())


@dataclass(frozen=True)
class Environment:
    """Where it was measured."""

    device: str
    processor: str
    threads: int
    versions: dict[str, str]


@dataclass(frozen=True)
class Duel:
    """The whole measurement.

    Args:
        disturbed: numbers of the rounds in which other programs took more than a tenth of the machine.
        other_requests: how many other requests for the device came meanwhile.
        others_share: the share of the machine that others took, median over rounds; None if it was too short to tell.
        rounds: how many are complete.
        finished: False while it runs, and when it was stopped.
        measured_at: seconds since 1970.
        browser_share: the share of the machine that browsers on it took, which is not among that of others.
    """

    settings: Settings
    racers: tuple[Racer, ...]
    rounds: int
    disturbed: tuple[int, ...]
    other_requests: int
    others_share: float | None
    finished: bool
    environment: Environment
    measured_at: float
    browser_share: float | None = None

    def kept(self) -> NDArray[np.intp]:
        """Return the numbers of the rounds that count: the quiet ones; all where no verdict can come of those."""
        quiet = np.setdiff1d(np.arange(self.rounds), np.array(self.disturbed, dtype=np.intp))
        few = len(quiet) < min(FEWEST_FOR_VERDICT, self.rounds)
        return np.arange(self.rounds) if few else quiet

    @property
    def noisy(self) -> bool:
        """Whether so many rounds were disturbed that no verdict can come of the rest."""
        return self.rounds >= FEWEST_FOR_VERDICT and self.rounds - len(self.disturbed) < FEWEST_FOR_VERDICT

    @property
    def alone(self) -> bool:
        """Whether no other request came meanwhile, and other programs left the machine alone most of the time."""
        return not self.other_requests and (self.others_share or 0.0) <= DISTURBED_SHARE

    @property
    def standing(self) -> tuple[Racer, ...]:
        """The models that did not fail."""
        return tuple(racer for racer in self.racers if racer.failed is None)

    def times(self, racer: Racer) -> NDArray[np.float64]:
        """Return the times of ``racer`` that count, in milliseconds."""
        return racer.ms[: self.rounds][self.kept()]

    def percentiles(self, racer: Racer) -> Percentiles | None:
        """Return the percentiles of the times that count; None before the first round is complete."""
        times = self.times(racer)
        return percentiles(times) if len(times) else None

    def pairs(self) -> tuple[Pair, ...]:
        """Compare every two models that did not fail, in the order of choice; no verdict on a noisy machine.

        With more than two models, verdicts are corrected for the number of pairs (see `corrected`).
        """
        racing = list(itertools.combinations(self.standing, 2)) if len(self.kept()) else []
        ratios = corrected([compare(self.times(a), self.times(b)) for a, b in racing])
        if self.noisy or not self.finished:
            ratios = [replace(ratio, verdict=None) for ratio in ratios]
        return tuple(Pair(a.key, b.key, ratio) for (a, b), ratio in zip(racing, ratios, strict=True))

"""What is known of every network that the guide may name: published accuracy, licence, size, and its time here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cvdemo import catalogue
from cvdemo.catalogue import ModelSpec, Published, figures
from cvdemo.choose.demand import Demand
from cvdemo.latency.accuracy import pareto

FREE = ("apache-2.0", "mit", "bsd-3-clause")
"""Licences under which a product may use weights without more than naming them."""
COPYLEFT = ("agpl-3.0",)
"""A product may use them, and then has to hand out its own source, or to pay for another licence."""
LIMITS = ("licence", "size", "time")


@dataclass(frozen=True)
class Candidate:
    """One network.

    Args:
        ms: median of one photo, measured on this machine; None: not measured.
        mb: megabytes of its weights' file, 1e6 bytes each; None: not known.
        multiply_adds: of one photo of its own size; None: not counted.
    """

    spec: ModelSpec
    ms: float | None
    mb: float | None
    multiply_adds: int | None

    @property
    def published(self) -> Published | None:
        """Its accuracy as others published it."""
        return self.spec.published

    def breaks(self, demand: Demand) -> tuple[str, ...]:
        """Return which of `LIMITS` it breaks; what is not known breaks a limit of size or licence, not of time."""
        broken = {
            "licence": demand.licence == "commercial" and self.spec.licence not in (*FREE, *COPYLEFT),
            "size": bool(demand.max_mb) and (self.mb is None or self.mb > demand.max_mb),
            "time": bool(demand.milliseconds) and self.ms is not None and self.ms > demand.milliseconds,
        }
        return tuple(name for name in LIMITS if broken[name])


def general(spec: ModelSpec) -> bool:
    """Return whether a network knows everyday things: it has trained weights, and not of our own 100 classes or cells.

    Those that come with OpenCV look for one kind of thing each.
    """
    return spec.source not in ("random", "bundled", "opencv")


def candidates(task: str, times_ms: Mapping[str, float]) -> tuple[Candidate, ...]:
    """Return the catalogue's networks for ``task``, with the times that were measured here, by name."""
    return tuple(_candidate(spec, times_ms) for spec in catalogue.MODELS if spec.task == task and general(spec))


def _candidate(spec: ModelSpec, times_ms: Mapping[str, float]) -> Candidate:
    known = figures(spec.name)
    mb = known.byte_count / 1e6 if known else None
    return Candidate(spec, times_ms.get(spec.name), mb, known.multiply_adds if known else None)


def frontier(known: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return those that nobody else here beats in both time and published accuracy, the fastest first."""
    timed = [(one.ms, one.published.value, one) for one in known if one.ms is not None and one.published is not None]
    front = pareto((ms, value) for ms, value, _ in timed)
    return tuple(one for ms, value, one in sorted(timed, key=lambda row: row[0]) if (ms, value) in front)

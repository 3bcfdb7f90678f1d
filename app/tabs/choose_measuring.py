"""What Choose and Claims share: figures that are known to the machine, and how the measuring of them is told."""

import time
from dataclasses import dataclass, field
from typing import Any

from app.lab.busy import busy, fetching
from cvdemo import compute
from cvdemo.errors import CvDemoError
from cvdemo.latency import words as latency_words


@dataclass(frozen=True)
class Measured:
    """What one page shows: the figures are known to the machine, so this only says when it was measured, in seconds."""

    at: float = field(default_factory=time.time)


def getting_ready(step: tuple[Any, ...] | None, elapsed_s: float, otherwise: str) -> dict[str, Any]:
    """Return what is told until the models run: the place in line, what is fetched; else the sentence ``otherwise``."""
    kind, *rest = step or ("",)
    if kind == "waiting":
        return {"busy": busy(latency_words.in_line(rest[0] + 1, compute.seconds_left()))}
    if kind == "loading":
        return {"busy": fetching(rest[0], rest[1], elapsed_s)}
    return {"busy": busy(otherwise)}


def taking_turns(text: str, share: float) -> dict[str, Any]:
    """Return how far it is, 0..1."""
    return {"busy": {**busy(text), "share": share}}


def refused(error: CvDemoError) -> dict[str, Any]:
    """Return what is shown beside what is known, where nothing could be measured."""
    return {"fault": str(error)}

"""What a claim's measurement found: the figures, and the sentence that is made from them."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

Report = Callable[..., None]
"""Tells how far a measurement is; raises `Stopped` when nobody waits for it any more."""


@dataclass(frozen=True)
class Measured:
    """What was found on this machine.

    Args:
        figures: by name, in the order of the sentence; plain numbers.
        sentence: made from them.
        agrees: whether they bear the claim out as it is worded; None: they cannot tell.
        at: seconds since 1970; ``seconds``: that it took.
    """

    figures: dict[str, float]
    sentence: str
    agrees: bool | None
    at: float = 0.0
    seconds: float = 0.0


@dataclass
class _Found:
    """What was measured since the start, by claim: on starter photos, so it is nobody's own."""

    by_claim: dict[str, Measured] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_found = _Found()


def known(claim: str) -> Measured | None:
    """Return what was measured of a claim since the start."""
    return _found.by_claim.get(claim)


def keep(claim: str, measure: Callable[[Report], Measured], report: Report = lambda *_: None) -> Measured:
    """Measure, keep and return what a claim's own function finds.

    Raises:
        CvDemoError: whatever the measurement raised.
    """
    begun = time.perf_counter()
    found = replace(measure(report), at=time.time(), seconds=time.perf_counter() - begun)
    with _found.lock:
        _found.by_claim[claim] = found
    return found


def plain(found: Measured) -> dict[str, Any]:
    """Return it as JSON."""
    return {"figures": found.figures, "sentence": found.sentence, "agrees": found.agrees, "at": found.at}

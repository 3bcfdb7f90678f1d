"""Skips: one training runs at a time, whichever view asked for it; others are told their place."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.lab import Report
from app.tabs.skips_train import LINE, PATIENCE_S


@contextmanager
def in_turn(report: Report) -> Iterator[None]:
    """Hold the turn of trainings; while others have it, ``report("line", place, 0, 0.0)`` is called.

    Raises:
        Busy: nobody gave it back for too long.
        Stopped: raised by ``report``.
    """
    ticket = LINE.enter(PATIENCE_S, lambda place: report("line", place, 0, 0.0))
    try:
        yield
    finally:
        LINE.leave(ticket)

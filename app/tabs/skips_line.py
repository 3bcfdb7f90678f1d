"""Skips: its views train in turn with all trainings of the page, and say how far they are in one way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from app.lab import Bench, Work
from app.lab.busy import busy
from cvdemo.compute import TRAININGS
from cvdemo.errors import CvDemoError
from cvdemo.wording import in_line, left

PATIENCE_S = 900.0  # in the line of trainings


@contextmanager
def in_turn(waits: Callable[[int], None]) -> Iterator[None]:
    """Hold the turn of trainings; while others have it, ``waits(place)`` is called.

    Raises:
        Busy: nobody gave it back for too long.
        Stopped: raised by ``waits``.
    """
    ticket = TRAININGS.enter(PATIENCE_S, waits)
    try:
        yield
    finally:
        TRAININGS.leave(ticket)


def waiting(place: int) -> dict[str, Any]:
    """Return the state of a training that is the ``place``-th to come."""
    return {"busy": busy(in_line(place))}


def at_work(text: str, done: int, of: int, elapsed_s: float) -> dict[str, Any]:
    """Return the state of work that has ``done`` some ``of`` its steps, with the time that is left."""
    share = done / of
    more = f", {left(elapsed_s * (1 - share) / share)} left" if done else ""
    return {"busy": {"text": text + more, "share": share, "stoppable": True}}


def refused(error: CvDemoError) -> dict[str, Any]:
    """Return what changes where a training cannot be: a sentence, and what is shown stays."""
    return {"fault": str(error)}


training = partial(Work, refused=refused, mode="once")
bench = partial(Bench, own_head=True, pointed=False, stays=True, stopped="Stopped. Nothing has changed.")

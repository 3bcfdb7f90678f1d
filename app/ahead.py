"""Begins, before all that takes seconds, the process that answers first visitors while this one still starts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import app.environment  # noqa: F401  (must come first: the other process inherits it)
from cvdemo import ahead, compute

FEWEST_CORES = 2  # on one, both would only be slower
LEAST_BYTES = 2e9  # two processes with torch, for some seconds


@contextmanager
def answering(program: str) -> Iterator[None]:
    """Let it get ready beside the body, where this machine has room for it; where the body fails, end it.

    Args:
        program: the name under which the page's program runs; imported, as at each save of `make dev`, it begins none.
    """
    if program == "__main__" and _is_room():
        ahead.begin("cvdemo.classify")
    try:
        yield
    except BaseException:
        ahead.end()
        raise


def _is_room() -> bool:
    """Return whether two processes fit here, and a CPU will compute as far as that is known by now."""
    elsewhere = os.environ.get("SPACES_ZERO_GPU") or os.environ.get("CV_LAB_DEVICE", "cpu") != "cpu"
    return not elsewhere and compute.cores() >= FEWEST_CORES and compute.free_ram_bytes() >= LEAST_BYTES

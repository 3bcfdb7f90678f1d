"""The machine: which device computes, with how many threads, and one turn at a time on it."""

import functools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from cvdemo.errors import Busy

WAIT_S = 120.0  # longer than any single turn that the page asks for

_turns = threading.BoundedSemaphore(1)
_waiting = 0
_count = threading.Lock()


@functools.cache
def device() -> str:
    """Return ``cuda``, ``mps`` or ``cpu``; ``CV_LAB_DEVICE`` overrides. Imports torch, which takes seconds."""
    import torch

    wanted = os.environ.get("CV_LAB_DEVICE")
    if wanted:
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


@functools.cache
def cores() -> int:
    """Return how many CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def describe() -> str:
    """Return the device as the page names it: ``2 CPU cores`` or the GPU's name."""
    if device() == "cuda":
        import torch

        return torch.cuda.get_device_name()
    if device() == "mps":
        return "Apple GPU"
    return f"{cores()} CPU core{'s' if cores() != 1 else ''}"


def use_all_cores() -> None:
    """Give torch every core again; ultralytics takes all but one away from the whole process."""
    import torch

    if torch.get_num_threads() != cores():
        torch.set_num_threads(cores())


def free_bytes() -> int:
    """Return the free memory of the device: VRAM, or RAM within the container's bound."""
    if device() == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    free = int(psutil.virtual_memory().available)
    container = Path("/sys/fs/cgroup/memory.max")
    bound = container.read_text().strip() if container.exists() else "max"
    return free if bound == "max" else min(free, int(bound))


@contextmanager
def turn(wait_s: float = WAIT_S) -> Iterator[float]:
    """Hold the device alone; yields the seconds spent waiting for it.

    The working thread itself holds the turn: Gradio frees its own slot as soon as a visitor cancels, while
    the thread computes on. Borrow models before taking a turn, never inside one.

    Raises:
        Busy: nobody gave the device back within ``wait_s`` seconds.
    """
    global _waiting
    started = time.perf_counter()
    with _count:
        _waiting += 1
    try:
        if not _turns.acquire(timeout=wait_s):
            raise Busy("The machine is busy and your turn did not come. Try again in a minute.")
    finally:
        with _count:
            _waiting -= 1
    try:
        yield time.perf_counter() - started
    finally:
        _turns.release()


def waiting() -> int:
    """Return how many threads wait for the device now."""
    return _waiting

"""The machine: which device computes, with how many threads, and one turn at a time on it."""

import functools
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from cvdemo.errors import Busy
from cvdemo.memory import told_when_full

WAIT_S = 120.0  # longer than any single turn that the page asks for

LOOK_S = 0.25

OWN_CGROUPS = Path("/proc/self/cgroup")
CGROUPS = Path("/sys/fs/cgroup")
_CGROUP_FILES = (  # controller as /proc names it; limit, use, and of that the page cache that goes first (file and row)
    ("", "memory.max", "memory.current", "memory.stat inactive_file"),
    ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat total_inactive_file"),
)

OnWaiting = Callable[[int], None]


_chosen: str | None = None  # by `choose`, for this process


def device() -> str:
    """Return ``cuda``, ``mps`` or ``cpu``; ``CV_LAB_DEVICE`` overrides. Imports torch, which takes seconds."""
    return _chosen or _found()


def chosen() -> str | None:
    """Return the device that `choose` fixed for this process, or None."""
    return _chosen


def choose(name: str | None) -> None:
    """Fix the device of this process whatever is found: on ZeroGPU the page's own process has none."""
    global _chosen
    _chosen = name


def renew() -> None:
    """Forget who holds the device and who waits: after a fork, those threads do not exist."""
    global _line
    _line = Line()


@functools.cache
def _found() -> str:
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
    """Return the free memory of the device: VRAM, or RAM within what every container around this process leaves it."""
    if device() == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    return min([int(psutil.virtual_memory().available), *_left_in_cgroups()])


def _left_in_cgroups() -> Iterator[int]:
    """Yield what the group of this process and each group around it may still take: any of them gets it killed.

    Without a cgroup namespace the own group's path is the host's, of which only the root is visible here. Groups
    without a limit, and files that cannot be read, bound nothing.
    """
    try:
        lines = [line.split(":", 2) for line in OWN_CGROUPS.read_text().splitlines()]
    except OSError:
        lines = []
    for controller, *files in _CGROUP_FILES:
        root = CGROUPS / controller
        own = next((path for _, names, path in lines if controller in names.split(",")), "/")
        folder = root / own.strip("/")
        for group in [folder, *folder.parents[: len(folder.parts) - len(root.parts)]]:
            limit, used, cache = (_cgroup_number(group, *file.split()) for file in files)
            if limit is not None:
                yield max(0, limit - (used or 0) + (cache or 0))


def _cgroup_number(group: Path, file: str, row: str = "") -> int | None:
    """Return the number in a file, or in its line that begins with ``row``; None for ``max`` and where none is."""
    try:
        lines = [line.split() for line in (group / file).read_text().splitlines()]
        return next((int(words[-1]) for words in lines if words[-1:] != ["max"] and words[:-1] == row.split()), None)
    except (OSError, ValueError):
        return None


class Line:
    """Threads that want the same thing, first come, first served; the first one in line holds it."""

    def __init__(self) -> None:
        self.asked = 0
        self._tickets: deque[object] = deque()
        self._changed = threading.Condition()

    def enter(self, wait_s: float, waiting: "OnWaiting | None", asked_for: bool = True) -> object:
        """Wait in line and return a ticket for `leave`; whatever ``waiting`` raises ends the wait."""
        ticket, latest = object(), time.monotonic() + wait_s
        with self._changed:
            self._tickets.append(ticket)
            self.asked += asked_for
            try:
                while (place := self._tickets.index(ticket)) > 0:
                    left = latest - time.monotonic()
                    if left <= 0:
                        raise Busy("The machine is busy and your turn did not come. Try again in a minute.")
                    if waiting is not None:
                        waiting(place)
                    self._changed.wait(min(left, LOOK_S))
            except BaseException:
                self._remove(ticket)
                raise
        return ticket

    def leave(self, ticket: object) -> None:
        with self._changed:
            self._remove(ticket)

    def waiting(self) -> int:
        return max(0, len(self._tickets) - 1)

    def held(self) -> bool:
        return bool(self._tickets)

    def _remove(self, ticket: object) -> None:
        self._tickets.remove(ticket)
        self._changed.notify_all()


TRAININGS = Line()
"""One training runs at a time, of whichever lab: two would take turns, each at half its speed."""

_line = Line()
_expected_end: float | None = None


@contextmanager
def turn(wait_s: float = WAIT_S, waiting: OnWaiting | None = None, asked_for: bool = True) -> Iterator[float]:
    """Hold the device alone; yields the seconds spent waiting for it.

    The working thread itself holds the turn: Gradio frees its own slot as soon as a visitor cancels, while
    the thread computes on. Borrow models before taking a turn, never inside one.

    Args:
        waiting: called four times a second with the place in line (1 = next); may raise to give up.
        asked_for: by a visitor; False: work in the background that nobody waits for.

    Raises:
        Busy: nobody gave the device back within ``wait_s`` seconds.
        CvDemoError: its memory was full, and is free again.
    """
    global _expected_end
    started = time.perf_counter()
    ticket = _line.enter(wait_s, waiting, asked_for)
    try:
        with told_when_full():
            yield time.perf_counter() - started
    finally:
        _expected_end = None
        _line.leave(ticket)


def waiting() -> int:
    """Return how many threads wait for the device now."""
    return _line.waiting()


def held() -> bool:
    """Return whether somebody has the device now."""
    return _line.held()


def turns_asked() -> int:
    """Return how many turns visitors have asked for: two readings tell whether others came meanwhile."""
    return _line.asked


def expect(seconds: float) -> None:
    """Tell those in line how long the present holder of the device still needs it."""
    global _expected_end
    _expected_end = time.monotonic() + seconds


def seconds_left() -> float | None:
    """Return how long the holder of the device still needs it, if it said so."""
    end = _expected_end
    return None if end is None else max(0.0, end - time.monotonic())

"""Tells how much of the processor was taken by anything but the measurement itself."""

import os
import threading
import time
from pathlib import Path

import psutil

WINDOW_S = 0.25  # the system counts processor time in hundredths of a second: shorter windows would see ghosts
_GROUP = Path("/sys/fs/cgroup")


class Others:
    """Watches windows of time, and tells of each what share of the processor others took.

    Others are other processes, and other threads of Python in this one (visitors of other tabs); the threads with
    which the measured network computes are no threads of Python and count as ours.
    """

    def __init__(self) -> None:
        self._this = threading.get_native_id()
        self._process = psutil.Process()
        self._open()

    def _open(self) -> None:
        self._begun_s, self._taken_s = time.perf_counter(), self._others_s()

    def share(self, at_least_s: float = WINDOW_S) -> float | None:
        """Return the share 0..1 since the last answer and begin a new window; None while this one is too short."""
        passed_s = time.perf_counter() - self._begun_s
        if passed_s < at_least_s:
            return None
        taken_s = self._others_s() - self._taken_s
        self._open()
        return min(1.0, max(0.0, taken_s) / (passed_s * capacity()))

    def _others_s(self) -> float:
        return _busy_s() - _spent_s(self._process) + self._neighbours_s()

    def _neighbours_s(self) -> float:
        """Seconds of processor time that other threads of Python in this process have taken."""
        pythons = {thread.native_id for thread in threading.enumerate()} - {self._this}
        return sum(one.user_time + one.system_time for one in self._process.threads() if one.id in pythons)


def capacity() -> float:
    """Return how many processors can be busy at once for us: all that we may use, or the container's share."""
    quota = _quota()
    return quota if quota is not None else float(len(_cores()))


def _cores() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def _quota() -> float | None:
    """Return the container's bound in processors (Linux, cgroup v2), or None where there is none."""
    try:
        most, period = (_GROUP / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return None
    return None if most == "max" else int(most) / int(period)


def _busy_s() -> float:
    """Return the processor time of everybody who could be in our way: our container, or the cores that we may use."""
    if _quota() is not None:
        lines = (_GROUP / "cpu.stat").read_text().splitlines()
        return next(int(line.split()[1]) / 1e6 for line in lines if line.startswith("usage_usec"))
    cores, total = _cores(), 0.0
    for number, times in enumerate(psutil.cpu_times(percpu=True)):
        if number in cores:
            total += sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)
    return total


def _spent_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)

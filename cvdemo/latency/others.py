"""Tells how much of the processor was taken by anything but the measurement itself."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

from cvdemo.latency.settings import BROWSER_SHARE

WINDOW_S = 0.25  # the system counts processor time in hundredths of a second: shorter windows would see ghosts
BROWSERS = (
    "chrome",
    "chromium",
    "google chrome",
    "msedge",
    "microsoft edge",
    "firefox",
    "safari",
    "com.apple.webkit",
    "brave",
    "opera",
    "vivaldi",
)  # how the names of their processes begin
LOOK_S = 2.0  # between two looks for new processes: a look takes about ten milliseconds
_GROUP = Path("/sys/fs/cgroup")


class Others:
    """Watches windows of time, and tells of each what share of the processor others took.

    Others are other processes, and other threads of Python in this one (visitors of other tabs); the threads with
    which the measured network computes are no threads of Python and count as ours.

    On one's own machine the browser that shows this page is always among them: it draws every dot. It is told apart
    by the names of its processes, and what it takes, up to half of the machine, disturbs no round: models take turns,
    so it hits them alike, the interval grows by it, and rounds that it makes too much alike still forbid a verdict.
    What it takes is told beside the figures.
    """

    def __init__(self) -> None:
        self._this = threading.get_native_id()
        self._process = psutil.Process()
        self._browsers = Browsers()
        self._watched_s = self._browsed_s = 0.0
        self._open()

    def _open(self) -> None:
        self._begun_s, self._taken_s = time.perf_counter(), self._others_s()

    @property
    def browser_share(self) -> float | None:
        """The share 0..1 of the machine that browsers took in all windows so far; None before the first."""
        return min(1.0, self._browsed_s / self._watched_s) if self._watched_s else None

    def share(self, at_least_s: float = WINDOW_S) -> float | None:
        """Return the share 0..1 since the last answer and begin a new window; None while this one is too short."""
        passed_s = time.perf_counter() - self._begun_s
        if passed_s < at_least_s:
            return None
        taken_s, browsed_s = self._others_s() - self._taken_s, self._browsers.took_s()
        self._open()
        whole_s = passed_s * capacity()
        self._watched_s += whole_s
        self._browsed_s += browsed_s
        return min(1.0, max(0.0, taken_s - min(browsed_s, BROWSER_SHARE * whole_s)) / whole_s)

    def _others_s(self) -> float:
        return _busy_s() - _spent_s(self._process) + self._neighbours_s()

    def _neighbours_s(self) -> float:
        """Seconds of processor time that other threads of Python in this process have taken."""
        pythons = {thread.native_id for thread in threading.enumerate()} - {self._this}
        return sum(one.user_time + one.system_time for one in self._process.threads() if one.id in pythons)


class Browsers:
    """Tells how much processor time the browsers on this machine take: their processes, and what those have started."""

    def __init__(self) -> None:
        self._known: dict[psutil.Process, float] = {}
        self._looked_s = -LOOK_S
        self.took_s()

    def took_s(self) -> float:
        """Return the seconds of processor time since the last answer; a process not known then counts from now on."""
        now, took = time.perf_counter(), 0.0
        for process, before in list(self._known.items()):
            try:
                self._known[process] = _spent_s(process)
            except psutil.Error:  # it has ended: what it took last is not known, and counts as others'
                del self._known[process]
                continue
            took += max(0.0, self._known[process] - before)
        if now - self._looked_s >= LOOK_S:
            self._looked_s = now
            for process in browsers():
                with suppress(psutil.Error):
                    self._known.setdefault(process, _spent_s(process))
        return took


def browsers() -> list[psutil.Process]:
    """Return the processes of the browsers that run here, with those that they have started."""
    found: dict[int, psutil.Process] = {}
    for process in sorted(psutil.process_iter(["name", "ppid"]), key=lambda one: one.pid):  # parents come first
        name, parent = str(process.info["name"] or "").lower(), process.info["ppid"]
        if name.startswith(BROWSERS) or parent in found:
            found[process.pid] = process
    return list(found.values())


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

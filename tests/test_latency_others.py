"""Who takes the processor while models are timed: browsers on this machine are told apart from everybody else."""

import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from cvdemo.latency import others
from cvdemo.latency.others import Browsers, Others, browsers
from cvdemo.latency.settings import BROWSER_SHARE, DISTURBED_SHARE


class Process:
    """A process whose processor time a test turns on."""

    def __init__(self, pid: int, name: str | None, parent: int = 1) -> None:
        self.pid, self.spent_s, self.gone = pid, 0.0, False
        self.info = {"name": name, "ppid": parent}

    def cpu_times(self) -> Any:
        if self.gone:
            raise psutil.NoSuchProcess(self.pid)
        return type("Times", (), {"user": self.spent_s, "system": 0.0})()


@pytest.fixture(name="clock")
def turned_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    seconds = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: seconds[0])
    yield seconds


def _run(monkeypatch: pytest.MonkeyPatch, *running: Process) -> None:
    monkeypatch.setattr(psutil, "process_iter", lambda _wanted: iter(running))


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("chrome", True), ("chromium-browser", True), ("Google Chrome Helper (Renderer)", True), ("msedge.exe", True),
        ("firefox-bin", True), ("com.apple.WebKit.WebContent", True), ("python3.11", False), ("ffmpeg", False),
        ("stress-ng-cpu", False), ("", False), (None, False),
    ],
)  # fmt: skip
def test_browsers_go_by_their_names(monkeypatch: pytest.MonkeyPatch, name: str | None, is_one: bool) -> None:
    _run(monkeypatch, one := Process(7, name))
    assert browsers() == ([one] if is_one else [])


def test_what_a_browser_has_started_is_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    page, helper = Process(21, "Isolated Web Co", parent=20), Process(22, "RDD Process", parent=21)
    _run(monkeypatch, helper, page, Process(20, "firefox"), Process(30, "Isolated Web Co", parent=2))
    assert [one.pid for one in browsers()] == [20, 21, 22]


def test_only_what_a_known_browser_takes_is_counted(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    old, python = Process(5, "chrome"), Process(6, "python")
    old.spent_s = 100.0  # before the measurement
    _run(monkeypatch, old, python)
    watch = Browsers()
    old.spent_s, python.spent_s = 100.5, 50.0
    assert watch.took_s() == pytest.approx(0.5)
    late = Process(7, "chrome")
    late.spent_s = 9.0
    _run(monkeypatch, old, late, python)
    clock[0] += 10
    assert watch.took_s() == 0
    late.spent_s, old.gone = 9.25, True
    assert watch.took_s() == pytest.approx(0.25)
    assert watch.took_s() == 0


@pytest.mark.parametrize(
    ("browser", "rest", "left"),
    [
        (0.0, 0.0, 0.0),
        (0.3, 0.0, 0.0),
        (0.3, 0.4, 0.4),  # others disturb as before
        (0.9, 0.0, 0.9 - BROWSER_SHARE),  # a browser that does more than show a page
        (0.0, 0.8, 0.8),
    ],
)
def test_a_browser_disturbs_no_round_and_others_do(
    monkeypatch: pytest.MonkeyPatch, clock: list[float], browser: float, rest: float, left: float
) -> None:
    """On two processors, over windows of a second; shares of the whole machine."""
    shown, busy = Process(5, "chromium"), [0.0]
    _run(monkeypatch, shown)
    monkeypatch.setattr(others, "capacity", lambda: 2.0)
    monkeypatch.setattr(Others, "_others_s", lambda self: busy[0])
    watch = Others()
    assert watch.browser_share is None
    for _ in range(3):
        clock[0] += 1.0
        shown.spent_s += 2 * browser
        busy[0] += 2 * (browser + rest)
        share = watch.share()
        assert share == pytest.approx(left)
        assert (share > DISTURBED_SHARE) == (left > DISTURBED_SHARE)
    assert watch.browser_share == pytest.approx(browser)

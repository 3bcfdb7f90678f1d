"""The time on a card is a median after a warm-up, held to a clock that the test turns itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvdemo import compute, pace, starters
from cvdemo.classify import classify
from cvdemo.classify.run import network_runs
from cvdemo.errors import Busy


class Clock:
    """Runs take what is written down; time stands still between them."""

    def __init__(self, *ms: float) -> None:
        self.left, self.now, self.runs = list(ms), 0.0, 0

    def perf_counter(self) -> float:
        return self.now

    def run(self) -> None:
        self.runs += 1
        self.now += self.left.pop(0) / 1000


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pace, "_known", type(pace._known)())
    yield


CASES = {
    "a slow first run does not count": (90.0, (10, 12, 11, 30, 10), 11),
    "a quick first run does not count either": (1.0, (10, 12, 11, 30, 10), 11),
    "the budget ends it early": (90.0, (100, 80, 7, 7, 7), 90),
    "a network that is slow is not run again": (151.0, (), 151),
}


@pytest.mark.parametrize(("first", "others", "median"), CASES.values(), ids=CASES)
def test_the_median_of_the_runs_after_the_first(
    first: float, others: tuple[float, ...], median: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(*others)
    monkeypatch.setattr(pace.time, "perf_counter", clock.perf_counter)
    assert pace.median_ms("model", first, clock.run) == pytest.approx(median)
    assert clock.runs <= pace.RUNS


def test_later_runs_join_the_newest_and_run_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(*[10.0] * pace.RUNS)
    monkeypatch.setattr(pace.time, "perf_counter", clock.perf_counter)
    pace.median_ms("model", 500 / 10, clock.run)
    told = [pace.median_ms("model", 20.0, clock.run) for _ in range(pace.NEWEST)]
    assert clock.runs == pace.RUNS
    assert told[0] == pytest.approx(10) and told[-1] == pytest.approx(20)
    assert pace.median_ms("another model", 160.0, clock.run) == 160


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REMEMBERED", 3)
    for number in range(10):
        pace.median_ms(number, 200.0, lambda: None)
    assert list(pace._known) == [7, 8, 9]


def test_a_busy_device_costs_the_median_and_not_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise Busy("no")

    monkeypatch.setattr(compute, "turn", refuse)
    assert pace.median_ms("model", 33.0, lambda: pytest.fail("it ran")) == 33


def test_runs_for_the_figure_are_nobodys_answer(tmp_path: Path) -> None:
    with starters.unseen("cat") as photo:
        before = network_runs()
        (answer,) = classify(photo, ["mini_vit"]).answers
        assert network_runs() == before + 1
    assert answer.network_ms > 0

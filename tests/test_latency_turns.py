"""The order of events while models are timed, on a clock that tests can turn."""

import itertools
from collections import Counter
from collections.abc import Callable

import pytest

from cvdemo.errors import Stopped
from cvdemo.latency.clock import CudaClock, HostClock
from cvdemo.latency.turns import WARM_HIGH, Log, orders, take_turns, warm_up


class Bench:
    """A clock, a device and works that write down what happens; the clock moves only when something works."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.seconds = 0.0

    def now(self) -> float:
        self.events.append("clock")
        return self.seconds

    def synchronise(self) -> None:
        self.events.append("sync")

    def work(self, name: str, ms: float) -> Callable[[], None]:
        def act() -> None:
            self.events.append(name)
            self.seconds += ms / 1000

        return act

    def watch(self) -> HostClock:
        return HostClock(self.synchronise, self.now)


def test_the_clock_is_read_only_while_the_device_is_idle() -> None:
    bench = Bench()
    assert bench.watch().milliseconds(bench.work("work", 12.5)) == pytest.approx(12.5)
    assert bench.events == ["sync", "clock", "work", "sync", "clock"]


def test_on_a_gpu_two_events_in_its_own_stream_enclose_the_work() -> None:
    events: list[str] = []

    class Mark:
        def record(self) -> None:
            events.append("record")

        def elapsed_time(self, end_event: object) -> float:
            events.append("elapsed")
            return 3.25

    class Cuda:
        @staticmethod
        def Event(enable_timing: bool) -> Mark:
            assert enable_timing
            return Mark()

        @staticmethod
        def synchronize() -> None:
            events.append("sync")

    assert CudaClock(Cuda()).milliseconds(lambda: events.append("work")) == 3.25
    assert events == ["sync", "record", "work", "record", "sync", "elapsed"]


def test_models_take_turns_after_each_is_warm() -> None:
    bench, rounds = Bench(), 4
    works = [bench.work("A", 2), bench.work("B", 3), bench.work("C", 5)]
    log = take_turns(works, rounds, bench.watch(), lambda: 0.0, lambda log: None)
    ran = [event for event in bench.events if event in "ABC"]
    warm = ran[: -3 * rounds]
    assert "".join(warm) == "A" * warm.count("A") + "B" * warm.count("B") + "C" * warm.count("C")
    assert min(warm.count(name) for name in "ABC") >= 2
    assert [sorted(ran[start : start + 3]) for start in range(len(warm), len(ran), 3)] == [list("ABC")] * rounds
    assert log.ms == [pytest.approx([ms] * rounds) for ms in (2.0, 3.0, 5.0)]
    assert log.rounds == rounds


@pytest.mark.parametrize("names", ["A", "AB", "ABC", "ABCD", "ABCDE", "ABCDEF"])
def test_each_model_meets_each_neighbour_and_each_place_equally_often(names: str) -> None:
    """Who always ran after the same one would always find that one's leavings in the caches."""
    bench, count = Bench(), len(names)
    rounds = count * (1 + count % 2)
    take_turns([bench.work(name, 2) for name in names], rounds, bench.watch(), lambda: 0.0, lambda log: None)
    ran = [event for event in bench.events if event in names][-rounds * count :]
    by_round = [ran[start : start + count] for start in range(0, len(ran), count)]
    assert all(sorted(one) == list(names) for one in by_round), "each once a round"
    assert set(Counter(place for one in by_round for place in enumerate(one)).values()) == {rounds // count}
    met = Counter(pair for one in by_round for pair in itertools.pairwise(one))
    assert met == dict.fromkeys(itertools.permutations(names, 2), 1 + count % 2)


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_between_rounds_no_two_models_meet_much_more_often_than_others(count: int) -> None:
    """The first one of a round runs after the last one of the round before."""
    rounds = list(itertools.islice(orders(count), 50 * count * count))
    seams = Counter((before[-1], after[0]) for before, after in itertools.pairwise(rounds))
    assert max(seams.values()) <= 2 * len(rounds) / count**2


@pytest.mark.parametrize(
    ("times_ms", "runs"),
    [
        ([5.0] * 20, 4),
        ([100.0, 50.0, 25.0, 12.0, 6.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0], 9),
        ([1000.0, 990.0, 980.0, 970.0], 3),
        ([3000.0, 3000.0, 3000.0], 2),
        ([100 * 0.8**step for step in range(20)], WARM_HIGH),
    ],
    ids=["steady at once", "falls, then steady", "two seconds are enough", "very slow", "never steady"],
)
def test_warming_up_goes_on_until_times_are_steady(times_ms: list[float], runs: int) -> None:
    bench, left = Bench(), iter(times_ms)

    def work() -> None:
        bench.seconds += next(left) / 1000

    assert warm_up(work, bench.watch(), lambda: None) == runs


def test_a_model_that_fails_half_way_is_left_out_and_the_others_go_on() -> None:
    bench, runs = Bench(), 0

    def fails() -> None:
        nonlocal runs
        runs += 1
        if runs > WARM_HIGH + 3:
            raise RuntimeError("shapes cannot be multiplied\nat 0x7f00")

    log = take_turns([bench.work("A", 2), fails, bench.work("C", 3)], 25, bench.watch(), lambda: 0.0, lambda log: None)
    assert log.failed == {1: "shapes cannot be multiplied"}
    assert [len(times) for times in log.ms] == [25, 3, 25]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried"),
         "not enough memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "not enough memory"),
        (MemoryError(), "not enough memory"),
        (ValueError(""), "ValueError"),
    ],
)  # fmt: skip
def test_reasons_are_short(error: Exception, reason: str) -> None:
    def fails() -> None:
        raise error

    assert take_turns([fails], 3, Bench().watch(), lambda: 0.0, lambda log: None).failed == {0: reason}


def test_stopping_ends_before_the_next_run() -> None:
    bench = Bench()

    def report(log: Log) -> None:
        if log.rounds == 5:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped):
        take_turns([bench.work("A", 1), bench.work("B", 1)], 30, bench.watch(), lambda: 0.0, report)
    assert bench.events.count("B") - 4 == 5  # four to warm up


def test_what_others_took_is_booked_to_the_rounds_of_its_window() -> None:
    bench = Bench()
    shares = iter([0.9, None, None, 0.5, None, 0.02, None])  # the first is of the warm-up
    log = take_turns([bench.work("A", 1)], 5, bench.watch(), lambda: next(shares), lambda log: None)
    assert log.others == [0.5, 0.5, 0.5, 0.02, 0.02]
    assert log.disturbed() == (0, 1, 2)


def test_the_rounds_after_the_last_window_are_like_those_in_it() -> None:
    bench = Bench()
    shares = iter([None, 0.4, None, None, None])
    log = take_turns([bench.work("A", 1)], 3, bench.watch(), lambda: next(shares), lambda log: None)
    assert log.others == [0.4, 0.4, 0.4]

"""Those who wait together are served together: each gets its own result or its own error, whatever the others do."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cvdemo.errors import Busy, Stopped
from cvdemo.gathering import Gatherer, Take

Row = tuple[float, int]


def one(value: float, size: int = 4) -> np.ndarray:
    return np.full((1, size), value, np.float32)


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end, "it never came to its end"
        time.sleep(0.002)


class Kitchen:
    """Serves batches: twice the value of each array, and the size of its batch; 13 is more than it can bear."""

    def __init__(self, most: int = 16, limit_bytes: int = 10**6) -> None:
        self.gatherer: Gatherer[Row] = Gatherer(most, limit_bytes)
        self.batches: list[list[float]] = []
        self.open = threading.Event()
        self.open.set()
        self.turn = threading.Lock()

    def serve(self, take: Take) -> Sequence[Row]:
        assert self.open.wait(60)
        with self.turn:
            batch = take()
            self.batches.append([float(row[0]) for row in batch])
            if 13 in batch[:, 0]:
                raise ValueError("unlucky")
            return [(2 * float(row[0]), len(batch)) for row in batch]

    def ask(self, value: float, check: Callable[[], None] = lambda: None, size: int = 4) -> Row:
        return self.gatherer.ask(("model", size), one(value, size), self.serve, check)

    def together(self, values: Sequence[float], pool: ThreadPoolExecutor) -> list[Row | BaseException]:
        """Let all of them wait before the first one is served."""
        self.open.clear()
        asked = []
        for number, value in enumerate(values, 1):
            asked.append(pool.submit(self.ask, value))
            until(lambda number=number: self.gatherer.waiting() == number)  # type: ignore[misc]
        self.open.set()
        return [future.exception(60) or future.result() for future in asked]


def test_who_comes_alone_is_served_at_once() -> None:
    kitchen = Kitchen()
    assert kitchen.ask(1) == (2, 1)
    assert kitchen.gatherer._groups == {}


def test_who_waits_together_is_served_together_in_the_order_of_coming() -> None:
    kitchen = Kitchen()
    with ThreadPoolExecutor(8) as pool:
        assert kitchen.together(range(8), pool) == [(2 * value, 8) for value in range(8)]
    assert kitchen.batches == [list(range(8))]
    assert kitchen.gatherer._groups == {}


@pytest.mark.parametrize(
    ("most", "limit_bytes", "largest"), [(3, 10**6, 3), (16, 2 * 16, 2), (16, 1, 1)], ids=["count", "bytes", "one"]
)
def test_no_batch_is_larger_than_it_may_be(most: int, limit_bytes: int, largest: int) -> None:
    kitchen = Kitchen(most, limit_bytes)
    with ThreadPoolExecutor(7) as pool:
        found = kitchen.together(range(7), pool)
    assert [row[0] for row in found if isinstance(row, tuple)] == [2 * value for value in range(7)]
    assert max(map(len, kitchen.batches)) == largest
    assert sorted(value for batch in kitchen.batches for value in batch) == list(range(7))  # each one once


def test_the_error_of_one_does_not_reach_the_others() -> None:
    kitchen = Kitchen()
    with ThreadPoolExecutor(5) as pool:
        found = kitchen.together([1, 2, 13, 4, 5], pool)
    assert [row for row in found if isinstance(row, tuple)] == [(2 * value, 1) for value in (1, 2, 4, 5)]
    assert isinstance(found[2], ValueError)
    assert kitchen.batches[0] == [1, 2, 13, 4, 5] and all(len(batch) == 1 for batch in kitchen.batches[1:])
    assert kitchen.gatherer._groups == {}


def test_other_keys_are_other_batches() -> None:
    kitchen = Kitchen()
    kitchen.open.clear()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(kitchen.ask, value, size=size) for value, size in ((1, 4), (2, 5), (3, 4), (4, 5))]
        until(lambda: kitchen.gatherer.waiting() == 4)
        kitchen.open.set()
        assert [future.result(60)[1] for future in asked] == [2, 2, 2, 2]


def test_who_leaves_is_dropped_and_the_others_are_served() -> None:
    kitchen, leaving = Kitchen(), threading.Event()

    def check() -> None:
        if leaving.is_set():
            raise Stopped("Stopped.")

    kitchen.open.clear()
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kitchen.ask, 1)
        until(lambda: kitchen.gatherer.waiting() == 1)
        gone, stays = pool.submit(kitchen.ask, 2, check), pool.submit(kitchen.ask, 3)
        until(lambda: kitchen.gatherer.waiting() == 3)
        leaving.set()
        until(lambda: kitchen.gatherer.waiting() == 2)
        kitchen.open.set()
        assert first.result(60) == (2, 2) and stays.result(60) == (6, 2)
        assert isinstance(gone.exception(60), Stopped)
    assert kitchen.batches == [[1, 3]]


@pytest.mark.parametrize("error", [Stopped("Stopped."), Busy("Busy.")], ids=["leaves", "waited for too long"])
def test_where_the_first_one_gives_up_before_its_turn_the_next_one_takes_over(error: Exception) -> None:
    kitchen, giving_up = Kitchen(), threading.Event()

    def gives_up(_: Take) -> Sequence[Row]:
        assert giving_up.wait(60)
        raise error

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kitchen.gatherer.ask, ("model", 4), one(1), gives_up)
        until(lambda: kitchen.gatherer.waiting() == 1)
        others = [pool.submit(kitchen.ask, value) for value in (2, 3)]
        until(lambda: kitchen.gatherer.waiting() == 3)
        giving_up.set()
        assert first.exception(60) is error
        assert sorted(future.result(60)[0] for future in others) == [4, 6]
    assert kitchen.gatherer._groups == {}


def test_who_leaves_in_the_middle_of_a_batch_that_fails_is_not_waited_for() -> None:
    kitchen, inside, go_on, leaving = Kitchen(), threading.Event(), threading.Event(), threading.Event()

    def fails(take: Take) -> Sequence[Row]:
        assert kitchen.open.wait(60)
        take()
        inside.set()
        assert go_on.wait(60)
        raise ValueError("the whole batch")

    def check() -> None:
        if leaving.is_set():
            raise Stopped("Stopped.")

    kitchen.open.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kitchen.gatherer.ask, ("model", 4), one(1), fails)
        until(lambda: kitchen.gatherer.waiting() == 1)
        second = pool.submit(kitchen.ask, 2, check)
        until(lambda: kitchen.gatherer.waiting() == 2)
        kitchen.open.set()
        assert inside.wait(60)
        leaving.set()
        assert isinstance(second.exception(60), Stopped)
        go_on.set()
        assert isinstance(first.exception(60), ValueError)
    assert kitchen.gatherer.waiting() == 0 and kitchen.gatherer._groups == {}


def test_a_crowd_with_errors_and_leavers_loses_nobody() -> None:
    kitchen, draw = Kitchen(most=5), random.Random(0)
    plans = [(13 if draw.random() < 0.1 else number + 100, draw.random() < 0.2) for number in range(300)]

    def visit(plan: tuple[float, bool]) -> Row | str:
        value, leaves = plan
        looks = iter(range(1))

        def check() -> None:
            if leaves and next(looks, None) is None:
                raise Stopped("Stopped.")

        try:
            return kitchen.ask(value, check)
        except ValueError:
            return "unlucky"
        except Stopped:
            return "left"

    with ThreadPoolExecutor(24) as pool:
        found = list(pool.map(visit, plans))
    for (value, leaves), row in zip(plans, found, strict=True):
        if isinstance(row, tuple):
            assert row[0] == 2 * value and 1 <= row[1] <= 5
        else:
            assert (row == "unlucky" and value == 13) or (row == "left" and leaves)
    assert kitchen.gatherer._groups == {}

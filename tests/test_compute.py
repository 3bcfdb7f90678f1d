"""One turn at a time on the device, whatever a visitor's queue does."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cvdemo import compute
from cvdemo.errors import Busy, Stopped


def test_turns_never_overlap() -> None:
    inside = 0
    most = 0

    def work(_: int) -> None:
        nonlocal inside, most
        with compute.turn():
            inside += 1
            most = max(most, inside)
            time.sleep(0.005)
            inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))
    assert most == 1
    assert compute.waiting() == 0


def test_a_turn_is_given_back_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), compute.turn():
        _ = 1 / 0
    with compute.turn(wait_s=0.1) as waited_s:
        assert waited_s < 0.1


def test_who_waits_too_long_is_told_so() -> None:
    held = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with compute.turn():
            held.set()
            done.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    with pytest.raises(Busy, match="busy"), compute.turn(wait_s=0.05):
        pass
    done.set()
    holder.join()


def test_who_comes_first_is_served_first_and_knows_the_place_in_line() -> None:
    order: list[int] = []
    places: dict[int, set[int]] = {}

    def work(number: int) -> None:
        with compute.turn(waiting=lambda place: places.setdefault(number, set()).add(place)):
            order.append(number)

    with ThreadPoolExecutor(5) as pool, compute.turn():
        for number in range(5):
            before = compute.waiting()
            pool.submit(work, number)
            while compute.waiting() == before:
                time.sleep(0.001)
    assert order == [0, 1, 2, 3, 4]
    assert all(max(places[number]) == number + 1 for number in range(5))


def test_who_gives_up_leaves_the_line() -> None:
    def gives_up(place: int) -> None:
        raise Stopped("Stopped.")

    def hold() -> None:
        with compute.turn():
            held.set()
            done.wait(5)

    held, done = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    with pytest.raises(Stopped), compute.turn(waiting=gives_up):
        pass
    assert compute.waiting() == 0 and compute.held()
    done.set()
    holder.join()
    assert not compute.held()


def test_only_what_visitors_asked_for_is_counted() -> None:
    before = compute.turns_asked()
    with compute.turn(), pytest.raises(Busy), compute.turn(wait_s=0):
        pass
    with compute.turn(asked_for=False):
        pass
    assert compute.turns_asked() == before + 2


def test_the_holder_says_how_long_it_still_needs() -> None:
    assert compute.seconds_left() is None
    with compute.turn():
        compute.expect(20)
        left = compute.seconds_left()
        assert left is not None and 0 < left <= 20
    assert compute.seconds_left() is None


def test_threads_are_restored_after_a_library_took_them() -> None:
    import torch

    torch.set_num_threads(1)
    compute.use_all_cores()
    assert torch.get_num_threads() == compute.cores()

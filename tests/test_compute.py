"""One turn at a time on the device, whatever a visitor's queue does."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cvdemo import compute
from cvdemo.errors import Busy


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


def test_threads_are_restored_after_a_library_took_them() -> None:
    import torch

    torch.set_num_threads(1)
    compute.use_all_cores()
    assert torch.get_num_threads() == compute.cores()

"""Long work streams its progress, and stops when nobody watches any more."""

import threading
import time

import pytest

from app.streaming import Finished, follow
from cvdemo.errors import Stopped


def test_the_result_comes_last_after_the_reports() -> None:
    def work(report):
        for step in range(3):
            report("step", step)
            time.sleep(0.2)
        return "done"

    steps = list(follow(work))
    assert isinstance(steps[-1], Finished) and steps[-1].result == "done"
    assert ("step", 2) in steps[:-1] or ("step", 1) in steps[:-1]


def test_an_error_in_the_work_reaches_the_consumer() -> None:
    def work(report):
        raise ZeroDivisionError("inside")

    with pytest.raises(ZeroDivisionError, match="inside"):
        list(follow(work))


def test_closing_the_stream_ends_the_work() -> None:
    ended = threading.Event()
    reached: list[int] = []

    def work(report):
        try:
            for step in range(1000):
                reached.append(step)
                report(step)
                time.sleep(0.02)
        except Stopped:
            ended.set()
            raise

    stream = follow(work)
    next(stream)
    stream.close()
    assert ended.wait(2)
    assert len(reached) < 100

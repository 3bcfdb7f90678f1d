"""Long work streams its progress, and stops when nobody watches any more."""

import threading
import time

import pytest

from app.lab.streaming import Finished, end, end_all, follow
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


def test_end_ends_what_runs_on_its_line_and_nothing_else() -> None:
    """A click on Stop that comes before the browser knows the work's number reaches the server by ``end`` only."""
    ended: list[str] = []

    def work(name):
        def run(report):
            try:
                while True:
                    report(name)
                    time.sleep(0.02)
            except Stopped:
                ended.append(name)
                raise

        return run

    first, second, other = (follow(work(name), line) for name, line in (("a", "x"), ("b", "x"), ("c", "y")))
    for stream in (first, second, other):
        next(stream)
    end("x")
    for stream in (first, second):
        with pytest.raises(Stopped):
            list(stream)
    assert sorted(ended) == ["a", "b"]
    next(other)
    end("x")  # nothing is left there
    other.close()


def test_the_end_of_the_program_waits_for_work_that_stops_at_its_next_report() -> None:
    ended = threading.Event()

    def work(report):
        try:
            while True:
                report()
                time.sleep(0.02)
        finally:
            ended.set()

    stream = follow(work)
    next(stream)
    end_all()
    assert ended.is_set()
    stream.close()

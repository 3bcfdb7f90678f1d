"""Runs long work in a thread and streams its progress, so that a visitor can watch it and stop it."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from cvdemo.errors import Stopped

T = TypeVar("T")
STEP_S = 0.25


class Finished(Generic[T]):
    """The last thing that `follow` yields: the work's result."""

    def __init__(self, result: T) -> None:
        self.result = result


def follow(work: Callable[[Callable[..., None]], T]) -> Iterator[tuple[Any, ...] | Finished[T] | None]:
    """Run ``work(report)`` in a thread of its own; yield the latest report, or None, every quarter of a second.

    When the consumer goes away (a closed tab, a click on Cancel), the next ``report`` in the thread raises
    `Stopped`, so the work ends and gives back what it holds.

    Raises:
        BaseException: whatever ``work`` raised.
    """
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
    gone = threading.Event()
    latest: list[tuple[Any, ...]] = []

    def report(*step: Any) -> None:
        if gone.is_set():
            raise Stopped("Stopped. What was finished is kept.")
        latest[:] = [step]

    def run() -> None:
        try:
            outcome.put((work(report), None))
        except BaseException as error:  # noqa: BLE001 - handed to the consumer, who raises it
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        while True:
            try:
                result, error = outcome.get(timeout=STEP_S)
            except queue.Empty:
                yield latest[0] if latest else None
                continue
            if error is not None:
                raise error
            yield Finished(result)  # type: ignore[arg-type]
            return
    finally:
        gone.set()

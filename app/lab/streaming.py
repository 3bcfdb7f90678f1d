"""Runs long work in a thread and streams its progress, so that a visitor can watch it and stop it."""

import atexit
import html
import queue
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any, Generic, TypeVar

import gradio as gr
from gradio.context import LocalContext

from cvdemo.errors import Stopped
from cvdemo.notices import gathered

T = TypeVar("T")
STEP_S = 0.25
STOPPED = "Stopped. What was finished is kept."


class _Ending(threading.Event):
    by_hand = False


class StoppedByHand(Stopped):
    """The visitor stopped the work; else a newer wish took its place, or nobody waits any more."""


_lines: dict[tuple[str, str], set[_Ending]] = {}  # (session, line): what ends the works there
_lock = threading.Lock()
_working: dict[threading.Thread, _Ending] = {}  # and what ends each
PATIENCE_S = 10.0


class Finished(Generic[T]):
    """The last thing that `follow` yields: the work's result."""

    def __init__(self, result: T) -> None:
        self.result = result


def end(line: str, by_hand: bool = False) -> None:
    """End all that this visitor has running on ``line``: each next report raises `Stopped`.

    Gradio's ``cancels`` alone is not enough: a click that comes before the browser knows the work's number is lost.
    """
    with _lock:
        running = _lines.pop((session(), line), set())
    for gone in running:
        gone.by_hand = by_hand
        gone.set()


def session() -> str:
    """Return which page asks; "" outside Gradio."""
    request = LocalContext.request.get(None)
    return getattr(request, "session_hash", None) or ""


def follow(work: Callable[[Callable[..., None]], T], line: str = "") -> Iterator[tuple[Any, ...] | Finished[T] | None]:
    """Run ``work(report)`` in a thread of its own; yield the latest report, or None, every quarter of a second.

    When the consumer goes away (a closed tab, a click on Cancel), the next ``report`` in the thread raises
    `Stopped`, so the work ends and gives back what it holds.

    Args:
        work: the long work; it reports often.
        line: what `end` calls it.

    Raises:
        StoppedByHand: soon after `end` said so; the work's thread ends by its next report.
        BaseException: whatever ``work`` raised.
    """
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
    gone = _Ending()
    mine = (session(), line)
    with _lock:
        _lines.setdefault(mine, set()).add(gone)
    latest: list[tuple[Any, ...]] = []
    told: list[str] = []

    def report(*step: Any) -> None:
        if gone.is_set():
            raise Stopped(STOPPED)
        latest[:] = [step]

    def run() -> None:
        try:
            with gathered() as notices:
                result = work(report)
            told.extend(notices)
            outcome.put((result, None))
        except BaseException as error:  # noqa: BLE001 - handed to the consumer, who raises it
            outcome.put((None, error))
        finally:
            _working.pop(threading.current_thread(), None)

    thread = threading.Thread(target=copy_context().run, args=(run,), daemon=True)  # ZeroGPU asks whose work it is
    _working[thread] = gone
    thread.start()
    try:
        while True:
            try:
                result, error = outcome.get(timeout=STEP_S)
            except queue.Empty:
                if gone.by_hand:  # at once: Gradio's cancelling waits for us, and holds up what is begun meanwhile
                    raise StoppedByHand(STOPPED) from None
                yield latest[0] if latest else None
                continue
            if error is not None:
                raise StoppedByHand(STOPPED) if gone.by_hand and isinstance(error, Stopped) else error
            for sentence in told:
                gr.Info(html.escape(sentence))
            yield Finished(result)  # type: ignore[arg-type]
            return
    finally:
        gone.set()
        with _lock:
            _lines.get(mine, set()).discard(gone)
            if not _lines.get(mine, True):
                del _lines[mine]


@atexit.register
def end_all() -> None:
    """End all work before the interpreter goes: a thread inside torch would abort the whole program."""
    left = list(_working.items())
    for _, gone in left:
        gone.set()
    for thread, _ in left:
        thread.join(PATIENCE_S)

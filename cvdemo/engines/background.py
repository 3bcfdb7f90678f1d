"""Work in the background: selections wait in line here until one thread has prepared and measured their engines."""

import atexit
import queue
import threading
import time
import weakref
from typing import Protocol

from cvdemo import compute


class Preparing(Protocol):
    """A model and a shape whose engines are to be found out: a selection."""

    asked: bool

    def settle(self) -> None: ...


LINE = 16
PAUSE_S = 0.3  # the answer that was asked for goes out first
PATIENCE_S = 10.0
LAST_S = 15.0

_line: "queue.Queue[weakref.ref[Preparing]]" = queue.Queue(LINE)
_starting = threading.Lock()
_workers: list[threading.Thread] = []
_ending = threading.Event()


def ask(selection: Preparing) -> None:
    """Put a selection in line, once; a model that leaves memory meanwhile leaves the line, too."""
    with _starting:
        if selection.asked or _ending.is_set():
            return
        try:
            _line.put_nowait(weakref.ref(selection))
        except queue.Full:
            return  # it is asked for again at the model's next run
        selection.asked = True
        if not _workers:
            _workers.append(threading.Thread(target=_work, name="engines", daemon=True))
            _workers[0].start()
            atexit.register(_end)


def idle() -> bool:
    """Return whether nothing waits and nothing is being prepared."""
    return _line.unfinished_tasks == 0


def _work() -> None:
    while not _ending.is_set():
        try:
            waiting = _line.get(timeout=0.5)
        except queue.Empty:
            continue
        try:
            _give_way()
            selection = waiting()
            if selection is not None:
                selection.settle()
            del selection
        finally:
            _line.task_done()


def _give_way() -> None:
    """Let visitors go first, for a while: a conversion takes seconds of a core."""
    until = time.monotonic() + PATIENCE_S
    time.sleep(PAUSE_S)
    while compute.waiting() and time.monotonic() < until and not _ending.is_set():
        time.sleep(0.05)


def _end() -> None:
    """Let the conversion that runs come to its end: a thread inside native code must not outlive the interpreter."""
    _ending.set()
    for worker in _workers:
        worker.join(LAST_S)

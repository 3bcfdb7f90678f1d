"""One file over HTTP: resumed after every break, watched by a deadline and a stop button."""

import contextlib
import errno
import queue
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from huggingface_hub import get_session
from huggingface_hub.errors import HTTPError

from cvdemo.errors import Stopped
from cvdemo.weights.trouble import Gone, NoRoom, Offline, Refused, Slow
from cvdemo.wording import megabytes

ANSWER_S = 12.0  # nothing has answered by then: there is no network
READ_TIMEOUT_S = 10.0
ATTEMPTS = 5
PAUSE_S = 0.5  # before the second attempt, then twice as long each time
MISSING = (401, 403, 404, 410)  # the Hub answers 401 for repositories that do not exist
REPORT_EVERY_S = 0.1
SPARE_BYTES = 32_000_000

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """How far a model is: ``done`` of ``total`` bytes (None = not known) while it is fetched; then it is loaded."""

    phase: Literal["fetch", "load"]
    done: int
    total: int | None


OnProgress = Callable[[Progress], None]


class Watch:
    """What the thread that downloads and the thread that waits tell each other."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.stopped = threading.Event()
        self.steps: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()  # None: the work has ended
        self.before = 0  # bytes of this model's files that are complete
        self._reported_at = 0.0

    def check(self) -> None:
        """Leave the downloading thread if nobody waits for it any more."""
        if self.stopped.is_set():
            raise Stopped("Stopped.")

    def report(self, done: int, total: int | None) -> None:
        """Tell how many bytes of this file are here; some calls are dropped, never the one for the last byte."""
        self.answered.set()
        if done == total or time.monotonic() - self._reported_at > REPORT_EVERY_S:
            self._reported_at = time.monotonic()
            self.steps.put(Progress("fetch", self.before + done, None if total is None else self.before + total))


def watched(work: Callable[[Watch], T], progress: OnProgress | None, deadline_s: float) -> T:
    """Return ``work(watch)``, done in a thread of its own, so that no name server or stalled line can hold us.

    ``progress`` is called in the calling thread; what it raises stops the work and is raised here.

    Raises:
        Offline: nothing had answered after ``ANSWER_S`` seconds.
        Slow: the work took longer than ``deadline_s`` seconds.
    """
    watch = Watch()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work(watch))
        except BaseException as error:  # noqa: BLE001  (handed to the waiting thread)
            failure.append(error)
        finally:
            watch.steps.put(None)

    threading.Thread(target=run, name="fetch", daemon=True).start()
    try:
        _follow(watch, progress, deadline_s)
    finally:
        watch.stopped.set()
    if failure:
        raise failure[0]
    return outcome[0]


def _follow(watch: Watch, progress: OnProgress | None, deadline_s: float) -> None:
    """Pass the steps of the work on until it ends."""
    started = time.monotonic()
    latest = Progress("fetch", 0, None)
    while True:
        with contextlib.suppress(queue.Empty):
            step = watch.steps.get(timeout=REPORT_EVERY_S)
            if step is None:
                return
            latest = step
        if progress is not None:
            progress(latest)  # without news too: a callback that wants to stop gets its chance
        passed = time.monotonic() - started
        if passed > deadline_s:
            raise Slow(f"{deadline_s:.0f} seconds")
        if passed > ANSWER_S and not watch.answered.is_set():
            raise Offline


def download(url: str, part: Path, size: int | None, watch: Watch) -> None:
    """Download ``url`` into the file ``part``, going on from what is in it already.

    Raises:
        Offline, Refused, Gone, NoRoom: see there; ``part`` keeps what arrived, except when the disk is full.
        Stopped: the waiting thread has given up.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    trouble: Exception = Offline()
    failures = 0
    while failures < ATTEMPTS:
        watch.check()
        had = part.stat().st_size if part.exists() else 0
        if size is not None and had == size:
            part.touch()  # an empty file is complete too
            return
        _check_room(part, size, had)
        try:
            total = _receive(url, part, size, watch)
            if part.stat().st_size == total:
                return
            trouble = Offline()
        except Refused as error:
            trouble = error
        except (HTTPError, OSError) as error:
            if isinstance(error, OSError) and error.errno in _FULL:
                part.unlink(missing_ok=True)
                raise NoRoom(_free(part)) from error
            trouble = Offline()
        moved = part.exists() and part.stat().st_size > had
        failures = 0 if moved else failures + 1
        watch.stopped.wait(PAUSE_S / 2 if moved else PAUSE_S * 2 ** (failures - 1))
    raise trouble


def _receive(url: str, part: Path, size: int | None, watch: Watch) -> int | None:
    """Append one answer of the server to ``part``; return the whole file's size if the server tells it."""
    had = part.stat().st_size if part.exists() else 0
    if size is not None and had > size:
        had = 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={had}-"} if had else {})
    client = get_session()  # the Hub's own: one set of proxies and certificates for everything
    with client.stream("GET", url, headers=headers, timeout=READ_TIMEOUT_S, follow_redirects=True) as answer:
        _check_status(answer.status_code, part)
        if answer.status_code != 206:
            had = 0  # the server does not resume: from the beginning
        length = answer.headers.get("Content-Length")
        total = size if size is not None or length is None else had + int(length)
        with part.open("ab" if had else "wb") as file:
            done = had
            watch.report(done, total)
            for chunk in answer.iter_raw():
                watch.check()
                file.write(chunk)
                done += len(chunk)
                watch.report(done, total)
    return done if total is None else total


def _check_status(status: int, part: Path) -> None:
    """Raise Refused for what another attempt may mend, Gone for what none can."""
    if status == 416:
        part.unlink(missing_ok=True)  # what we have is longer than the file: it is of another one
    if status in MISSING:
        raise Gone
    if status >= 400:
        raise Refused


def _check_room(part: Path, size: int | None, had: int) -> None:
    if size is not None and shutil.disk_usage(part.parent).free < size - had + SPARE_BYTES:
        raise NoRoom(_free(part))


def _free(part: Path) -> str:
    return megabytes(shutil.disk_usage(part.parent).free)

"""Computed results by (photo digest, model, settings), bounded in bytes, each and all together: what sliders act on."""

import contextlib
import dataclasses
import itertools
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

LIMIT_BYTES = 256 * 1024 * 1024
ALL_TOGETHER_BYTES = 1024 * 1024 * 1024

Recording = list[tuple[int, Hashable, Any]]
"""What was kept and counted, in order: (number of the `Results` or `Count`, key, value)."""

_numbers = itertools.count()  # a forked process knows each one under the same number
_everything: "weakref.WeakValueDictionary[int, Results | Count]" = weakref.WeakValueDictionary()
_recording: ContextVar[Recording | None] = ContextVar("recording", default=None)


def size_of(value: object) -> int:
    """Return the bytes that ``value`` keeps: arrays by their data, dataclasses and tuples by their parts."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return sum(size_of(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple | list):
        return sum(size_of(part) for part in value)
    return sys.getsizeof(value)


class Results:
    """A map from keys to frozen results; the least recently used go first when it grows over ``limit_bytes``."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.byte_count = 0
        self.number = next(_numbers)
        _everything[self.number] = self
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Any | None:
        """Return the result of ``key`` and mark it as used, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def find(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the result of ``key``; where it is not known, ``make`` it and keep it."""
        found: T | None = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def put(self, key: Hashable, value: object) -> None:
        """Keep ``value``, unless it alone is larger than the limit."""
        size = size_of(value)
        if size > self.limit_bytes:
            return
        _note(self.number, key, value)
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self.byte_count += size - before
            self._kept[key] = (value, size)
            while self.byte_count > self.limit_bytes:
                self._forget_oldest()
        _keep_all_within(ALL_TOGETHER_BYTES)

    def forget_oldest(self) -> None:
        """Let go of the least recently used result, if there is any."""
        with self._lock:
            if self._kept:
                self._forget_oldest()

    def _forget_oldest(self) -> None:
        _, (_, gone) = self._kept.popitem(last=False)
        self.byte_count -= gone

    def renew(self) -> None:
        """Forget who held the lock: after a fork, the thread that held it does not exist."""
        self._lock = threading.Lock()


def _keep_all_within(limit_bytes: int) -> None:
    """Let whoever keeps most let go of its oldest, until all together keep at most ``limit_bytes``."""
    everyone = [one for one in list(_everything.values()) if isinstance(one, Results)]
    while sum(one.byte_count for one in everyone) > limit_bytes:
        max(everyone, key=lambda one: one.byte_count).forget_oldest()


class Count:
    """Counts what ran since the start, from any thread."""

    def __init__(self) -> None:
        self.total = 0
        self.number = next(_numbers)
        _everything[self.number] = self
        self._lock = threading.Lock()

    def add(self, amount: int = 1) -> None:
        """Count ``amount`` more."""
        with self._lock:
            self.total += amount
        _note(self.number, None, amount)

    def renew(self) -> None:
        """Forget who held the lock, as `Results.renew`."""
        self._lock = threading.Lock()


def _note(number: int, key: Hashable, value: object) -> None:
    written = _recording.get()
    if written is not None:
        written.append((number, key, value))


@contextlib.contextmanager
def recording() -> Iterator[Recording]:
    """Write down what this thread keeps and counts inside the body, so that another process can `replay` it."""
    written: Recording = []
    token = _recording.set(written)
    try:
        yield written
    finally:
        _recording.reset(token)


def replay(written: Recording) -> None:
    """Keep and count here what another process has kept and counted."""
    for number, key, value in written:
        target = _everything.get(number)
        if isinstance(target, Results):
            target.put(key, value)
        elif target is not None:
            target.add(value)


def renew() -> None:
    """Free the locks of all results and counts, in a process that was just forked."""
    for one in list(_everything.values()):
        one.renew()

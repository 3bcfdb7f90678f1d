"""Computed results by (photo digest, model, settings), in one store of bounded bytes: what sliders act on.

Each lab keeps its results in parts with a name; the bound is one for all of them, and what nobody has used for longest
goes first, whoever's it is.
"""

import contextlib
import itertools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from cvdemo.byte_size import size_of

T = TypeVar("T")

LIMIT_BYTES = 1024 * 1024 * 1024

Recording = list[tuple[int, Hashable, Any]]
"""What was kept and counted, in order: (number of the `Results` or `Count`, key, value)."""

_numbers = itertools.count()  # a forked process knows each one under the same number
_everything: "weakref.WeakValueDictionary[int, Results | Count]" = weakref.WeakValueDictionary()
_recording: ContextVar[Recording | None] = ContextVar("recording", default=None)


class _Entry:
    """One kept value; ``used`` says that it may have grown since it was measured."""

    __slots__ = ("part", "size", "used", "value")

    def __init__(self, part: "Results", value: Any, size: int) -> None:
        self.part, self.value, self.size, self.used = part, value, size, False


class Store:
    """What all parts keep together: at most ``limit_bytes``; the least recently used go first."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.byte_count = 0
        self._entries: OrderedDict[tuple[int, Hashable], _Entry] = OrderedDict()
        self._used: list[tuple[tuple[int, Hashable], _Entry]] = []
        self._lock = threading.Lock()

    def get(self, place: tuple[int, Hashable]) -> Any | None:
        """Return the value at ``place`` and mark it as used, or None."""
        with self._lock:
            entry = self._entries.get(place)
            if entry is None:
                return None
            self._entries.move_to_end(place)
            if not entry.used:
                self._mark(place, entry)
            return entry.value

    def put(self, part: "Results", place: tuple[int, Hashable], value: object) -> bool:
        """Keep ``value``, and measure again what was used since the last time; say whether it fits at all."""
        entry = _Entry(part, value, size_of((place[1], value)))
        with self._lock:
            used, self._used = self._used, []
        grown = [(one, size_of((at[1], one.value))) for at, one in used]
        with self._lock:
            for (at, one), (_, size) in zip(used, grown, strict=True):
                one.used = False
                if self._entries.get(at) is one:
                    self._resize(one, size)
            self._drop(place)
            fits = entry.size <= self.limit_bytes
            if fits:
                self._entries[place] = entry
                part.count += 1
                self._resize(entry, entry.size, before=0)
                self._mark(place, entry)  # whoever made it works on with it
            while self.byte_count > self.limit_bytes:
                self._drop(next(iter(self._entries)))
        return fits

    def forget(self, digests: Collection[str]) -> None:
        """Drop what has one of ``digests`` in its key: what was made from a visitor's photos goes with them."""
        with self._lock:
            for place in [place for place in self._entries if _holds(place[1], digests)]:
                self._drop(place)

    def renew(self) -> None:
        """Forget who held the lock: after a fork, the thread that held it does not exist."""
        self._lock = threading.Lock()

    def _mark(self, place: tuple[int, Hashable], entry: _Entry) -> None:
        entry.used = True
        self._used.append((place, entry))

    def _drop(self, place: tuple[int, Hashable]) -> None:
        gone = self._entries.pop(place, None)
        if gone is not None:
            gone.part.count -= 1
            self._resize(gone, 0)

    def _resize(self, entry: _Entry, size: int, before: int | None = None) -> None:
        more = size - (entry.size if before is None else before)
        entry.size = size
        self.byte_count += more
        entry.part.byte_count += more


def _holds(key: Hashable, digests: Collection[str]) -> bool:
    """Whether a digest is the key, or stands anywhere in it, in a dataclass too."""
    if is_dataclass(key):
        key = tuple(getattr(key, one.name) for one in fields(key))
    return any(_holds(one, digests) for one in key) if isinstance(key, tuple) else key in digests


_store = Store(LIMIT_BYTES)


def forget(digests: Collection[str]) -> None:
    """Drop the results of all labs that have one of ``digests`` in their key, those of photos or of sets of them."""
    _store.forget(digests)


class Results:
    """One lab's part of the store, by name: a map from keys to frozen results."""

    def __init__(self, name: str = "", store: Store = _store, local: bool = False) -> None:
        """Begin empty.

        Args:
            name: what is kept here, for /healthz.
            local: stays in the process that made it, see `journal`.
        """
        self.name, self.local, self.store = name, local, store
        self.count = self.byte_count = 0
        self.number = next(_numbers)
        _everything[self.number] = self

    def __len__(self) -> int:
        return self.count

    def get(self, key: Hashable) -> Any | None:
        """Return the result of ``key`` and mark it as used, or None."""
        return self.store.get((self.number, key))

    def find(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the result of ``key``; where it is not known, ``make`` it and keep it.

        Threads that ask for it at once wait for the first one and share what it made. So ``make`` borrows no model:
        whoever holds that may be one of those who wait.
        """
        found: T | None = self.get(key)
        if found is None:
            with _alone((self.number, key)):
                found = self.get(key)
                if found is None:
                    found = make()
                    self.put(key, found)
        return found

    def put(self, key: Hashable, value: object) -> None:
        """Keep ``value``, unless it alone is larger than the whole store."""
        if self.store.put(self, (self.number, key), value) and not self.local:
            _note(self.number, key, value)


_making: dict[Hashable, list[Any]] = {}  # by place: the lock of who makes it, and how many hold or want it
_making_lock = threading.Lock()


@contextlib.contextmanager
def _alone(place: Hashable) -> Iterator[None]:
    """Let one thread at a time work on ``place``."""
    with _making_lock:
        row = _making.setdefault(place, [threading.RLock(), 0])
        row[1] += 1
    try:
        with row[0]:
            yield
    finally:
        with _making_lock:
            row[1] -= 1
            if not row[1]:
                _making.pop(place, None)


def figures() -> dict[str, Any]:
    """Return the bound, the bytes that are kept, and those of each named part that keeps anything."""
    parts = sorted((one for one in list(_everything.values()) if isinstance(one, Results)), key=lambda one: one.name)
    kept = {one.name: {"results": one.count, "bytes": one.byte_count} for one in parts if one.name and one.count}
    return {"bytes_limit": _store.limit_bytes, "bytes_kept": _store.byte_count, "parts": kept}


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
        """Forget who held the lock, as `Store.renew`."""
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
    """Free all locks, in a process that was just forked: the threads that held them do not exist there."""
    global _making_lock
    _making_lock = threading.Lock()
    _making.clear()
    _store.renew()
    for one in list(_everything.values()):
        if isinstance(one, Count):
            one.renew()

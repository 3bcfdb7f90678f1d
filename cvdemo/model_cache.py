"""A cache of ready models: loaded once, leased while in use, evicted by bytes, used by one thread at a time."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from cvdemo.errors import Busy, ModelUnavailable, Stopped, anew
from cvdemo.weights import Progress
from cvdemo.wording import megabytes

WAIT_S = 180.0

OnProgress = Callable[[Progress], None]


class Sized(Protocol):
    """Anything that knows how many bytes it keeps."""

    @property
    def byte_count(self) -> int: ...


M = TypeVar("M", bound=Sized)


@dataclass
class _Slot(Generic[M]):
    """One model on its way in, or resident. ``leases`` > 0 forbids eviction.

    ``expected`` are the bytes for which room was made, from when its weights begin to come into memory.
    """

    ready: threading.Event = field(default_factory=threading.Event)
    use: threading.Lock = field(default_factory=threading.Lock)
    model: M | None = None
    error: BaseException | None = None
    progress: Progress | None = None
    leases: int = 0
    expected: int = 0

    def byte_count(self) -> int:
        return self.expected if self.model is None else self.model.byte_count


class ModelCache(Generic[M]):
    """Ready models by key, at most ``limit_bytes`` of them plus what is leased; the least recently used go first.

    They go before the new one comes in: at its step ``load``, so that a download that fails has cost nobody a model.

    Args:
        load: makes a model ready; reports the step ``load`` before it takes memory.
        bytes_of: how many bytes a model will keep, as far as that is known before it was ever loaded here.
    """

    def __init__(
        self,
        load: Callable[[Hashable, OnProgress], M],
        limit_bytes: int,
        bytes_of: Callable[[Hashable], int | None] = lambda _: None,
    ) -> None:
        self.limit_bytes = limit_bytes
        self.hits = self.misses = self.evictions = 0
        self._load = load
        self._bytes_of = bytes_of
        self._loaded: dict[Hashable, int] = {}  # the bytes of every model that was ever loaded, by its key
        self._slots: dict[Hashable, _Slot[M]] = {}  # in order of use: oldest first
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self, key: Hashable, progress: OnProgress | None = None, wait_s: float = WAIT_S) -> Iterator[M]:
        """Lend the model of ``key`` to this thread alone; load it first if needed.

        Threads that ask together load it once and share the outcome, an error too; no failure is kept.
        Borrow several at once only in sorted order of keys, and before ``compute.turn``.

        Raises:
            Busy: another visitor kept the model for longer than ``wait_s`` seconds; loading it does not count.
            CvDemoError: whatever loading raised.
        """
        slot = self._lease(key, progress)
        try:
            if not slot.use.acquire(timeout=wait_s):
                raise Busy("Somebody else is using this model for a long job. Try again in a minute.")
            try:
                assert slot.model is not None
                yield slot.model
            finally:
                slot.use.release()
        finally:
            with self._lock:
                slot.leases -= 1
                self._trim()

    def figures(self) -> dict[str, int]:
        """Return counts and bytes for the page and for /healthz."""
        with self._lock:
            resident = [slot.model for slot in self._slots.values() if slot.model is not None]
            return {
                "hits": self.hits,
                "misses": self.misses,
                "evictions": self.evictions,
                "resident": len(resident),
                "bytes_resident": sum(model.byte_count for model in resident),
                "bytes_limit": self.limit_bytes,
            }

    def room(self) -> int:
        """Return how many bytes may still come in before a model must go."""
        figures = self.figures()
        return figures["bytes_limit"] - figures["bytes_resident"]

    def holds(self, key: Hashable) -> bool:
        """Return whether the model of ``key`` is ready in memory."""
        slot = self._slots.get(key)
        return slot is not None and slot.model is not None

    def _lease(self, key: Hashable, progress: OnProgress | None) -> _Slot[M]:
        while True:
            with self._lock:
                slot = self._slots.pop(key, None)
                mine = slot is None
                if slot is None:
                    slot = _Slot()
                    self.misses += 1
                else:
                    self.hits += 1
                slot.leases += 1
                self._slots[key] = slot  # now the most recently used
            try:
                if mine:
                    self._fill(key, slot, progress)
                else:
                    _await(slot, progress)
            except BaseException as error:
                with self._lock:
                    slot.leases -= 1
                if isinstance(error, Stopped) and slot.error is not None and error.__cause__ is slot.error:
                    continue  # another visitor stopped the loading that we were waiting for: do it ourselves
                raise
            return slot

    def _fill(self, key: Hashable, slot: _Slot[M], progress: OnProgress | None) -> None:
        def report(step: Progress) -> None:
            slot.progress = step
            if progress is not None:
                progress(step)
            if step.phase == "load":
                with self._lock:
                    slot.expected = expected
                    self._trim()

        try:
            expected = self._loaded.get(key) or self._bytes_of(key) or 0
            self._refuse(expected)
            model = self._load(key, report)
            self._loaded[key] = model.byte_count
            self._refuse(model.byte_count)
            with self._lock:
                slot.model = model
                self._trim()
        except BaseException as error:
            slot.error = error
            with self._lock:
                if self._slots.get(key) is slot:
                    del self._slots[key]
            raise
        finally:
            slot.ready.set()

    def _refuse(self, byte_count: int) -> None:
        """Refuse a model that can never be kept; by the bytes known before it is fetched and loaded, if they are."""
        if byte_count > self.limit_bytes:
            raise ModelUnavailable(
                f"This model needs {megabytes(byte_count)} and models may use "
                f"{megabytes(self.limit_bytes)} here. Choose a smaller one."
            )

    def _trim(self) -> None:
        """Evict unleased models, oldest first, until the rest and what comes in fit; call with the lock held."""
        kept = sum(slot.byte_count() for slot in self._slots.values())
        for key, slot in list(self._slots.items()):
            if kept <= self.limit_bytes:
                return
            if slot.model is not None and slot.leases == 0:
                kept -= slot.model.byte_count
                del self._slots[key]
                self.evictions += 1


def _await(slot: _Slot[M], progress: OnProgress | None) -> None:
    """Wait for another thread's loading, passing its progress on; raise what it raised, anew in each thread."""
    while not slot.ready.wait(0.2):
        if progress is not None and slot.progress is not None:
            progress(slot.progress)
    if slot.error is not None:
        raise anew(slot.error) from slot.error

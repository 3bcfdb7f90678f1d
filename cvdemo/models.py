"""Borrow a ready model: loaded once, leased while in use, evicted by bytes, used by one at a time."""

import os
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from cvdemo import catalogue, compute
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import Busy, CvDemoError, ModelUnavailable, Stopped, anew
from cvdemo.weights import Progress
from cvdemo.wording import megabytes

if TYPE_CHECKING:
    from cvdemo.loading import ReadyDetector, ReadyModel

MEMORY_SHARE = 0.25
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


def memory_limit() -> int:
    """Return the bytes that models may keep: ``CV_LAB_MODEL_MB``, else a quarter of the free RAM or VRAM."""
    wanted = os.environ.get("CV_LAB_MODEL_MB")
    if wanted:
        return int(float(wanted) * 1e6)
    return int(MEMORY_SHARE * compute.free_bytes())


@cache
def _shared(device: str | None = None) -> "ModelCache[ReadyModel | ReadyDetector]":
    from cvdemo.loading import load  # the one place where torch comes in: the page stands seconds earlier

    def fetch(key: Hashable, progress: OnProgress) -> "ReadyModel | ReadyDetector":
        assert isinstance(key, tuple)
        name, random = key
        return load(get(name), device or compute.device(), progress, random=random)

    return ModelCache(fetch, memory_limit(), _bytes_of)


def _bytes_of(key: Hashable) -> int | None:
    """Return the bytes of the weights of ``key`` in memory; None for OpenCV's."""
    assert isinstance(key, tuple)
    counted = catalogue.figures(key[0])
    return counted.resident_bytes if counted else None


def _here() -> "ModelCache[ReadyModel | ReadyDetector]":
    """Return the models of this process's device: on ZeroGPU, those of the page and of its GPU are not the same."""
    return _shared(compute.chosen()) if compute.chosen() else _shared()


only_known: ContextVar[bool] = ContextVar("only_known", default=False)
unavailable: ContextVar[dict[str, CvDemoError]] = ContextVar("unavailable", default={})  # noqa: B039 - never changed
"""Models whose weights could not be fetched for the work that runs now, by name, and why."""


class NeedsModel(Exception):
    """Where `only_known` is set: no result is known yet, a model has to run."""


def _spec(model: str | ModelSpec) -> ModelSpec:
    return model if isinstance(model, ModelSpec) else get(model)


def _lent(
    spec: ModelSpec, random: bool, progress: OnProgress | None, wait_s: float
) -> "AbstractContextManager[ReadyModel | ReadyDetector]":
    if not random and spec.name in unavailable.get():
        raise anew(unavailable.get()[spec.name])
    if only_known.get() and spec.source != "opencv":  # those have no network and run anywhere
        raise NeedsModel(spec.name)
    return _here().borrow((spec.name, random), progress, wait_s)


@contextmanager
def borrow(
    model: str | ModelSpec, progress: OnProgress | None = None, random: bool = False, wait_s: float = WAIT_S
) -> "Iterator[ReadyModel]":
    """Lend the catalogue's classifier or features ``model`` (see `ModelCache.borrow`); ``random``: random weights.

    Raises:
        ValueError: it is a detector.
    """
    spec = _spec(model)
    if spec.task == "detect":
        raise ValueError(f"{spec.name} is a detector: borrow_detector lends those")
    with _lent(spec, random, progress, wait_s) as ready:
        yield cast("ReadyModel", ready)


@contextmanager
def borrow_detector(
    model: str | ModelSpec, progress: OnProgress | None = None, random: bool = False, wait_s: float = WAIT_S
) -> "Iterator[ReadyDetector]":
    """Lend the catalogue's detector ``model``, out of the same cache; see `ModelCache.borrow`.

    Raises:
        ValueError: it is none.
    """
    spec = _spec(model)
    if spec.task != "detect":
        raise ValueError(f"{spec.name} is no detector: borrow lends those")
    with _lent(spec, random, progress, wait_s) as ready:
        yield cast("ReadyDetector", ready)


def resident(name: str, random: bool = False) -> bool:
    """Return whether ``name`` is ready in memory now; ``random``: with random weights."""
    return _here().holds((name, random))


def room() -> int:
    """Return how many bytes may still be kept before a model must go."""
    return _here().room()


def figures() -> dict[str, int]:
    """Return hits, misses, evictions, resident, bytes_resident and bytes_limit."""
    return _here().figures()

"""Borrow a ready model of the catalogue, from the one cache of this process's device."""

import os
from collections.abc import Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, cast

from cvdemo import catalogue, compute
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import CvDemoError, anew
from cvdemo.model_cache import WAIT_S, ModelCache, OnProgress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyDetector, ReadyModel

MEMORY_SHARE = 0.25


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


def make_resident(name: str, random: bool = False) -> None:
    """Load ``name`` where it is not in memory; never waits for whom it is lent to, as live video must not.

    Raises:
        CvDemoError: whatever loading raised.
    """
    if not resident(name, random):
        with _lent(get(name), random, None, WAIT_S):
            pass


def room() -> int:
    """Return how many bytes may still be kept before a model must go."""
    return _here().room()


def figures() -> dict[str, int]:
    """Return hits, misses, evictions, resident, bytes_resident and bytes_limit."""
    return _here().figures()

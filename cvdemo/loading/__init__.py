"""From a catalogue line to a model that can run: one loader per source, one shape of result."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pickle import PickleError
from typing import Any

import torch
from safetensors import SafetensorError

from cvdemo.catalogue import ModelSpec
from cvdemo.errors import ModelUnavailable
from cvdemo.loading import libraries  # noqa: F401 - here, under this module's import lock: two threads break each other
from cvdemo.loading.finish import finish
from cvdemo.loading.finish_detector import finish_detector
from cvdemo.loading.parts import DetectorParts, Kind, Parts, Ready, ReadyDetector, ReadyModel
from cvdemo.memory import freeing, is_full
from cvdemo.notices import tell
from cvdemo.weights import Fetched, OnProgress, Progress, fetch, suggestion

__all__ = ["LOADERS", "Parts", "Ready", "ReadyDetector", "ReadyModel", "build", "load"]

RANDOM_SEED = 0
_UNUSABLE = (RuntimeError, OSError, LookupError, ValueError, SafetensorError, PickleError, EOFError, MemoryError)


# By source: module of this room and its function, which takes the model and its weights, or None. Libraries are heavy:
# each comes in with the first model that needs it.
LOADERS = {
    "bundled": ("from_bundled", "load_bundled"),
    "packaged": ("from_packaged", "load_packaged"),
    "timm": ("from_timm", "load_timm"),
    "torchvision": ("from_torchvision", "load_torchvision"),
    "transformers": ("from_transformers", "load_transformers"),
    "random": ("from_nothing", "load_lenet"),
}
DETECTORS = {
    "bundled": ("from_ultralytics", "load_blood_cells"),
    "torchvision": ("from_torchvision_detect", "load_torchvision_detector"),
    "transformers": ("from_transformers_detect", "load_transformers_detector"),
    "ultralytics": ("from_ultralytics", "load_ultralytics"),
}


def _loader(place: tuple[str, str]) -> Any:
    module, function = place
    return getattr(importlib.import_module(f"cvdemo.loading.{module}"), function)


_seeding = threading.RLock()  # torch has one source of chance for all threads


@contextmanager
def _seeded(seed: int = RANDOM_SEED) -> Iterator[None]:
    with _seeding, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def build(spec: ModelSpec, fetched: Fetched | None, seed: int = RANDOM_SEED) -> Parts:
    """Return the parts of a classifier on the CPU, with the weights of ``fetched`` or random ones, by ``seed``."""
    with _seeded(seed):
        parts: Parts = _loader(LOADERS[spec.source])(spec, fetched)
        return parts


def build_detector(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    """Return the parts of a detector with a network, in the same way."""
    with _seeded():
        parts: DetectorParts = _loader(DETECTORS[spec.source])(spec, fetched)
        return parts


def load(
    spec: ModelSpec, device: str = "cpu", progress: OnProgress | None = None, random: bool = False
) -> ReadyModel | ReadyDetector:
    """Return ``spec`` ready to run on ``device``, warmed up; its weights are fetched first if they are not here.

    Args:
        progress: called while weights are fetched and once when loading begins; may raise to stop.
        random: build the architecture with seeded random weights and fetch nothing.

    Raises:
        ModelUnavailable: the weights cannot be had now, or do not fit the architecture.
        Stopped: raised by ``progress``.
        Busy: others kept the device for longer than a warm-up may wait.
    """
    if spec.source == "opencv":
        from cvdemo.loading.from_opencv import load_opencv

        return load_opencv(spec)
    invented = random or spec.source == "random"
    fetched = None if invented else fetch(spec, progress)
    if progress is not None:
        progress(Progress("load", 0, None))
    weights: Kind = "random" if fetched is None else fetched.origin
    for place in dict.fromkeys((device, "cpu")):
        with freeing() as outcome:
            ready = _finished(spec, fetched, place, weights)
        if not outcome.full:
            if place != device:
                tell(f"{spec.title} runs on the CPU, because the memory of the GPU is full.")
            return ready
    raise _unusable(spec, "does not fit in memory here")


def _finished(spec: ModelSpec, fetched: Fetched | None, device: str, weights: Kind) -> ReadyModel | ReadyDetector:
    sha256 = fetched.sha256 if fetched else None
    try:
        if spec.task == "detect":
            return finish_detector(spec, build_detector(spec, fetched), device, weights, sha256)
        return finish(spec, build(spec, fetched), device, weights, sha256)
    except _UNUSABLE as error:
        if is_full(error):
            raise
        raise _unusable(spec, "cannot be read by the libraries that are installed here") from error


def _unusable(spec: ModelSpec, what: str) -> ModelUnavailable:
    return ModelUnavailable(f"{spec.title} {what}. Choose another model.", spec.name, suggestion(spec))

"""From a catalogue line to a model that can run: one loader per source, one shape of result."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pickle import PickleError

import torch
from safetensors import SafetensorError

from cvdemo.catalogue import ModelSpec
from cvdemo.errors import ModelUnavailable
from cvdemo.lenet import INPUT_SIZE, LeNet5
from cvdemo.loading import libraries  # noqa: F401 - here, under this module's import lock: two threads break each other
from cvdemo.loading.finish import finish
from cvdemo.loading.finish_detector import finish_detector
from cvdemo.loading.parts import DetectorParts, Kind, Parts, Ready, ReadyDetector, ReadyModel
from cvdemo.memory import freeing, is_full
from cvdemo.notices import tell
from cvdemo.preprocess import Preprocessing
from cvdemo.weights import Fetched, OnProgress, Progress, fetch, suggestion

__all__ = ["LOADERS", "Parts", "Ready", "ReadyDetector", "ReadyModel", "load"]

RANDOM_SEED = 0
_UNUSABLE = (RuntimeError, OSError, LookupError, ValueError, SafetensorError, PickleError, EOFError, MemoryError)


def _bundled(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    from cvdemo.loading.from_bundled import load_bundled

    return load_bundled(spec, fetched)


def _packaged(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    from cvdemo.loading.from_packaged import load_packaged

    return load_packaged(spec, fetched)


def _timm(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    from cvdemo.loading.from_timm import load_timm

    return load_timm(spec, fetched)


def _torchvision(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    from cvdemo.loading.from_torchvision import load_torchvision

    return load_torchvision(spec, fetched)


def _transformers(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    from cvdemo.loading.from_transformers import load_transformers

    return load_transformers(spec, fetched)


def _random(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    digits = tuple(str(digit) for digit in range(10))
    preprocessing = Preprocessing(
        (INPUT_SIZE, INPUT_SIZE), 1.0, "center", "bilinear", (0.1307, 0.1307, 0.1307), (0.3081, 0.3081, 0.3081)
    )  # mean and spread of MNIST's digits
    return Parts(LeNet5(), preprocessing, digits)


def _opencv(spec: ModelSpec) -> ReadyDetector:
    from cvdemo.loading.from_opencv import load_opencv

    return load_opencv(spec)


def _blood_cells(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    from cvdemo.loading.from_ultralytics import load_blood_cells

    return load_blood_cells(spec, fetched)


def _ultralytics(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    from cvdemo.loading.from_ultralytics import load_ultralytics

    return load_ultralytics(spec, fetched)


def _torchvision_detector(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    from cvdemo.loading.from_torchvision_detect import load_torchvision_detector

    return load_torchvision_detector(spec, fetched)


def _transformers_detector(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    from cvdemo.loading.from_transformers_detect import load_transformers_detector

    return load_transformers_detector(spec, fetched)


LOADERS: dict[str, Callable[[ModelSpec, Fetched | None], Parts]] = {
    "bundled": _bundled,
    "packaged": _packaged,
    "timm": _timm,
    "torchvision": _torchvision,
    "transformers": _transformers,
    "random": _random,
}


DETECTORS: dict[str, Callable[[ModelSpec, Fetched | None], DetectorParts]] = {
    "bundled": _blood_cells,
    "torchvision": _torchvision_detector,
    "transformers": _transformers_detector,
    "ultralytics": _ultralytics,
}


_seeding = threading.RLock()  # torch has one source of chance for all threads


@contextmanager
def _seeded() -> Iterator[None]:
    with _seeding, torch.random.fork_rng(devices=[]):
        torch.manual_seed(RANDOM_SEED)
        yield


def build(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    """Return the parts of a classifier on the CPU, with the weights of ``fetched`` or random ones, seeded."""
    with _seeded():
        return LOADERS[spec.source](spec, fetched)


def build_detector(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    """Return the parts of a detector with a network, in the same way."""
    with _seeded():
        return DETECTORS[spec.source](spec, fetched)


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
        return _opencv(spec)
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

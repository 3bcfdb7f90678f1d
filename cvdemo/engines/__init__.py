"""How a model runs: torch or OpenVINO behind one call, chosen by measurement, never by assumption."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo.engines.engine import Engine, Run, Shape, by_torch

if TYPE_CHECKING:
    from cvdemo.engines.slot import Slot
    from cvdemo.loading import ReadyDetector, ReadyModel
    from cvdemo.loading.boxes import RawBoxes

__all__ = ["TITLES", "Engine", "Run", "Shape", "at_rest", "detect", "engine_for", "names", "settle"]

TITLES = {"torch": "PyTorch", "openvino": "OpenVINO"}
SHAPES = 3  # a model keeps engines for so many input shapes
USES = {"classify": 1, "features": 1, "detect": 2}  # photos come in many shapes: one that comes again is worth seconds


def names() -> tuple[str, ...]:
    """Return the engines that can be asked for here, torch first; imports none of them."""
    from importlib.util import find_spec

    here = os.environ.get("CV_LAB_ENGINE") != "torch" and find_spec("openvino") is not None
    return ("torch", "openvino") if here else ("torch",)


def engine_for(ready: "ReadyModel | ReadyDetector", shape: Shape, name: str = "auto") -> Engine:
    """Return a way to run a borrowed model on inputs of ``shape``; hold the model, but no turn, while you ask.

    Args:
        name: ``auto`` answers at once with the fastest engine that is ready and trusted, and prepares better ones in
            the background. ``torch`` and ``openvino`` insist on one of `names`; it is prepared now, which takes
            seconds the first time. Where that fails the answer is torch, and its note says why.

    Raises:
        ValueError: an unknown name, or ``ready.graph`` is None: such a model has only its own ``run``.
        Busy: others kept the device for too long while ``name`` was being checked.
    """
    if name not in ("auto", *TITLES):
        raise ValueError(f"engine must be auto, torch or openvino, got {name!r}")
    if name == "torch":
        return by_torch(ready, shape)
    if "openvino" not in names():
        missing = "CV_LAB_ENGINE=torch" if os.environ.get("CV_LAB_ENGINE") == "torch" else "OpenVINO is not installed"
        return by_torch(ready, shape, f"{missing}: models run in PyTorch.")
    slot = _slot(ready, shape)
    if name == "openvino":
        found = slot.insisted()
        return found if isinstance(found, Engine) else by_torch(ready, shape, found)
    slot.uses += 1
    if not slot.settled and slot.uses >= USES[ready.spec.task]:
        from cvdemo.engines import desk

        desk.ask(slot)
    return slot.chosen or by_torch(ready, shape, slot.verdict.note if slot.verdict else "")


def settle(ready: "ReadyModel | ReadyDetector", shape: Shape) -> Engine:
    """Prepare, check and measure now what ``auto`` leaves to the background, and return its choice."""
    if "openvino" in names():
        _slot(ready, shape).settle()
    return engine_for(ready, shape)


def detect(ready: "ReadyDetector", pixels: NDArray[np.uint8]) -> "RawBoxes":
    """Run a borrowed detector on a photo, uint8 (H, W, 3) RGB, through the engine for the shape that it makes of it.

    Call it inside ``compute.turn``, as ``ready.run``.
    """
    if ready.graph is None:
        return ready.run(pixels)
    used = ["torch"]

    def through(shape: Shape) -> Run | None:
        engine = engine_for(ready, shape)
        used.append(engine.name)
        return engine.run if engine.name != "torch" else None  # the detector's own run is torch's

    return replace(ready.run(pixels, through), engine=used[-1])


@contextmanager
def at_rest() -> Iterator[None]:
    """Keep the background from converting while you measure; waits for a conversion that runs, some seconds at most.

    Prepare the engines that you need before, in the same thread.
    """
    from cvdemo.engines.slot import converting

    with converting:
        yield


def _slot(ready: "ReadyModel | ReadyDetector", shape: Shape) -> "Slot":
    from cvdemo.engines.slot import Slot

    if ready.graph is None:
        raise ValueError(f"{ready.spec.name} has no graph of one tensor in, one tensor out: use its own run")
    slot: Slot = ready.beside.find(("engines", shape), lambda: Slot(ready, shape), SHAPES)
    return slot

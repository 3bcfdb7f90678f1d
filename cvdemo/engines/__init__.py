"""How a model runs: torch or OpenVINO behind one call, chosen by measurement, never by assumption."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo.engines.engine import Engine, Run, Shape, by_torch, fitting

if TYPE_CHECKING:
    from cvdemo.engines.gpu import GpuSelection
    from cvdemo.engines.selection import Selection
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
    if (why := _only_torch(ready)) is not None:
        return by_torch(ready, shape, why)
    selection = _selection(ready, shape)
    if name == "openvino":
        found = selection.insisted()
        return found if isinstance(found, Engine) else by_torch(ready, shape, found)
    selection.uses += 1
    if not selection.settled and selection.uses >= USES[ready.spec.task]:
        from cvdemo.engines import background

        background.ask(selection)
    if selection.chosen is None:
        return by_torch(ready, shape, selection.note)
    return fitting(selection.chosen, ready) if selection.chosen.name == "torch" else selection.chosen


def settle(ready: "ReadyModel | ReadyDetector", shape: Shape) -> Engine:
    """Prepare, check and measure now what ``auto`` leaves to the background, and return its choice."""
    if _only_torch(ready) is None:
        _selection(ready, shape).settle()
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
        own = engine.name == "torch" and engine.difference is None  # torch as it is: the detector's own run
        return None if own else engine.run

    return replace(ready.run(pixels, through), engine=used[-1])


@contextmanager
def at_rest() -> Iterator[None]:
    """Keep the background from converting while you measure; waits for a conversion that runs, some seconds at most.

    Prepare the engines that you need before, in the same thread.
    """
    from cvdemo.engines.selection import converting

    with converting:
        yield


def _only_torch(ready: "ReadyModel | ReadyDetector") -> str | None:
    """Return why nothing but plain torch is to be had here; None where there is a choice."""
    if os.environ.get("CV_LAB_ENGINE") == "torch":
        return "CV_LAB_ENGINE=torch: models run in PyTorch."
    if _place(ready) != "cuda" and "openvino" not in names():
        return "OpenVINO is not installed: models run in PyTorch."
    return None


def _place(ready: "ReadyModel | ReadyDetector") -> str:
    if ready.graph is None:
        raise ValueError(f"{ready.spec.name} has no graph of one tensor in, one tensor out: use its own run")
    return next(ready.graph.parameters()).device.type


def _selection(ready: "ReadyModel | ReadyDetector", shape: Shape) -> "Selection | GpuSelection":
    from cvdemo.engines.gpu import GpuSelection
    from cvdemo.engines.selection import Selection

    kind = GpuSelection if _place(ready) == "cuda" else Selection
    selection: Selection | GpuSelection = ready.sidecar.find(("engines", shape), lambda: kind(ready, shape), SHAPES)
    return selection

"""What an engine is: one network, for inputs of one shape, as one call on numpy arrays."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import nn

    from cvdemo.loading import ReadyDetector, ReadyModel

Shape = tuple[int, ...]
"""(N, 3, h, w) of the input."""

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Engine:
    """One way to run a borrowed model.

    Args:
        name: ``torch`` or ``openvino``.
        shape: of the input that ``run`` takes.
        run: float32 ``shape`` -> float32, the network's output; waits for the device. Call it inside ``compute.turn``
            while the model is borrowed.
        precision: of the arithmetic, as torch names it: ``float32`` on CPUs, unless int8 was asked for.
        note: one sentence on why it is this engine; empty where there is nothing to say.
        difference: the largest difference to torch's output that was seen, as `equivalence.difference` measures it;
            None for torch itself.
        byte_count: of what this engine keeps in memory beside the model.
        device: as torch names it.
    """

    name: str
    shape: Shape
    run: Run
    precision: str = "float32"
    note: str = ""
    difference: float | None = None
    byte_count: int = 0
    device: str = "cpu"


def by_torch(ready: "ReadyModel | ReadyDetector", shape: Shape, note: str = "") -> Engine:
    """Return the engine that is always there: PyTorch itself, on whatever device the model is.

    Raises:
        ValueError: the model is not one tensor in, one tensor out (``ready.graph`` is None): use ``ready.run``.
    """
    graph = ready.graph
    if graph is None:
        raise ValueError(f"{ready.spec.name} has no graph of one tensor in, one tensor out: use its own run")
    whole = ready.spec.task != "detect" and graph is ready.network  # then its own run, which survives a full memory
    run = cast("ReadyModel", ready).run if whole else plain(graph)
    return Engine("torch", shape, run, note=note, device=next(graph.parameters()).device.type)


def fitting(engine: Engine, ready: "ReadyModel | ReadyDetector") -> Engine:
    """Return ``engine`` so that a full memory leaves the answer to the model's own run, which survives one."""
    from cvdemo.memory import attempts

    def run(array: NDArray[np.float32]) -> NDArray[np.float32]:
        ways = (engine.run, by_torch(ready, engine.shape).run)
        for attempt, way in zip(attempts(ready.spec.title, ("", "")), ways, strict=False):
            with attempt:
                answer = way(array)
        return answer

    return replace(engine, run=run)


def plain(graph: "nn.Module") -> Run:
    """Return a run of ``graph`` in torch, as it stands."""
    import torch

    device = next(graph.parameters()).device

    def run(array: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            output = graph(torch.from_numpy(array).to(device))
            return np.asarray(output.float().cpu().numpy())  # waits for the device

    return run

"""In which engine and precision a model runs against others; where its answers change, how far."""

import copy
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from cvdemo import compute
from cvdemo.engines import Engine, engine_for, int8
from cvdemo.engines.engine import Shape, by_torch
from cvdemo.latency.settings import Settings
from cvdemo.loading import ReadyModel


def way(ready: ReadyModel, batch: NDArray[np.float32], settings: Settings) -> Engine:
    """Return how a borrowed model runs: in the engine that was asked for, or with fewer digits.

    Args:
        ready: its ``graph`` takes ``batch``, float32 (N, 3, h, w).

    Raises:
        ModelUnavailable: it has no version in that precision.
    """
    if settings.precision == "fp32":
        return engine_for(ready, batch.shape, settings.engine)
    engine = int8.engine(ready, batch.shape) if settings.precision == "int8" else _bf16(ready, batch.shape)
    with compute.turn():
        whole = by_torch(ready, batch.shape).run(batch[:1])
        moved = np.abs(probabilities(engine.run(batch)[:1]) - probabilities(whole))
    return replace(engine, difference=float(moved.max()))


def _bf16(ready: ReadyModel, shape: Shape) -> Engine:
    assert ready.graph is not None
    half = copy.deepcopy(ready.graph).to(torch.bfloat16)

    def run(array: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            pixels = torch.from_numpy(array).to(compute.device(), torch.bfloat16)
            return np.asarray(half(pixels).float().cpu().numpy())

    return Engine("torch", shape, run, precision="bfloat16")


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the softmax of each row (N, classes)."""
    exponents = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))

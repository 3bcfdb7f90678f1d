"""Architectures of timm filled from a package's file, whose tensors have other names but stand in the same order."""

from pathlib import Path

import torch
from torch import Tensor

from cvdemo.catalogue import ModelSpec
from cvdemo.loading.from_timm import load_timm
from cvdemo.loading.parts import Parts
from cvdemo.weights import Fetched


def load_packaged(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    """Return a model of timm with the package's weights, or with timm's own where those were fetched instead.

    Raises:
        ValueError: the file holds other tensors than the architecture.
        UnpicklingError: it holds more than tensors.
    """
    if fetched is None or fetched.origin != "packaged":
        return load_timm(spec, fetched)
    parts = load_timm(spec, None)
    parts.network.load_state_dict(in_order(fetched.weights, parts.network.state_dict()))
    return parts


def in_order(file: Path, wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors in ``file`` under the names of ``wanted``: the first one for the first name, and so on.

    The two conversions name the same layers differently and list them in the same order. Shapes and types show that
    nothing was left out or moved; that the weights are right, photos show (``tests/test_packaged.py``).

    Raises:
        ValueError: their number, a shape or a type is another.
    """
    found = torch.load(file, map_location="cpu", weights_only=True)
    tensors = list(found.values()) if isinstance(found, dict) else []
    if len(tensors) != len(wanted):
        raise ValueError(f"{file.name} holds {len(tensors)} tensors, the network has {len(wanted)}")
    for name, given, own in zip(wanted, tensors, wanted.values(), strict=True):
        if not isinstance(given, Tensor) or (given.shape, given.dtype) != (own.shape, own.dtype):
            raise ValueError(f"{file.name} does not fit the network at {name}")
    return dict(zip(wanted, tensors, strict=True))

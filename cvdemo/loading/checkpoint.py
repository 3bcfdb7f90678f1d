"""Reads tensors and class names out of ultralytics' .pt files; no class or function that a file names is ever used."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

_one_at_a_time = threading.Lock()  # what safe_globals allows, it allows to the whole process


class Stub:
    """Stands for every class and function that a file names: takes any arguments, keeps attributes, does nothing."""

    def __new__(cls, *_: object, **__: object) -> "Stub":
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        if isinstance(state, dict):
            self.__dict__.update(state)


def read(file: Path) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """Return the state of the model in ``file``, in float32, and its class names, () where it has none.

    Such a file is a pickle of whole objects: unpickled as it is, it may run any program. Here each name in it
    leads to a `Stub`, torch's own reader for weights builds the rest, and parameters and buffers are collected
    from the stubs' attributes.

    Raises:
        ValueError: the file holds no such model.
        UnpicklingError, RuntimeError: it is damaged, or needs what torch's reader does not allow.
    """
    with _one_at_a_time:
        names: list[Any] = [(Stub, name) for name in get_unsafe_globals_in_checkpoint(str(file))]
        with safe_globals(names):
            content = torch.load(file, map_location="cpu", weights_only=True)
    model = (content.get("ema") or content.get("model")) if isinstance(content, dict) else None
    state = {name: tensor.float() for name, tensor in _tensors(model, "")}
    if not state:
        raise ValueError(f"{file.name} holds no model")
    return state, _names(vars(model).get("names"))


def _tensors(module: object, prefix: str) -> Iterator[tuple[str, Tensor]]:
    """Walk over a module as ``nn.Module.state_dict`` does."""
    facts = getattr(module, "__dict__", {})
    fleeting = facts.get("_non_persistent_buffers_set", ())
    for kind in ("_parameters", "_buffers", "_modules"):
        parts = facts.get(kind)
        for name, part in parts.items() if isinstance(parts, dict) else ():
            if kind == "_modules":
                yield from _tensors(part, f"{prefix}{name}.")
            elif isinstance(part, Tensor) and name not in fleeting:
                yield prefix + name, part.detach()


def _names(names: object) -> tuple[str, ...]:
    """Return class names from ``{0: "person", ...}`` or a list."""
    if isinstance(names, dict) and names.keys() == set(range(len(names))):
        names = [names[index] for index in range(len(names))]
    return tuple(map(str, names)) if isinstance(names, list) else ()

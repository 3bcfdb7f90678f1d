"""Brings timm and torchvision in without torch's compiler: nothing here compiles, and it is two thirds of their import.

Measured on two busy cores: 1.9 s of processor time with it, 0.7 s without. They reach for it while they are imported,
torchvision for a question that it asks later, timm to mark a function as not to be compiled; both get a plain answer.
Who compiles afterwards gets torch's own.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import torch

COMPILER = "torch._dynamo"


@contextmanager
def _without_compiler() -> Iterator[None]:
    if COMPILER in sys.modules:
        yield
        return
    utils, disable = ModuleType(f"{COMPILER}.utils"), torch.compiler.disable
    utils.is_compile_supported = lambda _device: False  # type: ignore[attr-defined]
    sys.modules[utils.__name__] = utils
    torch.compiler.disable = _as_it_is  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.compiler.disable = disable
        if sys.modules.get(utils.__name__) is utils:
            del sys.modules[utils.__name__]


def _as_it_is(function: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Any:
    """Stand in for torch's decorator, which is also called with options only."""
    return function if function is not None else _as_it_is


with _without_compiler():
    import timm  # noqa: F401

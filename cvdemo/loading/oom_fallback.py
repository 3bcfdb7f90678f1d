"""Runs a network where it fits: on its device, there one photo at a time, or on the CPU."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn

from cvdemo.memory import first_that_fits, freeing

R = TypeVar("R")


def with_oom_fallback(title: str, network: nn.Module, once: Callable[..., R], batched: bool) -> Callable[..., R]:
    """Return ``once`` as a function that survives a full memory.

    Args:
        title: of the model, for the sentences.
        network: what runs; nobody else uses it meanwhile.
        once: ``once(pixels, *more)`` runs ``network`` on the device where it is.
        batched: ``pixels`` are several photos, and the answers are arrays that can be put one behind the other.

    Returns:
        The same function; it raises ModelUnavailable where nothing fits.
    """

    def run(pixels: Any, *more: Any) -> R:
        def one_by_one() -> Any:
            return np.concatenate([once(pixels[at : at + 1], *more) for at in range(len(pixels))])

        attempts: list[tuple[Callable[[], R], str]] = [(lambda: once(pixels, *more), "")]
        if batched and len(pixels) > 1:
            attempts.append((one_by_one, f"{title} took the photos one by one, because memory was short."))
        home = device_of(network)
        if home.type != "cpu":
            told = f"{title} ran on the CPU this time, because the memory of the GPU was full."
            attempts.append((lambda: _on_cpu(network, home, lambda: once(pixels, *more)), told))
        return first_that_fits(title, attempts)

    return run


def device_of(network: nn.Module) -> torch.device:
    """Return where a network is."""
    return next(network.parameters()).device


def _on_cpu(network: nn.Module, home: torch.device, work: Callable[[], R]) -> R:
    """Work with the network on the CPU; where it does not fit back onto its device, it stays and works from there."""
    network.to("cpu")
    try:
        return work()
    finally:
        with freeing() as outcome:
            network.to(home)
        if outcome.full:
            network.to("cpu")

"""Runs a network where it fits: on its device, there one photo at a time, or on the CPU."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import nn

from cvdemo.memory import attempts, freeing


def fitting(title: str, network: nn.Module, count: int = 1) -> Iterator[tuple[freeing, int]]:
    """Yield attempts to run a network, to be entered one after the other, until one has fitted into memory.

    Args:
        title: of the model, for the sentences.
        network: what runs; nobody else uses it meanwhile.
        count: how many photos there are; 1 also for those that cannot be split.

    Yields:
        An attempt (see `cvdemo.memory.attempts`), and how many photos may run at once in it.

    Raises:
        ModelUnavailable: nothing fits.
    """
    home = device_of(network)
    ways = [(count, False, "")]
    if count > 1:
        ways.append((1, False, f"{title} took the photos one by one, because memory was short."))
    if home.type != "cpu":
        ways.append((count, True, f"{title} ran on the CPU this time, because the memory of the GPU was full."))
    for attempt, (size, on_cpu, _) in zip(attempts(title, [way[2] for way in ways]), ways, strict=False):
        with _on_cpu(network, home) if on_cpu else nullcontext():
            yield attempt, size


def device_of(network: nn.Module) -> torch.device:
    """Return where a network is."""
    return next(network.parameters()).device


@contextmanager
def _on_cpu(network: nn.Module, home: torch.device) -> Iterator[None]:
    """Keep the network on the CPU meanwhile; where it does not fit back onto its device, it stays."""
    network.to("cpu")
    try:
        yield
    finally:
        with freeing() as outcome:
            network.to(home)
        if outcome.full:
            network.to("cpu")

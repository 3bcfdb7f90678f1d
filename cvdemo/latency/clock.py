"""A stopwatch for work on a device that computes on its own: it starts and stops only when the device is idle."""

import time
from collections.abc import Callable
from typing import Protocol

Work = Callable[[], object]


class Stopwatch(Protocol):
    """Times one piece of work."""

    def milliseconds(self, work: Work) -> float:
        """Run ``work`` once and return how long it took, to its very end on the device."""


class HostClock:
    """Times by the host's clock between two moments at which the device has nothing left to do.

    Args:
        synchronise: returns when the device is idle; on a CPU there is nothing to wait for.
        now: seconds, from any beginning.
    """

    def __init__(self, synchronise: Callable[[], None], now: Callable[[], float] = time.perf_counter) -> None:
        self.synchronise = synchronise
        self._now = now

    def milliseconds(self, work: Work) -> float:
        """Run ``work`` once: wait for the device, look at the clock, work, wait for the device, look again."""
        self.synchronise()
        begun = self._now()
        work()
        self.synchronise()
        return 1000 * (self._now() - begun)


class CudaClock:
    """Times by two events in the GPU's own stream, so that the host's moods do not count.

    Args:
        cuda: ``torch.cuda``, or something that looks like it.
    """

    def __init__(self, cuda: "Cuda") -> None:
        self._cuda = cuda

    def milliseconds(self, work: Work) -> float:
        """Run ``work`` once between two events, after everything before it has ended."""
        begun, ended = self._cuda.Event(enable_timing=True), self._cuda.Event(enable_timing=True)
        self._cuda.synchronize()
        begun.record()
        work()
        ended.record()
        self._cuda.synchronize()
        return float(begun.elapsed_time(ended))


class CudaEvent(Protocol):
    """A mark in the GPU's stream."""

    def record(self) -> None: ...
    def elapsed_time(self, end_event: "CudaEvent") -> float: ...


class Cuda(Protocol):
    """The two parts of ``torch.cuda`` that timing needs."""

    def Event(self, enable_timing: bool) -> CudaEvent: ...
    def synchronize(self) -> None: ...

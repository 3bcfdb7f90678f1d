"""A stand-in for ``torch.cuda`` on machines without a GPU: keeps a diary, records the work of a graph, replays it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch


class FakeStream:
    """A stream that knows for whom it waited."""

    def __init__(self, cuda: "FakeCuda", name: str) -> None:
        self.cuda, self.name = cuda, name

    def wait_stream(self, other: "FakeStream") -> None:
        self.cuda.diary.append(f"{self.name} waits for {other.name}")


class FakeGraph:
    """A graph whose replay repeats the recorded work on the same tensors."""

    def __init__(self, cuda: "FakeCuda") -> None:
        self.cuda = cuda
        self.work: list[Callable[[], None]] = []

    def replay(self) -> None:
        self.cuda.diary.append("replay")
        for step in self.work:
            step()


class FakeCuda:
    """The parts of ``torch.cuda`` that engines use. ``watched`` makes a forward that a graph can record."""

    def __init__(self) -> None:
        self.diary: list[str] = []
        self._recording: FakeGraph | None = None
        self._here = FakeStream(self, "main")

    def Stream(self) -> FakeStream:
        return FakeStream(self, "side")

    def current_stream(self) -> FakeStream:
        return self._here

    def CUDAGraph(self) -> FakeGraph:
        return FakeGraph(self)

    def synchronize(self) -> None:
        self.diary.append("synchronize")

    def memory_allocated(self) -> int:
        return 0

    @contextmanager
    def stream(self, stream: FakeStream) -> Iterator[None]:
        self.diary.append(f"on {stream.name}")
        yield
        self.diary.append(f"off {stream.name}")

    @contextmanager
    def graph(self, graph: FakeGraph, **options: Any) -> Iterator[None]:
        assert options == {"capture_error_mode": "thread_local"}
        self.diary.append("record")
        self._recording = graph
        yield
        self._recording = None

    def watched(self, forward: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[torch.Tensor], torch.Tensor]:
        """Return ``forward``; while a graph records, the call becomes part of it."""

        def run(pixels: torch.Tensor) -> torch.Tensor:
            answer = forward(pixels)
            if self._recording is not None:
                self._recording.work.append(lambda: answer.copy_(forward(pixels)))
            else:
                self.diary.append("run")
            return answer

        return run

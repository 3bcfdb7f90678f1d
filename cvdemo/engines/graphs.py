"""CUDA graphs: the kernels of one run, recorded once and started as one, which saves the launches of small layers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WARM_RUNS = 3  # the first ones choose kernels and take memory, which may not be recorded


def recorded(
    forward: "Callable[[torch.Tensor], torch.Tensor]", example: "torch.Tensor", cuda: Any
) -> "Callable[[torch.Tensor], torch.Tensor]":
    """Return ``forward`` for inputs of one shape, as a graph that is replayed; hold the device while you ask.

    Args:
        forward: on the device; the same kernels in every run, and nothing that waits for the host.
        example: on the device, of the shape that will come.
        cuda: ``torch.cuda``, or something that looks like it.

    Returns:
        A function that puts its answer into the same tensor every time: copy it before the next run. One at a time,
        in inference mode.
    """
    import torch

    with torch.inference_mode():
        still = example.clone()
        beside = cuda.Stream()
        beside.wait_stream(cuda.current_stream())
        with cuda.stream(beside):
            for _ in range(WARM_RUNS):
                forward(still)
        cuda.current_stream().wait_stream(beside)
        graph = cuda.CUDAGraph()
        with cuda.graph(graph, capture_error_mode="thread_local"):  # others may load models meanwhile
            answer = forward(still)

    def replay(pixels: "torch.Tensor") -> "torch.Tensor":
        if pixels.shape != still.shape:
            raise ValueError(f"this graph was recorded for {tuple(still.shape)}, got {tuple(pixels.shape)}")
        still.copy_(pixels, non_blocking=True)
        graph.replay()
        return answer

    return replay

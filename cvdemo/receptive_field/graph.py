"""A network as a graph of layers, plain values only: what reads which neighbourhood of what."""

from dataclasses import dataclass
from typing import Literal

Pair = tuple[int, int]
Kind = Literal["input", "window", "same", "merge", "gate", "pool all", "attention", "windows", "merge 2x2", "resample"]


@dataclass(frozen=True)
class Window:
    """The neighbourhood that one unit reads, rows before columns.

    Args:
        kernel, stride, dilation: whole numbers from 1.
        padding: rows above and columns to the left that do not exist in the input; may be negative (cropping).
    """

    kernel: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def __post_init__(self) -> None:
        if min(*self.kernel, *self.stride, *self.dilation) < 1:
            raise ValueError(f"kernel, stride and dilation must be at least 1, got {self}")


@dataclass(frozen=True)
class Node:
    """One step of the computation.

    Args:
        kind: ``window`` reads a neighbourhood (convolution, pooling, padding); ``same`` each unit for itself;
            ``merge`` adds or concatenates maps; ``gate`` scales its first input by a number computed from the whole
            map; ``pool all`` and ``attention`` read everything; ``windows`` is a Swin block, ``merge 2x2`` its
            patch merging; ``resample`` changes the map's size, each unit from
            the nearest one (kernel 1) or between two (kernel 2).
        inputs: numbers of the nodes that it reads.
        output_hw: of its map; None where there is no map (a vector).
        windows, shift: of a Swin block, in units.
    """

    kind: Kind
    inputs: tuple[int, ...] = ()
    output_hw: Pair | None = None
    window: Window = Window()
    windows: Pair = (0, 0)
    shift: Pair = (0, 0)


@dataclass(frozen=True)
class Step:
    """A layer with a name: where its output stands in the graph.

    Args:
        name: the module's path in the network, such as ``layer1.0.conv2``.
        kind: ``convolution``, ``max-pool``, ``average pool``, ``block``, ``stage``, ``patch embedding``.
        node: its output's number.
        layout: how its output tensor lies in memory: ``nchw``, ``nhwc`` or ``tokens``.
        prefix: tokens before those of the patches (class token, registers).
        stop: whether the depth slider halts there.
    """

    name: str
    kind: str
    node: int
    layout: Literal["nchw", "nhwc", "tokens"] = "nchw"
    prefix: int = 0
    stop: bool = False


@dataclass(frozen=True)
class LayerGraph:
    """All nodes in the order of computation (inputs before readers; node 0 is the photo), and the named layers."""

    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    input_hw: Pair

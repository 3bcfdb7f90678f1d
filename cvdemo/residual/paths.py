"""A net of N blocks with skips as 2^N paths, each through or past every block (Veit et al. 2016, arXiv:1605.06431).

A net is a sum of paths only where its blocks are linear. With every ReLU frozen at what it lets through for one picture
they are, but for their biases; those ride along as a channel that is constant 1. A skip passes that channel on, and a
branch does not: it takes its biases from it. So a path past all blocks so far still carries it, any other one does not.
"""

from itertools import product

import torch
from torch import Tensor

from cvdemo.residual.nets import Block, Net

Gates = tuple[Tensor, Tensor]
"""What the ReLU inside a branch and the one behind the sum let through, bool, each of the shape of their input."""


def paths(net: Net, pixels: Tensor) -> dict[tuple[bool, ...], Tensor]:
    """Return what each path adds to the logits, (n, classes), by whether it goes through each block's branch.

    The head's bias is that of the path which goes past all of them. The net is one with skips, as it is in eval mode.

    Args:
        pixels: (n, channels, h, w). For nets of few blocks: each one doubles the number of paths.
    """
    was = net.training
    net.eval()
    try:
        with torch.inference_mode():
            return _paths(net, pixels)
    finally:
        net.train(was)


def lengths(blocks: int) -> tuple[int, ...]:
    """Return how many paths go through 0, 1, .. ``blocks`` branches: each block adds its two ways to all before it."""
    counts: tuple[int, ...] = (1,)
    for _ in range(blocks):
        counts = tuple(past + through for past, through in zip((*counts, 0), (0, *counts), strict=True))
    return counts


def _paths(net: Net, pixels: Tensor) -> dict[tuple[bool, ...], Tensor]:
    begin = torch.relu(net.stem(pixels))
    blocks = [one for one in net.blocks if isinstance(one, Block)]
    gates: list[Gates] = []
    x = begin
    for block in blocks:
        whole = x + block.branch(x)
        gates.append((block.first(x) > 0, whole > 0))
        x = torch.relu(whole)
    found = {}
    for way in product((False, True), repeat=len(blocks)):
        x, constant = begin, 1.0
        for block, gate, through in zip(blocks, gates, way, strict=True):
            x = (_branch(block, x, gate[0], constant) if through else x) * gate[1]
            constant = 0.0 if through else constant
        found[way] = x.mean((2, 3)) @ net.head.weight.T + constant * net.head.bias
    return found


def _branch(block: Block, x: Tensor, gate: Tensor, constant: float) -> Tensor:
    """Return a branch with its ReLU frozen, its biases taken ``constant`` times."""
    nothing = torch.zeros_like(x)
    inside = block.first(x) - (1 - constant) * block.first(nothing)
    return block.second(inside * gate) - (1 - constant) * block.second(nothing)

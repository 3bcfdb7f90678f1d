"""The gradient at each block's input, taken apart: what came back through the skip, and what through the branch.

dL/dx = dL/dH (1 + dF/dx), where H = x + F(x): the first part passes the skip unchanged, the second one the branch.
Norms of parts do not add up, so each part is projected onto the whole gradient; those projections do.
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from cvdemo.residual.nets import Block, Net
from cvdemo.residual.records import Split


def split(net: Net, pixels: Tensor, labels: Tensor) -> tuple[Split, ...]:
    """Return the split of each block of a net with skips, the first block first; changes nothing in the net.

    Args:
        pixels: (n, channels, h, w); labels: (n,).
    """
    was = net.training
    net.eval()  # running statistics stay what they are
    try:
        with torch.enable_grad():
            return _split(net, pixels, labels)
    finally:
        net.train(was)


def _split(net: Net, pixels: Tensor, labels: Tensor) -> tuple[Split, ...]:
    inputs: list[Tensor] = []
    branches: list[Tensor] = []
    sums: list[Tensor] = []
    x = torch.relu(net.stem(pixels))
    for block in net.blocks:
        assert isinstance(block, Block)
        branch = block.branch(x)
        whole = x + branch if block.skip else branch
        inputs.append(x)
        branches.append(branch)
        sums.append(whole)
        x = block.after(whole)
    loss = cross_entropy(net.logits(x), labels)
    at_sums = torch.autograd.grad(loss, sums, retain_graph=True)
    found = []
    for x, branch, at_sum, block in zip(inputs, branches, at_sums, net.blocks, strict=True):
        (through_branch,) = torch.autograd.grad(branch, x, at_sum, retain_graph=True)
        through_skip = at_sum if block.skip else torch.zeros_like(at_sum)
        found.append(_parts(through_skip.double(), through_branch.double()))
    return tuple(found)


def _parts(skip: Tensor, branch: Tensor) -> Split:
    whole = skip + branch
    norm = float(whole.norm())
    along = whole / norm if norm > 0 else whole
    return Split(
        norm, float(skip.norm()), float(branch.norm()), float((skip * along).sum()), float((branch * along).sum())
    )

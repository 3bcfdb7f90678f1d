"""Nets of any depth that differ in nothing but their skips: 3 x 3 convolutions of one width, two in each block.

After He et al. 2015 (arXiv:1512.03385), section 4.2, with one width and one size of map, so that every skip is the
identity and a plain and a residual net have the same parameters.
"""

from typing import Final

import torch
from torch import Tensor, nn

from cvdemo.residual.design import Design

WIDTH: Final = 8


class Block(nn.Module):
    """Two convolutions, and what came in on top, if it has a skip; ``opens``: it is the net's first one.

    The first block of the order ``pre`` has no normalisation of its own: the stem's stands before it, and before its
    skip, as in He et al. 2016, appendix.
    """

    def __init__(self, design: Design, opens: bool = False) -> None:
        super().__init__()
        self.skip, self.post = design.skip, design.order == "post"
        early = nn.BatchNorm2d(WIDTH) if design.norm and not self.post and not opens else nn.Identity()
        self.before = nn.Identity() if self.post else nn.Sequential(early, nn.ReLU())
        self.first = _convolution(design.norm)
        self.second = _convolution(design.norm, follows=self.post)

    @property
    def beginning(self) -> nn.Conv2d:
        """The branch's first convolution."""
        layer = self.first[0]
        assert isinstance(layer, nn.Conv2d)
        return layer

    @property
    def end(self) -> nn.Conv2d | nn.BatchNorm2d:
        """The branch's last layer: with 0 as its weight the branch gives 0 at the start."""
        layer = self.second[-1]
        assert isinstance(layer, nn.Conv2d | nn.BatchNorm2d)
        return layer

    def branch(self, x: Tensor) -> Tensor:
        """Return what is added to ``x``, or stands in its place."""
        out: Tensor = self.second(torch.relu(self.first(self.before(x))))
        return out

    def after(self, whole: Tensor) -> Tensor:
        """Return what the block gives of its sum, or of its branch alone."""
        return torch.relu(whole) if self.post else whole

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, `WIDTH`, h, w), as ``x`` has it."""
        return self.after(x + self.branch(x) if self.skip else self.branch(x))


class Net(nn.Module):
    """A net of one design, with weights by ``seed``: two designs of one depth and seed begin with the same weights."""

    def __init__(self, design: Design, classes: int, seed: int, channels: int = 3) -> None:
        super().__init__()
        self.design = design
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.stem = _convolution(design.norm, channels)
            self.blocks = nn.ModuleList(Block(design, not number) for number in range(design.blocks))
            self.last = _last(design)
            self.head = nn.Linear(WIDTH, classes)
            self._begin()

    def _begin(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        if self.design.start == "he":
            return
        for block in self.blocks:
            assert isinstance(block, Block)
            with torch.no_grad():
                block.end.weight.zero_()
                if self.design.start == "fixup":
                    block.beginning.weight.mul_(self.design.blocks**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (n, classes) of pictures (n, channels, h, w)."""
        return self.ends(x)[-1]

    def ends(self, x: Tensor) -> list[Tensor]:
        """Return what stem and blocks give, in order, and at the end the logits."""
        found = [torch.relu(self.stem(x))]
        for block in self.blocks:
            found.append(block(found[-1]))
        return [*found, self.logits(found[-1])]

    def logits(self, x: Tensor) -> Tensor:
        """Return the logits (n, classes) of what the last block gave."""
        out: Tensor = self.head(self.last(x).mean((2, 3)))
        return out

    def convolutions(self) -> list[nn.Conv2d]:
        """Return the convolutions, from the first to the last."""
        return [module for module in self.modules() if isinstance(module, nn.Conv2d)]


def _last(design: Design) -> nn.Module:
    """Return what activates the last sum of the order ``pre``, which no block follows; nothing in the other."""
    if design.order == "post":
        return nn.Identity()
    return nn.Sequential(nn.BatchNorm2d(WIDTH) if design.norm else nn.Identity(), nn.ReLU())


def _convolution(norm: bool, channels: int = WIDTH, follows: bool = True) -> nn.Sequential:
    """Return a convolution to `WIDTH` channels; ``norm``: it is normalised and has no bias; ``follows``: at once."""
    convolution = nn.Conv2d(channels, WIDTH, 3, padding=1, bias=not norm)
    return nn.Sequential(convolution, *([nn.BatchNorm2d(WIDTH)] if norm and follows else []))

"""Nets of any depth that differ in nothing but their skips: 3 x 3 convolutions of one width, two in each block.

After He et al. 2015 (arXiv:1512.03385), section 4.2, with one width and one size of map, so that every skip is the
identity and a plain and a residual net have the same parameters.
"""

from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor, nn

from cvdemo.errors import SettingError

Start = Literal["he", "zero", "fixup"]
STARTS: Final[tuple[Start, ...]] = ("he", "zero", "fixup")
Order = Literal["post", "pre"]
ORDERS: Final[tuple[Order, ...]] = ("post", "pre")
DEPTHS: Final = (8, 20, 56, 110)
DEEPEST: Final = 110
WIDTH: Final = 8


@dataclass(frozen=True)
class Design:
    """One net.

    Args:
        depth: layers with weights: a first convolution, two in each block, and the last, linear one; even, 4 to 110.
        skip: whether each block adds what came in.
        norm: whether batch normalisation follows each convolution.
        start: how the weights begin: ``he`` (He et al. 2015, arXiv:1502.01852); ``zero``: each branch's last layer
            gives 0, so that each block begins as the identity (Goyal et al. 2017, arXiv:1706.02677); ``fixup``:
            besides, its first convolution is scaled by 1 / sqrt(blocks) (the scaling of Zhang et al. 2019,
            arXiv:1901.09321). The last two are for nets with skips: a plain one would pass on nothing.
        order: ``post``: normalisation and ReLU after each convolution, and the second ReLU after the sum; ``pre``:
            both before each convolution, so that nothing stands on the skip (He et al. 2016, arXiv:1603.05027). The
            weights are as many, and begin as the same.
    """

    depth: int = 20
    skip: bool = True
    norm: bool = True
    start: Start = "he"
    order: Order = "post"

    def __post_init__(self) -> None:
        if self.depth not in range(4, DEEPEST + 1, 2):
            raise SettingError(f"A net here has 4 to {DEEPEST} layers, an even number.")
        if self.start not in STARTS:
            raise SettingError("Weights can begin as he, zero or fixup.")
        if self.order not in ORDERS:
            raise SettingError("A block's order is post or pre.")
        if self.start != "he" and not self.skip:
            raise SettingError("Without skips a branch that begins at 0 would pass on nothing. Choose He's start.")

    @property
    def blocks(self) -> int:
        """How many blocks of two convolutions it has."""
        return (self.depth - 2) // 2


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

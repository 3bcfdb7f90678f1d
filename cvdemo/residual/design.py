"""How a net of this room is built, in words and numbers; imports no torch, so that the page stands before it."""

from dataclasses import dataclass
from typing import Final, Literal

from cvdemo.errors import SettingError

Start = Literal["he", "zero", "fixup"]
STARTS: Final[tuple[Start, ...]] = ("he", "zero", "fixup")
Order = Literal["post", "pre"]
ORDERS: Final[tuple[Order, ...]] = ("post", "pre")
DEPTHS: Final = (8, 20, 56, 110)
DEEPEST: Final = 110


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

"""What the visitor chose on the Convolution tab, checked."""

import math
from dataclasses import dataclass

from cvdemo.convolution.arithmetic import Padding
from cvdemo.convolution.kernels import KERNELS, LEARNED, NAMES, Rows
from cvdemo.errors import SettingError
from cvdemo.pairs import opening_pair
from cvdemo.settings import Settings as Described
from cvdemo.settings import choice, custom, flag, whole

STRIDE_LIMIT = DILATION_LIMIT = 4
OWN_LIMIT = 7
WEIGHT_LIMIT = 1000
PADDINGS = ("zeros", "mirror", "none")


def own_rows(value: object) -> Rows:
    """Return the visitor's numbers as a square of floats.

    Raises:
        SettingError: they are no square of 1 to 7 a side, or no finite numbers within 1,000 of zero.
    """
    rows = value if isinstance(value, list | tuple) else ()
    size = len(rows)
    square = all(isinstance(row, list | tuple) and len(row) == size for row in rows)
    if not 1 <= size <= OWN_LIMIT or not square:
        raise SettingError(f"Your own kernel must be a square of 1 to {OWN_LIMIT} numbers a side.")
    if not all(_fits(number) for row in rows for number in row):
        raise SettingError(f"The numbers of a kernel must lie between -{WEIGHT_LIMIT:,} and {WEIGHT_LIMIT:,}.")
    return tuple(tuple(float(number) for number in row) for row in rows)


def _fits(number: object) -> bool:
    return (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and math.isfinite(number)
        and abs(number) <= WEIGHT_LIMIT
    )


def _model(value: object) -> str:
    if not isinstance(value, str) or len(value) > 80:
        raise SettingError("The model must be the name of one that is ready here.")
    return value


@dataclass(frozen=True)
class Settings(Described):
    """One setting of the lab.

    Args:
        kernel: a name of `NAMES`.
        own: the visitor's numbers, square, 1 to 7 a side; used when ``kernel`` is ``own``.
        model: whose first layer, when ``kernel`` is ``learned``.
        filter: which of that layer's filters, from 0.
        stride: 1 to 4 pixels from one window to the next.
        dilation: 1 to 4 pixels from one kernel number to the next.
        padding: ``zeros`` or ``mirror`` keep the size at stride 1; ``none`` keeps the window inside.
        transposed: stamp the kernel instead of summing under it.
        flip: turn the kernel by 180 degrees first, as the true convolution of mathematics does.
        colour: red, green and blue instead of grey.
        groups: in colour, 1 sums the three colours and 3 keeps them apart.
    """

    kernel: str = choice("sobel_x", NAMES, "kernel")
    own: Rows = custom(KERNELS[0].rows, own_rows)
    model: str = custom(lambda: opening_pair().names[0], _model)
    filter: int = whole(0, 0, 4095, "filter")
    stride: int = whole(1, 1, STRIDE_LIMIT, "stride")
    dilation: int = whole(1, 1, DILATION_LIMIT, "dilation")
    padding: Padding = choice("zeros", PADDINGS, "padding mode")
    transposed: bool = flag(False, "transposed", says="transposed is either on or off.")
    flip: bool = flag(False, "flip", says="flip is either on or off.")
    colour: bool = flag(False, "colour", says="colour is either on or off.")
    groups: int = choice(1, (1, 3), "number of groups")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.groups == 3 and not self.coloured:
            raise SettingError(
                "A grey photo has one channel, so it cannot be split into 3 groups. Choose colour first."
            )
        if self.groups == 3 and self.kernel == LEARNED:
            raise SettingError("A first layer looks at all three colours at once. Choose 1 group.")
        if self.transposed and self.padding == "mirror":
            raise SettingError("A transposed convolution cuts edges off and mirrors nothing. Choose zeros or none.")

    @property
    def coloured(self) -> bool:
        """Whether the kernel sees red, green and blue; a learned one always does."""
        return self.colour or self.kernel == LEARNED

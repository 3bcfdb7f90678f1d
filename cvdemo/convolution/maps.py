"""Numbers as colours: signed ones from brown over white (zero) to teal, the others as grey or colour pictures."""

import math

import numpy as np
from numpy.typing import NDArray

# ColorBrewer's BrBG in 11 steps (Harrower & Brewer 2003, https://colorbrewer2.org), readable for the colour-blind
BRBG = (
    "543005", "8c510a", "bf812d", "dfc27d", "f6e8c3", "f5f5f5", "c7eae5", "80cdc1", "35978f", "01665e", "003c30",
)  # fmt: skip
_STOPS = np.array([[int(code[at : at + 2], 16) for at in (0, 2, 4)] for code in BRBG], np.float64)
_TABLE = np.stack(
    [np.interp(np.linspace(0, 1, 255), np.linspace(0, 1, len(BRBG)), _STOPS[:, part]) for part in range(3)], axis=1
)  # 255 steps: an odd number, so that zero is the middle one


def signed(values: NDArray[np.floating], limit: float) -> NDArray[np.uint8]:
    """Return (h, w) numbers as BrBG, uint8 (h, w, 3): -limit brown, zero white, +limit teal, beyond it the same."""
    steps = np.rint((np.clip(values / limit, -1, 1) + 1) / 2 * (len(_TABLE) - 1)).astype(np.intp)
    return np.rint(_TABLE).astype(np.uint8)[steps]


def picture(values: NDArray[np.floating], top: float) -> NDArray[np.uint8]:
    """Return 1 or 3 planes (C, h, w) as a picture, uint8 (h, w, 3): 0 black, ``top`` white, beyond them the same."""
    scaled = np.rint(np.clip(values / top, 0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(scaled, (3, *scaled.shape[1:])).transpose(1, 2, 0))  # -> (h, w, 3)


def round_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten: where a colour bar ends."""
    if not value > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8) if step * power >= value * (1 - 1e-9)), 10 * power)

"""The pictures that a field is averaged over: the photo, and translations of it by a few pixels."""

import numpy as np
from numpy.typing import NDArray

COPIES = 32
REACH = 14  # copies move by up to a fourteenth of the side: 16 of 224 pixels

# Steps of the two-dimensional golden ratio: any first n of them cover the square evenly (Roberts 2018).
_STEP = np.array([0.7548776662466927, 0.5698402909980532])


def shift_of(copy: int, side: int) -> tuple[int, int]:
    """Return by how many pixels (down, right) copy number ``copy`` is moved; copy 0 is the photo itself."""
    if copy == 0:
        return 0, 0
    down, right = ((0.5 + copy * _STEP) % 1 * 2 - 1) * (side / REACH)
    return int(np.rint(down)), int(np.rint(right))


def shifted(pixels: NDArray[np.float32], copy: int) -> NDArray[np.float32]:
    """Return copy number ``copy`` of a picture (1, 3, h, w); what comes in at its edges is mirrored."""
    down, right = shift_of(copy, pixels.shape[-1])
    margin = max(abs(down), abs(right))
    if margin == 0:
        return pixels
    wide = np.pad(pixels, ((0, 0), (0, 0), (margin, margin), (margin, margin)), mode="reflect")
    height, width = pixels.shape[-2:]
    top, left = margin - down, margin - right
    return np.ascontiguousarray(wide[:, :, top : top + height, left : left + width])

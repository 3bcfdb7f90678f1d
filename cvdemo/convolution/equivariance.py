"""How far a layer's map moves along with the photo: the equivariance error (Zhang 2019, arXiv:1904.11486)."""

import numpy as np
from numpy.typing import NDArray


def equivariance_error(still: NDArray[np.floating], moved: NDArray[np.floating], shift: int, width: int) -> float:
    """Return the relative difference between the moved map and the map of the moved photo, where both are known.

    Both maps are enlarged to the photo's width (each cell repeated), the first is moved, and their difference is
    divided by the geometric mean of their sizes: 0 means that the map moved along exactly.

    Args:
        still: (C, h, w), of the photo.
        moved: (C, h, w), of the photo moved ``shift`` pixels to the right.
        width: of the network's input in pixels.

    Raises:
        ValueError: the maps differ in shape, or nothing of the photo is left.
    """
    if still.shape != moved.shape or not 0 <= shift < width:
        raise ValueError(f"maps {still.shape} and {moved.shape} cannot be compared at a shift of {shift} of {width}")
    columns = np.arange(shift, width)
    pairs = np.stack([columns * moved.shape[2] // width, (columns - shift) * still.shape[2] // width])
    (there, here), counts = np.unique(pairs, axis=1, return_counts=True)
    a, b = still[:, :, here].astype(np.float64), moved[:, :, there].astype(np.float64)
    difference, size_a, size_b = (float((part**2 * counts).sum()) for part in (b - a, a, b))
    return (difference**0.5) / ((size_a * size_b) ** 0.25) if size_a and size_b else float(difference > 0)

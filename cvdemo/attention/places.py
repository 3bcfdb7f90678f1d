"""Which cell of the picture's grid each token stands for, whatever order a network keeps its tokens in."""

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
Places = NDArray[np.int32]

PREFIX = 16  # tokens that are no patch: class token, registers


def plain(tokens: int, size_hw: Pair) -> tuple[Places, Pair]:
    """Return places (1, tokens) and the grid of a ViT: what is no patch comes first, then patches row after row.

    Raises:
        ValueError: no number of patches of the picture's shape is at most `PREFIX` below ``tokens``.
    """
    for prefix in range(PREFIX + 1):
        count = tokens - prefix
        rows = round((count * size_hw[0] / size_hw[1]) ** 0.5)
        if rows * size_hw[1] % size_hw[0] == 0 and rows * (rows * size_hw[1] // size_hw[0]) == count:
            places = np.concatenate([np.full(prefix, -1), np.arange(count)]).astype(np.int32)
            return places[None], (rows, count // rows)
    raise ValueError(f"{tokens} tokens do not cover a picture of {size_hw[0]} x {size_hw[1]} pixels")


def by_window(grid_hw: Pair, window: Pair, shift: Pair) -> tuple[Places, Pair]:
    """Return places (windows, tokens of one) of Swin, whose picture is rolled by ``shift`` before it is cut up.

    Where the grid is no multiple of the window, it is filled up with tokens that are no patch.
    """
    cells = np.arange(grid_hw[0] * grid_hw[1], dtype=np.int32).reshape(grid_hw)
    rolled = np.roll(cells, (-shift[0], -shift[1]), (0, 1))
    filled = np.pad(rolled, [(0, -side % part) for side, part in zip(grid_hw, window, strict=True)], constant_values=-1)
    rows, columns = (side // part for side, part in zip(filled.shape, window, strict=True))
    cut = filled.reshape(rows, window[0], columns, window[1]).transpose(0, 2, 1, 3)
    return cut.reshape(rows * columns, -1), grid_hw


def by_corner(patches_hw: Pair, patch: Pair) -> tuple[Places, Pair]:
    """Return places (pixels of a patch, patches) of MobileViT, where equal corners of all patches see each other."""
    grid = (patches_hw[0] * patch[0], patches_hw[1] * patch[1])
    cells = np.arange(grid[0] * grid[1], dtype=np.int32).reshape(patches_hw[0], patch[0], patches_hw[1], patch[1])
    return cells.transpose(1, 3, 0, 2).reshape(patch[0] * patch[1], -1), grid

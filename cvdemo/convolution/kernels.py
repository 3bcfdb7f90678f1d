"""The kernels by name: what people knew before networks learned theirs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Kernel:
    """A square kernel.

    Args:
        what: how the page's answer goes on after the title.
    """

    name: str
    title: str
    what: str
    rows: Rows


KERNELS: tuple[Kernel, ...] = (
    Kernel("sobel_x", "Sobel x", "answers to upright edges", ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
    Kernel("sobel_y", "Sobel y", "answers to level edges", ((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
    Kernel(
        "blur",
        "Blur",
        "averages neighbours",
        tuple(tuple(a * b / 16 for b in (1, 2, 1)) for a in (1, 2, 1)),
    ),
    Kernel("sharpen", "Sharpen", "exaggerates differences", ((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    Kernel("emboss", "Emboss", "lights edges from one side", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
)
OWN, LEARNED = "own", "learned"
NAMES = (*(kernel.name for kernel in KERNELS), OWN, LEARNED)

_BY_NAME = {kernel.name: kernel for kernel in KERNELS}


def get(name: str) -> Kernel:
    """Return the kernel called ``name``.

    Raises:
        KeyError: it has no numbers of its own, or does not exist.
    """
    return _BY_NAME[name]


def array(rows: Rows) -> NDArray[np.float64]:
    """Return the numbers as (k, k)."""
    return np.array(rows, np.float64)

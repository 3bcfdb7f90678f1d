"""The photo as the Convolution tab computes with it: at most 480 pixels a side, and 32 x 32 of them to look at."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cvdemo import images
from cvdemo.images import Photo
from cvdemo.results import Results

SIDE = 480
CELLS = 32

_known = Results("convolution photos")


@dataclass(frozen=True)
class ReducedPhoto:
    """One photo, reduced.

    Args:
        pixels: uint8 RGB (h, w, 3), neither side above 480.
        full_size_wh: of the upright photo.
    """

    pixels: NDArray[np.uint8]
    full_size_wh: tuple[int, int]
    digest: str
    decode_ms: float

    @property
    def size_wh(self) -> tuple[int, int]:
        """The reduced size."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True)
class Window:
    """Which part of a photo is looked at: ``height`` x ``width`` pixels from (``top``, ``left``) on."""

    top: int
    left: int
    height: int
    width: int

    def of(self, planes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cut this part out of planes (C, H, W)."""
        return planes[:, self.top : self.top + self.height, self.left : self.left + self.width]


def reduce_photo(path: Path) -> ReducedPhoto:
    """Return the photo at ``path``, reduced; a known file is not decoded again.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    opened = images.open(path)
    return _known.find(opened.digest, lambda: _reduced(opened.at(SIDE)))


def _reduced(photo: Photo) -> ReducedPhoto:
    picture = Image.fromarray(photo.pixels)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    return ReducedPhoto(np.asarray(picture), photo.full_size_wh, photo.digest, photo.decode_ms)


def grey(reduced: ReducedPhoto) -> NDArray[np.float64]:
    """Return the brightness of every pixel, 0 to 255, whole numbers (ITU-R BT.601): (1, h, w)."""
    return np.asarray(Image.fromarray(reduced.pixels).convert("L"), np.float64)[None]


def colours(reduced: ReducedPhoto) -> NDArray[np.float64]:
    """Return red, green and blue, 0 to 255: (3, h, w)."""
    return reduced.pixels.transpose(2, 0, 1).astype(np.float64)  # (h, w, 3) -> (3, h, w)


def window_around(reduced: ReducedPhoto, point_rc: tuple[int, int]) -> Window:
    """Return the 32 x 32 pixels around a point of the full-size photo, moved inside where it stands near an edge."""
    width, height = reduced.size_wh
    row = point_rc[0] * height // reduced.full_size_wh[1]
    column = point_rc[1] * width // reduced.full_size_wh[0]
    high, wide = min(CELLS, height), min(CELLS, width)
    top = min(max(0, row - high // 2), height - high)
    left = min(max(0, column - wide // 2), width - wide)
    return Window(top, left, high, wide)

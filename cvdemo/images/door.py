"""What the door lets in: refuses what a file's size or header already rules out, before anything is decoded."""

import math
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL.ImageFile import ImageFile

from cvdemo.errors import PhotoError
from cvdemo.images.containers import Container, unpack
from cvdemo.images.decoding import decode, open_header, turn, upright_wh
from cvdemo.images.verdicts import DAMAGED, GONE, NO_FILE, NOT_A_FRAME

MAX_BYTES: Final = 10 * 1000 * 1000
MAX_PIXELS: Final = 50_000_000
MAX_PIXELS_WEBP: Final = 20_000_000  # its decoder holds two canvases beside each copy: 16 bytes a pixel, others 7
MAX_SIDE: Final = 16_384
MAX_ASPECT: Final = 100


@dataclass(frozen=True)
class PhotoFacts:
    """What the header says; ``full_size_wh`` is that of the upright picture, ``frames`` counts up to 10,000."""

    full_size_wh: tuple[int, int]
    format: str
    frames: int


@dataclass(frozen=True)
class Photo:
    """One decoded picture: its first frame, upright, on white, without any metadata.

    ``pixels`` is uint8 RGB (H, W, 3), contiguous and read-only; it may be smaller than ``full_size_wh``, the upright
    size of the file's picture. ``digest`` is the sha256 of the file's bytes, in hex. ``covers_xyxy`` is what the
    pixels cover in the full-size picture: all of it (None), or a fraction of a reduced pixel more at two edges.
    ``decode_ms`` is what decoding took, when it was done.
    """

    pixels: NDArray[np.uint8]
    full_size_wh: tuple[int, int]
    digest: str
    format: str
    frames: int
    covers_xyxy: tuple[float, float, float, float] | None = None
    decode_ms: float = 0.0

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:
            raise ValueError(f"pixels must be uint8 (H, W, 3), got {self.pixels.dtype} {self.pixels.shape}")


def read_frame(data: bytes, longest_side: int) -> NDArray[np.uint8]:
    """Decode a small JPEG that never was a file: a frame of live video.

    Returns:
        uint8 RGB (H, W, 3), upright, contiguous, read-only.

    Raises:
        PhotoError: it is no JPEG, has a side longer than ``longest_side``, is damaged, or ends in the middle.
    """
    if len(data) > MAX_BYTES:
        raise PhotoError(_too_much(len(data)))
    container = unpack(data)
    if container.format != "JPEG":
        raise PhotoError(NOT_A_FRAME)
    image = header(container)
    if max(image.size) > longest_side:
        raise PhotoError(f"A frame has at most {longest_side:,} pixels a side; this one has {max(image.size):,}.")
    with turn(image, container, upright_wh(image, container)):
        return decode(image, container)


def contents(path: str | os.PathLike[str]) -> bytes:
    """Return a file's bytes.

    Raises:
        PhotoError: there is none to read, or it is too big.
    """
    try:
        facts = os.stat(path)
        if not stat.S_ISREG(facts.st_mode):
            raise PhotoError(NO_FILE)
        if facts.st_size > MAX_BYTES:
            raise PhotoError(_too_much(facts.st_size))
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES)
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise PhotoError(GONE) from error


def _too_much(byte_count: int) -> str:
    return f"{_amount(byte_count)} MB is too much; the limit is {MAX_BYTES // 10**6} MB."


def header(container: Container) -> ImageFile:
    """Return a picture as far as its header goes.

    Raises:
        PhotoError: the header is damaged, or tells of a picture that is too large or too thin.
    """
    if container.stored_wh is not None:
        _check_size(*container.stored_wh, container.format)
    image = open_header(container)
    _check_size(*image.size, container.format)
    return image


def _check_size(width: int, height: int, format: str) -> None:
    if min(width, height) < 1:
        raise PhotoError(DAMAGED)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PhotoError(f"{width:,} x {height:,} pixels is too thin.")
    limit = MAX_PIXELS_WEBP if format == "WEBP" else MAX_PIXELS
    if width * height > limit:
        kind = " for WebP" if width * height <= MAX_PIXELS else ""
        raise PhotoError(
            f"{_amount(width * height)} megapixels is too much{kind}; "
            f"the limit is {limit // 10**6} megapixels{', JPEG may have 50' if kind else ''}."
        )
    if max(width, height) > MAX_SIDE:
        raise PhotoError(f"A side of {max(width, height):,} pixels is too much; the limit is {MAX_SIDE:,}.")


def _amount(units: int) -> str:
    """Write millions of units, rounded up, so that what is over a limit also reads so."""
    millions = math.ceil(units / 1e5) / 10
    return f"{millions:,.0f}" if millions >= 100 or millions.is_integer() else f"{millions:.1f}"

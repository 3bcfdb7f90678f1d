"""Read one untrusted file: refuse what its header already rules out, then decode it, upright and in RGB."""

import hashlib
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
from cvdemo.images.decoding import decode, open_header, shrink, turn, upright_wh
from cvdemo.images.verdicts import DAMAGED, GONE, NO_FILE, NOT_A_FRAME

MAX_BYTES: Final = 10 * 1000 * 1000
MAX_PIXELS: Final = 50_000_000
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
    """

    pixels: NDArray[np.uint8]
    full_size_wh: tuple[int, int]
    digest: str
    format: str
    frames: int
    covers_xyxy: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:
            raise ValueError(f"pixels must be uint8 (H, W, 3), got {self.pixels.dtype} {self.pixels.shape}")


def inspect(path: str | os.PathLike[str]) -> PhotoFacts:
    """Look at the header only; decodes nothing.

    Raises:
        PhotoError: the file is missing, empty, too big, no picture of an allowed format, too large or too thin.
    """
    container = unpack(_contents(path))
    return PhotoFacts(upright_wh(_open(container), container), container.format, container.frames)


def read(path: str | os.PathLike[str], shortest_side: int | None = None) -> Photo:
    """Decode the first frame.

    Args:
        path: any file; its content decides, not its name.
        shortest_side: pixels that the shorter side must keep. A JPEG may then be decoded at 1/2, 1/4 or 1/8, much
            faster and in less memory. None: every pixel.

    Raises:
        PhotoError: as ``inspect``; or the file is damaged, or ends in the middle.
        ValueError: shortest_side below 1.
    """
    if shortest_side is not None and shortest_side < 1:
        raise ValueError(f"shortest_side must be at least 1, got {shortest_side}")
    data = _contents(path)
    container = unpack(data)
    image = _open(container)
    full_size_wh = upright_wh(image, container)
    covers_xyxy = shrink(image, container, shortest_side) if shortest_side is not None else None
    with turn(image, container, full_size_wh):
        pixels = decode(image, container)
    return Photo(
        pixels, full_size_wh, hashlib.sha256(data).hexdigest(), container.format, container.frames, covers_xyxy
    )


def digest(path: str | os.PathLike[str]) -> str | None:
    """Return what ``Photo.digest`` would be, decoding nothing; None where no file can be read: ``read`` says why."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):  # ValueError: a name with a zero byte
        return None


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
    image = _open(container)
    if max(image.size) > longest_side:
        raise PhotoError(f"A frame has at most {longest_side:,} pixels a side; this one has {max(image.size):,}.")
    with turn(image, container, upright_wh(image, container)):
        return decode(image, container)


def _contents(path: str | os.PathLike[str]) -> bytes:
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


def _open(container: Container) -> ImageFile:
    if container.stored_wh is not None:
        _check_size(*container.stored_wh)
    image = open_header(container)
    _check_size(*image.size)
    return image


def _check_size(width: int, height: int) -> None:
    if min(width, height) < 1:
        raise PhotoError(DAMAGED)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PhotoError(f"{width:,} x {height:,} pixels is too thin.")
    if width * height > MAX_PIXELS:
        limit = MAX_PIXELS // 10**6
        raise PhotoError(f"{_amount(width * height)} megapixels is too much; the limit is {limit} megapixels.")
    if max(width, height) > MAX_SIDE:
        raise PhotoError(f"A side of {max(width, height):,} pixels is too much; the limit is {MAX_SIDE:,}.")


def _amount(units: int) -> str:
    """Write millions of units, rounded up, so that what is over a limit also reads so."""
    millions = math.ceil(units / 1e5) / 10
    return f"{millions:,.0f}" if millions >= 100 or millions.is_integer() else f"{millions:.1f}"

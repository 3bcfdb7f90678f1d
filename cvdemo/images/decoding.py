"""Pillow's decoders, called directly, in turns that keep memory bounded."""

import io
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from cvdemo.errors import PhotoError
from cvdemo.images.colours import to_rgb
from cvdemo.images.containers import Container
from cvdemo.images.verdicts import DAMAGED, ENDS_EARLY, NO_MEMORY

# The allowed formats, as classes. PIL.Image.open stays out: ultralytics replaces it for the whole process by one that
# may start pip, and it knows 40 more formats, of which EPS starts Ghostscript.
_DECODERS: Final[dict[str, type[ImageFile]]] = {
    "JPEG": JpegImageFile,
    "MPO": JpegImageFile,  # its first picture is a plain JPEG
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
    "TIFF": TiffImageFile,
}
# What Pillow raises on broken files (its warnings too, where a test turns them into errors).
_BROKEN: Final = (
    ArithmeticError, AssertionError, AttributeError, EOFError, Image.DecompressionBombError, LookupError, OSError,
    RuntimeError, SyntaxError, TypeError, ValueError, Warning, struct.error, zlib.error,
)  # fmt: skip
# Exif's orientations, by what makes the stored picture upright: swap its axes first, then mirror.
_AXES_SWAPPED, _MIRRORED_ACROSS, _MIRRORED_DOWN = {5, 6, 7, 8}, {2, 3, 6, 7}, {3, 4, 7, 8}
_HEAVY_BYTES: Final = 120_000_000
_permits = threading.BoundedSemaphore(2)
_gate = threading.Lock()


def open_header(container: Container) -> ImageFile:
    """Let Pillow parse the header.

    Raises:
        PhotoError: the header is damaged or incomplete.
    """
    try:
        return _DECODERS[container.format](io.BytesIO(container.essentials))
    except _BROKEN as error:
        raise PhotoError(DAMAGED if container.complete else ENDS_EARLY) from error


def decode(image: ImageFile, container: Container) -> NDArray[np.uint8]:
    """Decode to upright RGB.

    Returns:
        uint8 (H, W, 3), contiguous, read-only.

    Raises:
        PhotoError: the picture is damaged, ends in the middle, or does not fit into memory.
    """
    try:
        image.load()
        pixels = to_rgb(image)
    except _BROKEN as error:
        ended = container.complete and "truncated" not in str(error)
        raise PhotoError(DAMAGED if ended else ENDS_EARLY) from error
    except MemoryError as error:
        raise PhotoError(NO_MEMORY) from error
    if container.orientation in _AXES_SWAPPED:
        pixels = pixels.swapaxes(0, 1)
    across = -1 if container.orientation in _MIRRORED_ACROSS else 1
    down = -1 if container.orientation in _MIRRORED_DOWN else 1
    upright = np.ascontiguousarray(pixels[::down, ::across])
    upright.flags.writeable = False
    return upright


def upright_wh(image: ImageFile, container: Container) -> tuple[int, int]:
    """Return the picture's width and height after turning."""
    width, height = image.size
    return (height, width) if container.orientation in _AXES_SWAPPED else (width, height)


def shrink(image: ImageFile, container: Container, shortest_side: int) -> tuple[float, float, float, float]:
    """Let a JPEG decode at 1/2, 1/4 or 1/8 while its shorter side keeps ``shortest_side`` pixels.

    Returns:
        What the decoded pixels will cover, x0 y0 x1 y1 in upright pixels of the full size. The last stored row and
        column of a reduced JPEG reach over the edge when its sides are no multiple of the reduction.
    """
    width, height = upright_wh(image, container)
    stored_width = image.width
    drafted = image.draft(None, (shortest_side, shortest_side))
    reduction = stored_width / drafted[1][2] if drafted else 1.0
    across, down = (side * reduction for side in upright_wh(image, container))
    left = width - across if container.orientation in _MIRRORED_ACROSS else 0.0
    top = height - down if container.orientation in _MIRRORED_DOWN else 0.0
    return left, top, left + across, top + down


@contextmanager
def turn(image: ImageFile, container: Container, full_size_wh: tuple[int, int]) -> Iterator[None]:
    """Wait for a turn to decode: two pictures at once, but a heavy one alone."""
    permits = 2 if _decoding_bytes(image, container, full_size_wh) > _HEAVY_BYTES else 1
    with _gate:  # first come, first served; and never two heavy ones with one permit each
        for _ in range(permits):
            _permits.acquire()
    try:
        yield
    finally:
        for _ in range(permits):
            _permits.release()


def _decoding_bytes(image: ImageFile, container: Container, full_size_wh: tuple[int, int]) -> int:
    """Estimate the peak from what was measured with pictures of 49 megapixels."""
    decoded = image.width * image.height
    if container.scans > 1:  # libjpeg keeps every coefficient, however small it decodes
        return 7 * decoded + 6 * full_size_wh[0] * full_size_wh[1]
    return (19 if container.format == "WEBP" else 7) * decoded

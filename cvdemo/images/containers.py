"""What a file's bytes say before any decoder runs: its format, frames and orientation, and the part worth decoding.

Decoders get the essentials: no text, colour profile or Exif, and only the first frame (WebP excepted, whose parser is
fast and copies at most what was uploaded). So text and profile bombs never inflate, long comments, directories and
scans cost nothing, and no metadata can come out. Formats: JPEG (ITU-T T.81), PNG (https://www.w3.org/TR/png-3/),
GIF89a, WebP (RFC 9649).
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cvdemo.errors import PhotoError
from cvdemo.images.tags import NUMBER_OF_IMAGES, first_directory_only, first_value, orientation
from cvdemo.images.verdicts import DAMAGED, DRAWING, EMPTY, ENDS_EARLY, NOT_A_PICTURE

_MAX_FRAMES: Final = 10_000  # counting stops here
_MAX_BLOCKS: Final = 300_000  # segments, chunks, sub-blocks: far more than a real file of 10 MB has
_MAX_SCANS: Final = 50  # a progressive JPEG has about ten; each costs a pass over all pixels (20 ms at 49 megapixels)
_MAX_RLE: Final = 4_000_000  # pixels and bytes of a BMP in run lengths: half a second


@dataclass(frozen=True)
class Container:
    """One file, opened as far as bytes go; ``complete`` is False when its end is known to be missing."""

    format: str  # "JPEG", "MPO", "PNG", "WEBP", "BMP", "GIF" or "TIFF"
    essentials: bytes
    frames: int = 1
    orientation: int = 1  # Exif's 1..8; for TIFF always 1, because Pillow itself turns those
    complete: bool = True
    scans: int = 1  # JPEG; with more than one, libjpeg keeps every coefficient in memory
    stored_wh: tuple[int, int] | None = None  # from the header, to judge before Pillow opens the file; None: not read


def unpack(data: bytes) -> Container:
    """Recognise a picture by its content and take what a decoder needs.

    Raises:
        PhotoError: the file is empty, a drawing (SVG), no picture of the allowed formats, or damaged.
    """
    if not data:
        raise PhotoError(EMPTY)
    for magic, walk in _FORMATS:
        if magic.match(data):
            try:
                return walk(data)
            except (IndexError, struct.error) as error:
                raise PhotoError(ENDS_EARLY) from error
    raise PhotoError(DRAWING if _looks_like_svg(data) else NOT_A_PICTURE)


def _looks_like_svg(data: bytes) -> bool:
    start = data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()  # UTF-8 or UTF-16
    return start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in start)


_IS_MARKER: Final = np.array([byte not in {0x00, 0x01, 0xFF, *range(0xD0, 0xD9)} for byte in range(256)])
_SOS, _EOI, _EXIF, _MPF, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xE1, 0xE2, 0xEE, 0xFE


def _jpeg(data: bytes) -> Container:
    kept, scans, turned, frames, stored_wh, complete = [data[:2]], 0, 1, 1, None, False
    markers, at, blocks, after_scan = _marker_places(data), 0, 0, 0
    while at < len(markers) and blocks < _MAX_BLOCKS and scans <= _MAX_SCANS:
        start = int(markers[at])
        marker, blocks = data[start + 1], blocks + 1
        if after_scan:  # the scan's header and data reach up to this marker
            kept.append(data[after_scan:start])
            after_scan = 0
        if marker == _EOI:
            kept.append(b"\xff\xd9")
            complete = True
            break
        (length,) = struct.unpack_from(">H", data, start + 2)
        end = start + 2 + length
        at = max(at + 1, int(np.searchsorted(markers, end)))
        body = data[start + 4 : end]
        if marker == _SOS:
            scans, after_scan = scans + 1, start
        elif not (_EXIF <= marker <= 0xEF or marker == _COMMENT) or marker == _ADOBE:  # Adobe's tells CMYK from YCCK
            kept.append(data[start:end])
            if marker in _FRAME_HEADERS:
                stored_wh = struct.unpack_from(">HH", body, 1)[::-1]
        elif marker == _EXIF and turned == 1 and body.startswith(b"Exif\0\0"):
            turned = orientation(body[6:])
        elif marker == _MPF and body.startswith(b"MPF\0"):
            frames = min(max(1, first_value(body[4:], NUMBER_OF_IMAGES) or 1), _MAX_FRAMES)
    if at < len(markers) and not complete:
        raise PhotoError(DAMAGED)
    kept.append(data[after_scan:] if after_scan else b"")
    return Container("MPO" if frames > 1 else "JPEG", b"".join(kept), frames, turned, complete, scans, stored_wh)


def _marker_places(data: bytes) -> NDArray[np.intp]:
    """Return where a marker may start: any that is neither padding nor part of a scan's data."""
    samples = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(samples[:-1] == 0xFF)
    places = places[_IS_MARKER[samples[places + 1]]]
    return places[places >= 2]


_FRAME_HEADERS: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PNG_KEPT: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def _png(data: bytes) -> Container:
    kept, position, turned, frames, complete = [data[:8]], 8, 1, 1, False
    stored_wh = struct.unpack_from(">II", data, 16)
    for _ in range(_MAX_BLOCKS):
        if position + 12 > len(data) or complete:
            break
        (length,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if kind in _PNG_KEPT:
            kept.append(data[position:end])
        elif kind == b"eXIf":
            turned = orientation(data[position + 8 : end - 4])
        elif kind == b"acTL":
            frames = min(max(1, struct.unpack_from(">I", data, position + 8)[0]), _MAX_FRAMES)
        position, complete = end, kind == b"IEND"
    else:
        raise PhotoError(DAMAGED)
    return Container("PNG", b"".join(kept), frames, turned, complete, stored_wh=stored_wh)


def _gif(data: bytes) -> Container:
    position = 13 + _colour_table_bytes(data[10])
    kept, frames, complete, blocks = [data[:position]], 0, False, 0
    while position < len(data) and data[position] in b"!," and frames < _MAX_FRAMES and blocks < _MAX_BLOCKS:
        start, is_frame = position, data[position] == ord(",")
        table_bytes = _colour_table_bytes(data[start + 9]) if is_frame and start + 9 < len(data) else 0
        position += 11 + table_bytes if is_frame else 2
        while position < len(data) and data[position] and blocks < _MAX_BLOCKS:  # sub-blocks, each led by its length
            position, blocks = position + 1 + data[position], blocks + 1
        position += 1
        frames, blocks = frames + is_frame, blocks + 1
        if (is_frame and frames == 1) or (frames == 0 and data[start : start + 2] == b"!\xf9"):  # delay, transparency
            kept.append(data[start:position])
            complete |= is_frame and position <= len(data)
    return Container("GIF", b"".join([*kept, b";"]), max(1, frames), complete=complete)


def _colour_table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _webp(data: bytes) -> Container:
    (length,) = struct.unpack_from("<I", data, 4)
    turned, frames, position = 1, 0, 12
    for _ in range(_MAX_BLOCKS):
        if position + 8 > len(data):
            break
        (size,) = struct.unpack_from("<I", data, position + 4)
        frames += data[position : position + 4] == b"ANMF"
        if data[position : position + 4] == b"EXIF":
            turned = orientation(data[position + 8 : position + 8 + size].removeprefix(b"Exif\0\0"))
        position += 8 + size + size % 2
    frames, complete = min(max(1, frames), _MAX_FRAMES), length + 8 <= len(data)
    return Container("WEBP", data, frames, turned, complete, stored_wh=_webp_wh(data[12:16], data[20:30]))


def _webp_wh(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
        return 1 + width, 1 + height
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _bmp(data: bytes) -> Container:
    pixels_at, header_bytes, width, height, _, _, compression = struct.unpack_from("<IIiiHHI", data, 10)
    packed = header_bytes >= 40 and compression in (1, 2)  # run lengths, which Pillow decodes in Python
    if packed and max(abs(width * height), len(data)) > _MAX_RLE:
        raise PhotoError(NOT_A_PICTURE)
    return Container("BMP", data, complete=pixels_at < len(data))


def _tiff(data: bytes) -> Container:
    essentials, frames, complete = first_directory_only(data, _MAX_FRAMES)
    return Container("TIFF", essentials, frames, complete=complete)


_FORMATS: Final[tuple[tuple[re.Pattern[bytes], Callable[[bytes], Container]], ...]] = (
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), _webp),
    (re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL), _bmp),  # and a known header's size
    (re.compile(rb"II[*+]\0|MM\0[*+]"), _tiff),
)

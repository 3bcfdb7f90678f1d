"""What a file's bytes say before any decoder runs: its format, frames and orientation, and the part worth decoding.

Decoders get only the essentials: no metadata (EXIF, text, colour profiles) and, where it is cheap, no second frame.
So text and profile bombs never inflate, and nothing but pixels can come out. Formats:
JPEG ITU-T T.81, PNG https://www.w3.org/TR/png-3/, GIF89a, WebP RFC 9649, Exif and MPF (CIPA DC-008, DC-007), TIFF 6.0.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cvdemo.errors import PhotoError

_MAX_FRAMES: Final = 10_000  # counting stops here
_MAX_BLOCKS: Final = 100_000  # chunks, segments, sub-blocks; a real file of 10 MB stays below
_MAX_SCANS: Final = 200  # a progressive JPEG has about ten, and each costs a pass over the whole picture

NOT_A_PICTURE: Final = "This file is not a picture we can read. JPEG, PNG and WebP always work."
ENDS_EARLY: Final = "The file ends in the middle. Save or download it again."
DAMAGED: Final = "The file is damaged. Save or download it again."


@dataclass(frozen=True)
class Container:
    """One file, opened as far as bytes go; ``complete`` is False when its end is known to be missing."""

    format: str  # "JPEG", "MPO", "PNG", "WEBP", "BMP", "GIF" or "TIFF"
    essentials: bytes
    frames: int = 1
    orientation: int = 1  # Exif's 1..8; for TIFF always 1, because Pillow itself turns those
    complete: bool = True
    progressive: bool = False  # JPEG
    canvas_wh: tuple[int, int] | None = None  # where Pillow reserves memory as soon as it opens the file: WebP


def unpack(data: bytes) -> Container:
    """Recognise a picture by its content and take what a decoder needs.

    Raises:
        PhotoError: the file is empty, a drawing (SVG), no picture of the allowed formats, or damaged.
    """
    if not data:
        raise PhotoError("The file is empty. Choose another photo.")
    for prefix, walk in _FORMATS:
        if prefix.match(data):
            try:
                return walk(data)
            except (IndexError, struct.error) as error:
                raise PhotoError(ENDS_EARLY) from error
    if _looks_like_svg(data):
        raise PhotoError("SVG is a drawing. Export it as PNG first.")
    raise PhotoError(NOT_A_PICTURE)


def _looks_like_svg(data: bytes) -> bool:
    start = data[:4096].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").lower()
    return start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in start)


def _jpeg(data: bytes) -> Container:
    kept, position, orientation, frames, progressive = [data[:2]], 2, 1, 1, False
    for _ in range(_MAX_BLOCKS):
        position = data.index(b"\xff", position) if b"\xff" in data[position : position + 65_536] else len(data)
        marker = data[position + 1]
        if marker == 0xDA:
            break
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD9:  # padding, or a marker without a length
            position += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        body = data[position + 4 : position + 2 + length]
        if marker == 0xE1 and body.startswith(b"Exif\0\0") and orientation == 1:
            orientation = _orientation(body[6:])
        elif marker == 0xE2 and body.startswith(b"MPF\0"):
            frames = min(max(1, _tag(body[4:], 0xB001) or 1), _MAX_FRAMES)
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE) or marker == 0xEE:  # 0xEE, "Adobe", tells CMYK from YCCK
            kept.append(data[position : position + 2 + length])
        progressive |= marker in (0xC2, 0xC6, 0xCA, 0xCE)
        position += 2 + length
    else:
        raise PhotoError(DAMAGED)
    scans = data[position:]
    if progressive and scans.count(b"\xff\xda") > _MAX_SCANS:
        raise PhotoError(DAMAGED)
    complete = b"\xff\xd9" in scans
    kept.append(scans)
    return Container("MPO" if frames > 1 else "JPEG", b"".join(kept), frames, orientation, complete, progressive)


_PNG_KEPT: Final = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def _png(data: bytes) -> Container:
    kept, position, orientation, frames, complete = [data[:8]], 8, 1, 1, False
    for _ in range(_MAX_BLOCKS):
        if position + 8 > len(data):
            break
        (length,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if kind in _PNG_KEPT:
            kept.append(data[position:end])
        elif kind == b"eXIf":
            orientation = _orientation(data[position + 8 : end - 4])
        elif kind == b"acTL":
            frames = min(max(1, struct.unpack_from(">I", data, position + 8)[0]), _MAX_FRAMES)
        position = end
        if kind == b"IEND" and end <= len(data):
            complete = True
            break
    else:
        raise PhotoError(DAMAGED)
    return Container("PNG", b"".join(kept), frames, orientation, complete)


def _gif(data: bytes) -> Container:
    def table_bytes(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    position = 13 + table_bytes(data[10])
    kept, frames, complete, blocks = [data[:position]], 0, False, _MAX_BLOCKS
    while position < len(data) and data[position] in (0x21, 0x2C) and frames < _MAX_FRAMES and blocks:
        start, is_frame = position, data[position] == 0x2C
        frames += is_frame
        position += 11 + (table_bytes(data[position + 9]) if position + 9 < len(data) else 0) if is_frame else 2
        while position < len(data) and data[position] and blocks:  # sub-blocks, each led by its length
            position += 1 + data[position]
            blocks -= 1
        position += 1
        if (is_frame and frames == 1) or (frames == 0 and data[start + 1 : start + 2] == b"\xf9"):
            kept.append(data[start:position])
            complete |= is_frame and position <= len(data)
    kept.append(b";")
    return Container("GIF", b"".join(kept), max(1, frames), complete=complete)


def _webp(data: bytes) -> Container:
    (length,) = struct.unpack_from("<I", data, 4)
    kind, body = data[12:16], data[20:]
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", body, 6))
    orientation, frames, position = 1, 0, 12
    for _ in range(_MAX_BLOCKS):
        if position + 8 > len(data):
            break
        name, (size,) = data[position : position + 4], struct.unpack_from("<I", data, position + 4)
        frames += name == b"ANMF"
        if name == b"EXIF":
            orientation = _orientation(data[position + 8 : position + 8 + size].removeprefix(b"Exif\0\0"))
        position += 8 + size + size % 2
    complete = length + 8 <= len(data)
    return Container("WEBP", data, min(max(1, frames), _MAX_FRAMES), orientation, complete, canvas_wh=(width, height))


def _bmp(data: bytes) -> Container:
    return Container("BMP", data)


def _tiff(data: bytes) -> Container:
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    (offset,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    complete, frames, seen = offset < len(data), 0, set()
    while 0 < offset < len(data) and offset not in seen and frames < _MAX_FRAMES:
        seen.add(offset)
        frames += 1
        try:
            (entries,) = struct.unpack_from(order + ("Q" if big else "H"), data, offset)
            offset += 8 + 20 * entries if big else 2 + 12 * entries
            (offset,) = struct.unpack_from(order + ("Q" if big else "I"), data, offset)
        except (struct.error, OverflowError):
            break
    return Container("TIFF", data, max(1, frames), complete=complete)


def _orientation(exif: bytes) -> int:
    value = _tag(exif, 0x0112)
    return value if value is not None and 1 <= value <= 8 else 1


def _tag(tiff: bytes, number: int) -> int | None:
    """Return the first value of a SHORT or LONG tag in the first directory, None when it is not there or broken."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return None
    try:
        (offset,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, offset)
        for at in range(offset + 2, offset + 2 + 12 * min(entries, 1000), 12):
            tag, kind, count = struct.unpack_from(order + "HHI", tiff, at)
            if tag == number and kind in (3, 4) and count == 1:
                value: int = struct.unpack_from(order + ("H" if kind == 3 else "I"), tiff, at + 8)[0]
                return value
    except struct.error:
        return None
    return None


_FORMATS: Final[tuple[tuple[re.Pattern[bytes], Callable[[bytes], Container]], ...]] = (
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"GIF8[79]a"), _gif),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), _webp),
    (re.compile(rb"BM"), _bmp),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), _tiff),
)

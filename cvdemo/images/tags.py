"""Directories of tags: the few values that matter in Exif (CIPA DC-008), MPF (CIPA DC-007) and TIFF 6.0."""

import struct
from typing import Final

from cvdemo.errors import PhotoError
from cvdemo.images.verdicts import DAMAGED, NOT_A_PICTURE

ORIENTATION: Final = 0x0112
NUMBER_OF_IMAGES: Final = 0xB001
_COMPRESSION, _TILE_WIDTH, _TILE_LENGTH = 0x0103, 0x0142, 0x0143
# None, LZW, JPEG, deflate (two numbers), PackBits: what photos use. Fax and rarities only add ways to attack libtiff.
_COMPRESSIONS: Final = {1, 5, 7, 8, 32_946, 32_773}
_SHORT, _LONG = 3, 4
_TEXT_KINDS: Final = {1, 2, 6, 7}  # kept as bytes by Pillow; each value of the other kinds becomes a Python number
_MAX_VALUES: Final = 70_000  # strips of one row, in three planes, or tiles of 27 x 27, of the largest picture
_MAX_TILE_PIXELS: Final = 16_777_216
_MAX_ENTRIES: Final = 1000


def first_value(directory: bytes, number: int) -> int | None:
    """Return one SHORT or LONG value of the first directory of an Exif or MPF block; None if absent or broken."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(directory[:4])
    if order is None:
        return None
    try:
        (offset,) = struct.unpack_from(order + "I", directory, 4)
        (entries,) = struct.unpack_from(order + "H", directory, offset)
        for at in range(offset + 2, offset + 2 + 12 * min(entries, _MAX_ENTRIES), 12):
            tag, kind, count = struct.unpack_from(order + "HHI", directory, at)
            if tag == number and kind in (_SHORT, _LONG) and count == 1:
                value: int = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), directory, at + 8)[0]
                return value
    except struct.error:
        return None
    return None


def orientation(exif: bytes) -> int:
    """Return Exif's orientation, 1..8; 1 (upright) when it is absent, broken or another number."""
    value = first_value(exif, ORIENTATION)
    return value if value is not None and 1 <= value <= 8 else 1


def first_directory_only(tiff: bytes, max_frames: int) -> tuple[bytes, int, bool]:
    """Cut a TIFF file's chain of directories (frames) after the first.

    Returns:
        The file with one frame, the number of frames it had, and whether the first directory lies inside the file.

    Raises:
        PhotoError: the first directory asks for a tile or a list of numbers that no real picture has, or for a
            compression that photos do not use.
    """
    order = "<" if tiff[:2] == b"II" else ">"
    big = tiff[2:4] in (b"+\0", b"\0+")
    word, count, start, entry = ("Q", "Q", 8, 20) if big else ("I", "H", 4, 12)
    (offset,) = struct.unpack_from(order + word, tiff, start)
    cut, frames, seen = len(tiff), 0, set()
    while 0 < offset < len(tiff) and offset not in seen and frames < max_frames:
        seen.add(offset)
        try:
            (entries,) = struct.unpack_from(order + count, tiff, offset)
            first = offset + struct.calcsize("=" + count)
            link = first + entry * entries
            (offset,) = struct.unpack_from(order + word, tiff, link)
        except (struct.error, OverflowError):
            break
        if frames == 0:
            cut = link
            _check_entries(tiff, order, big, range(first, link, entry))
        frames += 1
    zero = bytes(struct.calcsize("=" + word))
    return tiff[:cut] + zero + tiff[cut + len(zero) :], max(1, frames), cut < len(tiff)


def _check_entries(tiff: bytes, order: str, big: bool, places: range) -> None:
    if len(places) > _MAX_ENTRIES:
        raise PhotoError(DAMAGED)
    values = {_COMPRESSION: 1, _TILE_WIDTH: 1, _TILE_LENGTH: 1}
    for at in places:
        tag, kind, count = struct.unpack_from(order + ("HHQ" if big else "HHI"), tiff, at)
        if kind not in _TEXT_KINDS and count > _MAX_VALUES:
            raise PhotoError(DAMAGED)
        if tag in values:
            (values[tag],) = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), tiff, at + (12 if big else 8))
    if values[_COMPRESSION] not in _COMPRESSIONS:
        raise PhotoError(NOT_A_PICTURE)
    if values[_TILE_WIDTH] * values[_TILE_LENGTH] > _MAX_TILE_PIXELS:
        raise PhotoError(DAMAGED)

"""The photo as a model gets it: decoded once a while, cut and resized by the model's own rule, or as a plain square."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cvdemo import images
from cvdemo.images import Photo
from cvdemo.inside.crop import Crop, centred
from cvdemo.preprocess import Preprocessing, needed_side, prepare
from cvdemo.results import Results

_decoded = Results(64 * 1024 * 1024)  # by file, its time and the size asked for


@dataclass(frozen=True)
class Picture:
    """What one model receives of one photo.

    Args:
        digest: of the photo's file.
        array: float32 (1, 3, h, w), normalised.
        pixels: the same before normalisation, uint8 (h, w, 3).
        crop: where it lies in the photo.
        photo_wh: size of the upright photo.
        rule: by which the model's picture was cut out.
    """

    digest: str
    array: NDArray[np.float32]
    pixels: NDArray[np.uint8]
    crop: Crop
    photo_wh: tuple[int, int]
    rule: Preprocessing

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.pixels.shape[:2]
        return height, width


def picture(path: Path, preprocessing: Preprocessing) -> Picture:
    """Return the photo at ``path`` as the model of ``preprocessing`` gets it.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    photo = decoded(path, needed_side([preprocessing]))
    entry = prepare(photo, preprocessing)
    left, top, right, bottom = entry.crop_xyxy
    crop = Crop(left, top, right - left, bottom - top)
    return Picture(photo.digest, entry.array, entry.seen, crop, photo.full_size_wh, preprocessing)


def enlarged(path: Path, shown: Picture, side: int = 384) -> NDArray[np.uint8]:
    """Return the same part of the photo with its longer side at ``side`` pixels, for people: uint8 (h, w, 3)."""
    height, width = shown.size_hw
    share = side / max(height, width)
    rule = replace(shown.rule, size_hw=(max(1, round(height * share)), max(1, round(width * share))))
    return prepare(decoded(path, needed_side([rule])), rule).seen


@dataclass(frozen=True)
class SquarePhoto:
    """The photo's centred square as ``side`` x ``side`` pixels, the same for all models.

    Args:
        digest: of the photo's file.
        pixels: uint8 (side, side, 3).
        crop: where the picture lies in the photo.
        size_wh: of the upright photo.
    """

    digest: str
    pixels: NDArray[np.uint8]
    crop: Crop
    size_wh: tuple[int, int]


def square_photo(path: Path, side: int) -> SquarePhoto:
    """Return the centred square of the photo at ``path`` with ``side`` pixels a side.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    photo = decoded(path, side)
    plain = Preprocessing((side, side), 1.0, "center", "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    return SquarePhoto(photo.digest, prepare(photo, plain).seen, centred(photo.full_size_wh), photo.full_size_wh)


def decoded(path: Path, side: int) -> Photo:
    """Decode with at least ``side`` pixels a side, or take what was decoded a moment ago: a click asks again.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    try:
        facts = path.stat()
    except OSError:
        return images.read(path)  # which says why it cannot be read
    key = (str(path), facts.st_mtime_ns, facts.st_size, side)
    known = _decoded.get(key)
    if known is None:
        known = images.read(path, side)
        _decoded.put(key, known)
    return known


def digest_of(path: Path) -> str:
    """Return the digest of the photo's file.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    return decoded(path, 32).digest


def normalised(pixels: NDArray[np.uint8], preprocessing: Preprocessing) -> NDArray[np.float32]:
    """Return uint8 (h, w, 3) as float32 (1, 3, h, w), with the mean and spread that the model was trained with."""
    mean, std = (np.asarray(values, np.float32) for values in (preprocessing.mean, preprocessing.std))
    return np.ascontiguousarray(((pixels.astype(np.float32) / 255 - mean) / std).transpose(2, 0, 1)[None])

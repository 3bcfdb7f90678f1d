"""The picture that the models get here: the photo's centred square at the chosen size, the same for all."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cvdemo import images
from cvdemo.images import Photo
from cvdemo.preprocess import Preprocessing, prepare
from cvdemo.receptive_field.units import Crop, centred
from cvdemo.results import Results

_decoded = Results(64 * 1024 * 1024)  # by file, its time and the size asked for


@dataclass(frozen=True)
class Scene:
    """One photo as a picture of ``side`` x ``side`` pixels.

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


def scene(path: Path, side: int) -> Scene:
    """Return the photo at ``path`` as a picture of ``side`` pixels.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    photo = _photo(path, side)
    plain = Preprocessing((side, side), 1.0, "center", "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    return Scene(photo.digest, prepare(photo, plain).seen, centred(photo.full_size_wh), photo.full_size_wh)


def _photo(path: Path, side: int) -> Photo:
    """Decode, or take what was decoded a moment ago: each click asks again for the same photo."""
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


def normalised(pixels: NDArray[np.uint8], preprocessing: Preprocessing) -> NDArray[np.float32]:
    """Return uint8 (h, w, 3) as float32 (1, 3, h, w), with the mean and spread that the model was trained with."""
    mean, std = (np.asarray(values, np.float32) for values in (preprocessing.mean, preprocessing.std))
    return np.ascontiguousarray(((pixels.astype(np.float32) / 255 - mean) / std).transpose(2, 0, 1)[None])

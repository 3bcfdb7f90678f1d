"""The picture that the models get here: the photo's centred square at the chosen size, the same for all."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.crop import Crop, centred
from cvdemo.inside.picture import decoded
from cvdemo.preprocess import Preprocessing, prepare


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
    photo = decoded(path, side)
    plain = Preprocessing((side, side), 1.0, "center", "bicubic", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    return Scene(photo.digest, prepare(photo, plain).seen, centred(photo.full_size_wh), photo.full_size_wh)

"""The mean colour of a photo's middle: what this lab computes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cvdemo import images
from cvdemo.settings import Settings, whole


@dataclass(frozen=True)
class Middle(Settings):
    """How much of the photo counts: percent of its sides."""

    percent: int = whole(50, 5, 100, "share", step=5, label="Middle", help="percent of the photo's sides")


@dataclass(frozen=True)
class Pixels:
    """The photo: uint8 RGB (H, W, 3); ``asked`` is its file's digest."""

    asked: str
    rgb: NDArray[np.uint8]


def pixels(path: Path) -> Pixels:
    """Return the photo at ``path``."""
    photo = images.open(path)
    return Pixels(photo.digest, photo.at(64).pixels)


def mean_colour(photo: Pixels, middle: Middle) -> tuple[int, int, int]:
    """Return the mean red, green and blue, 0 to 255, of the middle ``percent`` of both sides."""
    cut = [round(side * (100 - middle.percent) / 200) for side in photo.rgb.shape[:2]]
    part = photo.rgb[cut[0] : photo.rgb.shape[0] - cut[0], cut[1] : photo.rgb.shape[1] - cut[1]]
    red, green, blue = np.rint(part.reshape(-1, 3).mean(0)).astype(int).tolist()
    return red, green, blue

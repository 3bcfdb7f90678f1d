"""How hot a map is at one point of the photo, beside all its other places."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.model_input import Picture
from cvdemo.saliency.measures import resized

DIRECTIONS = (
    "to its right", "below right", "below it", "below left", "to its left", "above left", "above it", "above right"
)  # fmt: skip


@dataclass(frozen=True)
class PointHeat:
    """A point's place in a map that is laid over the photo as it is drawn, bilinear.

    Args:
        hotter_than: share of the whole photo, 0..1, that is less hot than the point. What was cut off before the model
            saw it has no part in the answer: it is as dark as dark places, also where the point lies there.
        hottest_px: from the point to the nearest of the hottest places, in pixels of the photo.
        toward: where that lies, one of `DIRECTIONS`.
        seen: whether the model saw the point.
    """

    hotter_than: float
    hottest_px: float
    toward: str
    seen: bool = True


def at_point(picture: Picture, values: NDArray[np.float32], point_rc: tuple[int, int]) -> PointHeat | None:
    """Return the place of a photo's point (row, column) in a map (h, w) over ``picture``; None for a dark map."""
    if float(values.max()) <= 0:
        return None
    drawn, crop = resized(values, picture.size_hw), picture.crop
    (row, column), gone = crop.to_picture(point_rc, picture.size_hw)
    here = 0.0 if gone else float(drawn[round(row), round(column)])
    photo = picture.photo_wh[0] * picture.photo_wh[1]
    inside = min(crop.width * crop.height, photo)
    colder = inside * float((drawn < here).mean()) + (photo - inside if here > 0 else 0)
    hottest = np.argwhere(drawn >= float(drawn.max()) * (1 - 1e-6))
    places = [crop.to_photo((float(one[0]), float(one[1])), picture.size_hw) for one in hottest]
    away = [math.hypot(down - point_rc[0], right - point_rc[1]) for down, right in places]
    nearest = int(np.argmin(away))
    down, right = places[nearest][0] - point_rc[0], places[nearest][1] - point_rc[1]
    return PointHeat(min(1.0, colder / photo), away[nearest], direction(down, right), not gone)


def direction(down: float, right: float) -> str:
    """Return which of the eight `DIRECTIONS` is nearest to a step of so many rows down and columns to the right."""
    return DIRECTIONS[round(math.atan2(down, right) / (math.pi / 4)) % 8]

"""Maps of two models over one photo: each has its own crop, so they are compared where both looked."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.model_input import Picture
from cvdemo.saliency.measures import half_share, rank_correlation, resized, sampled, top_overlap

GRID = (64, 64)  # places of the common part of both crops


def share_of_photo(picture: Picture, values: NDArray[np.float32]) -> float | None:
    """Return the share of the whole photo, 0..1, that holds half of a map's sum; what was cut off counts as photo.

    The map is taken as it is drawn, bilinear over the model's picture. None for a map that is dark everywhere.
    """
    share = half_share(resized(values, picture.size_hw))
    photo = picture.photo_wh[0] * picture.photo_wh[1]
    return None if share is None else min(1.0, share * picture.crop.width * picture.crop.height / photo)


def compared(
    first: tuple[Picture, NDArray[np.float32]], second: tuple[Picture, NDArray[np.float32]]
) -> tuple[float | None, float | None]:
    """Return intersection over union of the brightest fifths, and the rank correlation, where both crops overlap.

    (None, None) where they do not.
    """
    one, other = _box(first[0]), _box(second[0])
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    if left >= right or top >= bottom:
        return None, None
    common = (left, top, right, bottom)
    here, there = (
        sampled(resized(values, picture.size_hw), (_box(picture), common), GRID) for picture, values in (first, second)
    )  # fmt: skip
    return top_overlap(here, there), rank_correlation(here, there)


def _box(picture: Picture) -> tuple[float, float, float, float]:
    crop = picture.crop
    return crop.left, crop.top, crop.left + crop.width, crop.top + crop.height

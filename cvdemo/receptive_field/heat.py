"""The photo, darkened, with a unit's influence as heat on top."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.palettes import INFERNO
from cvdemo.receptive_field.mass import logged

DARKENED = 0.62  # of the photo's brightness stays
OPACITY = 0.75  # of the strongest heat

_TABLE = np.array([[int(text[start : start + 2], 16) for start in (1, 3, 5)] for text in INFERNO], np.float32)


def levels(influence: NDArray[np.float32], log: bool) -> NDArray[np.float32]:
    """Return how bright each pixel is drawn, 0..1.

    Linear in the square root, which lets the eye follow a peaked map, or logarithmic; the strongest 1 % of the pixels
    are all drawn as 1, so that a few do not darken the rest. Lightly blurred, for drawing only: a strided network's
    gradient jumps from pixel to pixel.
    """
    soft = _blurred(influence)
    top = float(np.quantile(soft, 0.99)) or float(soft.max(initial=0.0))
    if top <= 0:
        return np.zeros_like(influence)
    shown = np.clip(soft / top, 0, 1)
    return (logged(shown) if log else np.sqrt(shown)).astype(np.float32)


def _blurred(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a map after a Gaussian blur of a 112th of its side (2 of 224 pixels)."""
    sigma = max(values.shape) / 112
    reach = int(np.ceil(2.5 * sigma))
    taps = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    taps /= taps.sum()
    wide = np.pad(values, reach)
    down = sum(tap * wide[place : place + values.shape[0]] for place, tap in enumerate(taps))
    return sum(tap * down[:, place : place + values.shape[1]] for place, tap in enumerate(taps)).astype(np.float32)


def over_photo(pixels: NDArray[np.uint8], influence: NDArray[np.float32] | None, log: bool) -> NDArray[np.uint8]:
    """Return uint8 (h, w, 3): the photo at 62 %, heat in Inferno on it, the stronger the less transparent."""
    dark = pixels.astype(np.float32) * DARKENED
    if influence is None:
        return dark.astype(np.uint8)
    level = levels(influence, log)
    place = level * (len(_TABLE) - 1)
    low = np.minimum(place.astype(np.intp), len(_TABLE) - 2)
    part = (place - low)[..., None]
    colour = _TABLE[low] * (1 - part) + _TABLE[low + 1] * part
    alpha = (OPACITY * level)[..., None]
    return np.clip(dark * (1 - alpha) + colour * alpha, 0, 255).astype(np.uint8)

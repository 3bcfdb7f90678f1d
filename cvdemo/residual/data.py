"""Labelled photos as small nets learn them: tiny squares around 0."""

import numpy as np
from PIL import Image

from cvdemo.photo_sets import PhotoSet, held_out, near_duplicates
from cvdemo.residual.records import Photos

SHARE = 0.25  # held out of each class
SIDES = {"the digits": 16}
SIDE = 32


def small(photos: PhotoSet, seed: int = 0) -> Photos:
    """Return a set's photos as squares of 16 pixels (digits) or 32, each channel with mean 0 and deviation 1.

    The test's photos are those that `held_out` gives: near-duplicates stay on one side.
    """
    side = SIDES.get(photos.title, SIDE)
    squares = [_square(one.photo().pixels, side) for one in photos.photos]
    pictures = np.stack(squares).astype(np.float32).transpose(0, 3, 1, 2)
    mean, spread = pictures.mean((0, 2, 3), keepdims=True), pictures.std((0, 2, 3), keepdims=True)
    out = held_out(photos, near_duplicates(photos), SHARE, seed)
    return Photos((pictures - mean) / np.maximum(spread, 1e-6), photos.labels, out, len(photos.classes), photos.title)


def _square(pixels: np.ndarray, side: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    edge = min(height, width)
    left, top = (width - edge) // 2, (height - edge) // 2
    image = Image.fromarray(pixels).crop((left, top, left + edge, top + edge))
    return np.asarray(image.resize((side, side), Image.Resampling.BOX))

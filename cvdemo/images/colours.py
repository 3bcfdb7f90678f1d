"""Any picture that Pillow decoded, as RGB uint8: alpha on white, deep and float samples brought to 0..255."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

_BAND_PIXELS = 1 << 20  # conversions work on bands of rows, so that their copies stay small beside the picture


def to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Convert a decoded picture of any mode to RGB.

    Transparent pixels are composited on white. 16-bit samples are divided by 257, so that 65,535 becomes 255.
    32-bit and float samples say nothing about their range, so it is judged from the samples: see ``_sample_range``.

    Returns:
        uint8 (H, W, 3).
    """
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    convert = _conversion(image)
    for top, band in _bands(image):
        pixels[top : top + band.height] = convert(band)
    return pixels


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    rows = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _conversion(image: Image.Image) -> Callable[[Image.Image], NDArray[np.uint8]]:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _deep_grey(image)
    if image.mode == "LAB":
        return _lab()
    return _on_white if image.has_transparency_data else _plain


def _plain(band: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(band if band.mode == "RGB" else band.convert("RGB"))


def _on_white(band: Image.Image) -> NDArray[np.uint8]:
    coloured = band.convert("RGBA")
    white = Image.new("RGB", band.size, "white")
    white.paste(coloured, mask=coloured)
    return np.asarray(white)


def _lab() -> Callable[[Image.Image], NDArray[np.uint8]]:
    transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")

    def convert(band: Image.Image) -> NDArray[np.uint8]:
        converted = ImageCms.applyTransform(band, transform)
        assert converted is not None  # only an in-place transform returns None
        return np.asarray(converted)

    return convert


def _deep_grey(image: Image.Image) -> Callable[[Image.Image], NDArray[np.uint8]]:
    black, white = _sample_range(image)
    see_through = image.info.get("transparency")  # PNG: the one sample value that is transparent

    def convert(band: Image.Image) -> NDArray[np.uint8]:
        samples = np.asarray(band).astype(np.float64)
        scaled = (samples - black) * (255 / (white - black)) + 0.5
        levels = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255).astype(np.uint8)
        if isinstance(see_through, int):
            levels[samples == see_through] = 255
        return np.broadcast_to(levels[:, :, None], (*levels.shape, 3))  # (H, W) -> (H, W, 3)

    return convert


def _sample_range(image: Image.Image) -> tuple[float, float]:
    """Return the samples that become black and white.

    16-bit: 0 and 65,535. Float: 0 and 1 when all samples lie there (a tenth of overshoot allowed, as sharpening
    leaves it). Otherwise 0 and 255, or 0 and 65,535, whichever holds them; else their own extremes. Not-a-number
    and infinite samples do not count.
    """
    if image.mode.startswith("I;16"):
        return 0.0, 65_535.0
    low, high = _extremes(image)
    if image.mode == "F" and low >= -0.1 and high <= 1.1:
        return 0.0, 1.0
    for white in (255.0, 65_535.0):
        if low >= 0 and high <= white:
            return 0.0, white
    return low, high if high > low else low + max(1.0, abs(low))


def _extremes(image: Image.Image) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    for _, band in _bands(image):
        samples = np.asarray(band)
        finite = samples[np.isfinite(samples)] if image.mode == "F" else samples
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if high >= low else (0.0, 1.0)

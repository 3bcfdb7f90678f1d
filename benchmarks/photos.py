"""Test photos of the size that phones make, drawn from the starter photos: different files, same cost."""

from pathlib import Path

import numpy as np
from PIL import Image

from cvdemo import starters

PHONE_WH = (4000, 3000)  # 12 megapixels
_QUALITY = 90
_GRAIN = 4.0  # a sensor's noise in levels; without it the file would be far smaller than a phone's


def phone_photo(folder: Path, starter: str = "cat", size_wh: tuple[int, int] = PHONE_WH) -> Path:
    """Write one JPEG, of 12 megapixels and a few megabytes as a phone takes them, and return its path."""
    with Image.open(starters.get(starter).path) as small:
        wide = np.asarray(small.convert("RGB").resize(size_wh, Image.Resampling.BICUBIC), np.int16)
    grain = np.random.default_rng(0).normal(0, _GRAIN, wide.shape[:2]).astype(np.int16)
    noisy = np.clip(wide + grain[..., None], 0, 255).astype(np.uint8)
    path = folder / f"{starter}-{size_wh[0]}.jpg"
    Image.fromarray(noisy).save(path, quality=_QUALITY)
    return path


def twins(photo: Path, count: int) -> list[Path]:
    """Write ``count`` files that show the same picture and have different bytes, so that no cache knows them."""
    data, paths = photo.read_bytes(), []
    for number in range(count):
        comment = f"twin {number}".encode()  # a JPEG comment, right after the start of the file
        paths.append(photo.with_name(f"{photo.stem}-{number}.jpg"))
        paths[-1].write_bytes(data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:])
    return paths

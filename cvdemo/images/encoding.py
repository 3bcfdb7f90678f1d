"""Pixels as text that a browser shows: a data URL."""

import base64
import io
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def data_url(pixels: NDArray[np.uint8], quality: int = 85, format: Literal["jpeg", "png"] = "jpeg") -> str:
    """Encode pixels as ``data:image/jpeg;base64,...``; PNG keeps every pixel and suits tiny pictures.

    Args:
        pixels: uint8, (H, W, 3) RGB or (H, W) grey, neither side 0.
        quality: JPEG quality, 1 to 95; PNG ignores it.
        format: "jpeg" or "png".

    Raises:
        ValueError: another shape, dtype, quality or format.
    """
    if pixels.dtype != np.uint8 or pixels.size == 0 or pixels.shape[2:] not in ((), (3,)) or pixels.ndim < 2:
        raise ValueError(f"pixels must be uint8 (H, W, 3) or (H, W), got {pixels.dtype} {pixels.shape}")
    if format not in ("jpeg", "png"):
        raise ValueError(f'format must be "jpeg" or "png", got {format!r}')
    if not 1 <= quality <= 95:
        raise ValueError(f"quality must be 1 to 95, got {quality}")
    buffer = io.BytesIO()
    options = {"quality": quality} if format == "jpeg" else {"compress_level": 1}
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, format, **options)
    return f"data:image/{format};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"

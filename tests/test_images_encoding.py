"""Pixels to data URL and back."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from cvdemo import images
from tests import bad_files as files


def test_a_data_url_shows_the_pixels() -> None:
    pixels = files.scene(40, 30)
    head, _, body = images.data_url(pixels, format="png").partition(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(body)))), pixels)
    head, _, body = images.data_url(pixels).partition(",")
    assert head == "data:image/jpeg;base64"
    near = np.asarray(Image.open(io.BytesIO(base64.b64decode(body)))).astype(int)
    assert np.abs(near - pixels).mean() < 6
    assert len(images.data_url(pixels, quality=10)) < len(images.data_url(pixels, quality=95))


@pytest.mark.parametrize(
    ("pixels", "options", "sentence"),
    [
        (np.zeros((2, 2, 4), np.uint8), {}, "pixels must be uint8"),
        (np.zeros((2, 2, 3), np.float32), {}, "pixels must be uint8"),
        (np.zeros((0, 2, 3), np.uint8), {}, "pixels must be uint8"),
        (np.zeros(2, np.uint8), {}, "pixels must be uint8"),
        (np.zeros((2, 2), np.uint8), {"quality": 0}, "quality must be 1 to 95"),
        (np.zeros((2, 2), np.uint8), {"format": "webp"}, "format must be"),
    ],
)
def test_a_data_url_of_something_else_is_refused(pixels: np.ndarray, options: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        images.data_url(pixels, **options)  # type: ignore[arg-type]

"""Frames of live video come through the same door as photos: small JPEGs only, bombs refused by their header."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from cvdemo import images
from cvdemo.errors import PhotoError
from tests import bad_files as files


def test_a_frame_is_what_pillow_makes_of_it() -> None:
    data = files.encode_scene("JPEG")
    pixels = images.read_frame(data, 640)
    assert np.array_equal(pixels, np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
    assert pixels.dtype == np.uint8 and not pixels.flags.writeable


@pytest.mark.parametrize(
    ("wide", "high", "sentence"),
    [
        (640, 480, None),
        (480, 640, None),
        (1, 1, None),
        (641, 480, "at most 640 pixels a side; this one has 641"),
        (64, 1000, "this one has 1,000"),
        (640, 2, "too thin"),
    ],
)
def test_the_longer_side_decides(wide: int, high: int, sentence: str | None) -> None:
    data = files.encode(files.scene(wide, high), "JPEG")
    if sentence is None:
        assert images.read_frame(data, 640).shape == (high, wide, 3)
        return
    with pytest.raises(PhotoError, match=sentence):
        images.read_frame(data, 640)


@pytest.mark.parametrize("format", [format for format in files.FORMATS if format != "JPEG"])
def test_other_formats_are_no_frames(format: str) -> None:
    with pytest.raises(PhotoError, match="must be JPEG"):
        images.read_frame(files.encode_scene(format), 640)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff", "ends in the middle"),
        (b"GIF", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG is a drawing"),
        (files.encode_scene("JPEG")[:400], "ends in the middle"),
        (bytes(10_000_001), "10.1 MB is too much"),
    ],
    ids=["empty", "start", "letters", "svg", "cut", "large"],
)
def test_what_is_no_frame_gets_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(PhotoError, match=sentence):
        images.read_frame(data, 640)


@pytest.mark.parametrize("name", files.BOMBS)
def test_no_bomb_gets_in_and_none_takes_long(name: str) -> None:
    data = files.BOMBS[name][0]()
    started = time.process_time()
    with pytest.raises(PhotoError):
        images.read_frame(data, 32)  # smaller than the bombs that are read as honest photos
    assert time.process_time() - started < 1

"""The door for pixels: every odd but honest picture comes in upright, in RGB, whatever its format, mode or name."""

import hashlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile, ImageOps

from cvdemo import images
from cvdemo.errors import PhotoError
from tests import bad_files as files

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")


def read(tmp_path: Path, data: bytes, name: str = "photo", shortest_side: int | None = None) -> images.Photo:
    (tmp_path / name).write_bytes(data)
    return images.read(tmp_path / name, shortest_side)


def by_pillow(data: bytes) -> np.ndarray:
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.svg", "a.txt", "a.html", "a", "A.PNG"])
@pytest.mark.parametrize("format", files.FORMATS)
def test_the_content_decides_and_not_the_name(tmp_path: Path, format: str, name: str) -> None:
    data = files.encode_scene(format)
    photo = read(tmp_path, data, name)
    assert photo.format == format and photo.frames == 1 and photo.full_size_wh == (96, 64)
    assert np.array_equal(photo.pixels, by_pillow(data))
    assert images.open(tmp_path / name).facts == images.PhotoFacts((96, 64), format, 1)


def test_a_bmp_in_run_lengths_comes_in(tmp_path: Path) -> None:
    runs = b"\4\1\0\0" + b"\2\0\2\1\0\1"  # the lower line pink, the upper half black
    header = struct.pack("<IIiiHHIIiiII", 62, 40, 4, 2, 1, 8, 1, len(runs), 0, 0, 2, 0)
    data = b"BM" + struct.pack("<II", 62 + len(runs), 0) + header + bytes(4) + b"\xc8\xc8\xff\0" + runs
    assert read(tmp_path, data).pixels[:, :, 0].tolist() == [[0, 0, 255, 255], [255] * 4]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_come_in_upright(tmp_path: Path, format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = files.encode(files.scene(96, 64), format, exif=exif)
    photo = read(tmp_path, data)
    assert photo.full_size_wh == ((96, 64) if orientation < 5 else (64, 96))
    assert images.open(tmp_path / "photo").facts.full_size_wh == photo.full_size_wh
    assert np.array_equal(photo.pixels, by_pillow(data))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_reduced_jpeg_is_turned_like_the_whole_one(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = files.encode(files.scene(301, 203), "JPEG", exif=exif, quality=95)
    whole, reduced = read(tmp_path, data), read(tmp_path, data, shortest_side=50)
    assert sorted(reduced.pixels.shape) == [3, 51, 76] and reduced.full_size_wh == whole.full_size_wh
    assert reduced.covers_xyxy is not None
    left, top, right, bottom = reduced.covers_xyxy
    assert (right - left, bottom - top) == (4 * reduced.pixels.shape[1], 4 * reduced.pixels.shape[0])
    # Put back on the whole picture, each reduced pixel is the mean of its 4 x 4 (the one over the edge aside).
    placed = Image.fromarray(whole.pixels).crop((int(left), int(top), int(right), int(bottom))).reduce(4)
    difference = np.abs(np.asarray(placed, np.int16) - reduced.pixels)[1:-1, 1:-1]
    assert difference.mean() < 2


@pytest.mark.parametrize(
    "exif",
    [
        files.exif_block(0),  # no such orientation
        files.exif_block(9),
        files.exif_block(99),
        files.exif_block(6)[:12],  # cut off
        b"II*\0" + b"\xff" * 40,  # a directory outside
        b"rubbish",
        b"",
        files.exif_block(1) + bytes(65_000),  # as long as a segment can be
    ],
)
def test_broken_exif_is_ignored(tmp_path: Path, exif: bytes) -> None:
    plain = files.encode_scene("JPEG")
    photo = read(tmp_path, files.with_jpeg_segments(plain, (0xE1, b"Exif\0\0" + exif)))
    assert np.array_equal(photo.pixels, by_pillow(plain))


@pytest.mark.parametrize("index", [b"", b"rubbish", b"II*\0" + b"\xff" * 40, b"MM\0*\0\0\0\x08\xff\xff"])
def test_a_broken_index_of_pictures_is_ignored(tmp_path: Path, index: bytes) -> None:
    plain = files.encode_scene("JPEG")
    photo = read(tmp_path, files.with_jpeg_segments(plain, (0xE2, b"MPF\0" + index)))
    assert (photo.format, photo.frames) == ("JPEG", 1) and np.array_equal(photo.pixels, by_pillow(plain))


def test_exif_in_motorola_order_turns_too(tmp_path: Path) -> None:
    segment = (0xE1, b"Exif\0\0" + files.exif_block(6, ">"))
    photo = read(tmp_path, files.with_jpeg_segments(files.encode_scene("JPEG"), segment))
    assert photo.full_size_wh == (64, 96)


@pytest.mark.parametrize("count", [1, 2, 10, 500])
@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF", "MPO"])
def test_of_many_frames_the_first_one_counts(tmp_path: Path, format: str, count: int) -> None:
    frames = [Image.new("RGB", (16, 16), (number % 256, 255 - number % 256, number // 256)) for number in range(count)]
    options = {"lossless": True} if format == "WEBP" else {}
    data = files.encode(frames[0], format, save_all=True, append_images=frames[1:], **options)
    photo = read(tmp_path, data)
    assert photo.frames == count
    assert images.open(tmp_path / "photo").facts.frames == count
    assert np.array_equal(photo.pixels, by_pillow(data))


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("wh", "sentence"),
    [
        ((1, 1), None),
        ((2, 2), None),
        ((100, 1), None),
        ((1, 100), None),
        ((101, 1), "101 x 1 pixels is too thin."),
        ((1, 101), "1 x 101 pixels is too thin."),
        ((20_000, 1), "20,000 x 1 pixels is too thin."),
        ((1, 20_000), "1 x 20,000 pixels is too thin."),
        ((65_500, 1), "65,500 x 1 pixels is too thin."),
        ((16_385, 200), "A side of 16,385 pixels is too much; the limit is 16,384."),
    ],
)
def test_sizes(tmp_path: Path, wh: tuple[int, int], sentence: str | None, format: str) -> None:
    data = files.encode(Image.new("L", wh), format)
    if sentence is None:
        assert read(tmp_path, data).pixels.shape == (wh[1], wh[0], 3)
        assert read(tmp_path, data, shortest_side=512).pixels.shape == (wh[1], wh[0], 3)
        return
    (tmp_path / "photo").write_bytes(data)
    for door in (images.read, images.open):
        with pytest.raises(PhotoError, match=f"^{sentence}$"):
            door(tmp_path / "photo")


@pytest.mark.parametrize("side", [1, 37, 63, 64, 127, 128, 255, 256, 257, 5000])
@pytest.mark.parametrize("wh", [(512, 512), (1023, 257), (300, 2047)])
def test_the_shorter_side_stays_as_long_as_asked(tmp_path: Path, wh: tuple[int, int], side: int) -> None:
    photo = read(tmp_path, files.encode(files.scene(*wh), "JPEG"), shortest_side=side)
    shorter = min(photo.pixels.shape[:2])
    assert min(side, *wh) <= shorter and photo.full_size_wh == wh
    assert shorter < 2 * side or shorter == -(-min(wh) // 8)  # 1/8 is the smallest that JPEG knows


def test_inspect_decodes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("inspect decoded"))
    for format in files.FORMATS:
        (tmp_path / format).write_bytes(files.encode_scene(format))
        assert images.open(tmp_path / format).facts.full_size_wh == (96, 64)


def test_a_photo_is_frozen_and_says_which_file_it_was(tmp_path: Path) -> None:
    data = files.encode_scene("PNG")
    photo = read(tmp_path, data)
    assert photo.digest == hashlib.sha256(data).hexdigest()
    assert photo.pixels.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0] = 0
    with pytest.raises(ValueError, match=r"pixels must be uint8 \(H, W, 3\), got float64"):
        images.Photo(np.zeros((2, 2, 3)), (2, 2), "", "PNG", 1)  # type: ignore[arg-type]


def test_shortest_side_below_one_is_a_mistake_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shortest_side must be at least 1, got 0"):
        read(tmp_path, files.encode_scene("PNG"), shortest_side=0)

"""Every mode that Pillow decodes becomes RGB, by fixtures of known colour."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cvdemo import images
from tests import bad_files as files

NAN, INF = float("nan"), float("inf")


def read(tmp_path: Path, data: bytes) -> images.Photo:
    (tmp_path / "photo").write_bytes(data)
    return images.read(tmp_path / "photo")


def png16(samples: list[int], colour: int, *chunks: bytes) -> bytes:
    """Write one pixel of 16-bit samples."""
    row = zlib.compress(b"\0" + struct.pack(f">{len(samples)}H", *samples))
    png = files.png_header(1, 1, 16, colour) + files.png_chunk(b"IDAT", row) + files.png_chunk(b"IEND", b"")
    return files.with_png_chunks(png, *chunks)


def one(mode: str, colour: object, format: str, **options: object) -> bytes:
    return files.encode(Image.new(mode, (8, 8), colour), format, **options)  # type: ignore[arg-type]


def grey(values: list[float], dtype: str, format: str = "TIFF", **options: object) -> bytes:
    """Write a row of samples; the first is the one that tests look at."""
    return files.encode(Image.fromarray(np.array([values] * 2, dtype)), format, **options)


def ycck() -> bytes:
    """Tell Adobe's marker that the four channels are YCCK: luma 55 becomes the grey 200, black ink is 0."""
    jpeg, marker = one("CMYK", (200, 127, 127, 0), "JPEG", quality=100), b"Adobe\0\x64\0\0\0\0"
    return jpeg.replace(marker + b"\0", marker + b"\2")


def palette(transparency: bytes | None) -> bytes:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])
    return files.encode(image, "PNG", **({} if transparency is None else {"transparency": transparency}))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(one("1", 1, "PNG"), (255, 255, 255), id="one bit, white"),
        pytest.param(one("1", 0, "TIFF"), (0, 0, 0), id="one bit, black"),
        pytest.param(one("L", 90, "PNG"), (90, 90, 90), id="grey"),
        pytest.param(one("L", 90, "PNG", transparency=90), (255, 255, 255), id="grey with a transparent value"),
        pytest.param(one("LA", (100, 255), "PNG"), (100, 100, 100), id="grey, opaque"),
        pytest.param(one("LA", (100, 128), "PNG"), (177, 177, 177), id="grey, half on white"),
        pytest.param(one("LA", (100, 0), "TIFF"), (255, 255, 255), id="grey, transparent"),
        pytest.param(palette(None), (200, 100, 50), id="palette"),
        pytest.param(palette(b"\xff\x80"), (227, 177, 152), id="palette, half on white"),
        pytest.param(one("P", 0, "GIF", transparency=0), (255, 255, 255), id="GIF with a transparent index"),
        pytest.param(one("RGB", (9, 99, 199), "PNG", transparency=(9, 99, 199)), (255, 255, 255), id="RGB with one"),
        pytest.param(one("RGBA", (255, 0, 0, 0), "PNG"), (255, 255, 255), id="hidden red"),
        pytest.param(one("RGBA", (255, 0, 0, 51), "PNG"), (255, 204, 204), id="a fifth of red"),
        pytest.param(one("RGBA", (255, 0, 0, 51), "WEBP", lossless=True), (255, 204, 204), id="a fifth of red, WebP"),
        pytest.param(one("RGBA", (255, 0, 0, 51), "TIFF"), (255, 204, 204), id="a fifth of red, TIFF"),
        pytest.param(one("CMYK", (0, 255, 255, 0), "TIFF"), (255, 0, 0), id="CMYK, TIFF"),
        pytest.param(one("CMYK", (0, 255, 255, 51), "JPEG", quality=100), (204, 0, 0), id="CMYK, JPEG"),
        pytest.param(ycck(), (200, 200, 200), id="YCCK"),
        pytest.param(one("YCbCr", (76, 85, 255), "JPEG", quality=100), (254, 0, 0), id="YCbCr"),
        pytest.param(one("LAB", (130, 176, 144), "TIFF"), (198, 82, 97), id="Lab 51 48 16 (by CIE's formulas)"),
        pytest.param(one("LAB", (127, 128, 128), "TIFF"), (119, 119, 119), id="Lab middle grey"),
        pytest.param(png16([0x8000], 0), (128, 128, 128), id="16 bits of grey"),
        pytest.param(png16([0x8000], 0, files.png_chunk(b"tRNS", b"\x80\0")), (255, 255, 255), id="transparent value"),
        pytest.param(png16([0x1234, 0x8000, 0xFFFF], 2), (18, 128, 255), id="16 bits of RGB"),
        pytest.param(png16([0xFFFF, 0, 0, 0x3333], 6), (255, 204, 204), id="16 bits of RGBA"),
        pytest.param(png16([0x6400, 0x8000], 4), (177, 177, 177), id="16 bits of grey and alpha"),
        pytest.param(grey([257 * 70, 0], "<u2"), (70, 70, 70), id="16-bit TIFF, little end first"),
        pytest.param(grey([257 * 70, 0], ">u2"), (70, 70, 70), id="16-bit TIFF, big end first"),
        pytest.param(grey([257 * 70, 0], "<u2", compression="tiff_lzw"), (70, 70, 70), id="16-bit TIFF, LZW"),
        pytest.param(grey([70, 255], "int32"), (70, 70, 70), id="32 bits, 0 to 255"),
        pytest.param(grey([257 * 70, 65_535], "int32"), (70, 70, 70), id="32 bits, 0 to 65,535"),
        pytest.param(grey([0, -1000, 1000], "int32"), (128, 128, 128), id="32 bits with a sign: their own range"),
        pytest.param(grey([0.5, 0, 1], "float32"), (128, 128, 128), id="float, 0 to 1"),
        pytest.param(grey([0.5, -0.05, 1.05], "float32"), (128, 128, 128), id="float, 0 to 1 with overshoot"),
        pytest.param(grey([70.4, 0, 254.9], "float32"), (70, 70, 70), id="float, 0 to 255"),
        pytest.param(grey([257 * 70.0, 60_000], "float32"), (70, 70, 70), id="float, 0 to 65,535"),
        pytest.param(grey([0, -1, 1], "float32"), (128, 128, 128), id="float, -1 to 1: its own range"),
        pytest.param(grey([3e38, -3e38, 0], "float32"), (255, 255, 255), id="float, huge"),
        pytest.param(grey([NAN, 0, 1], "float32"), (0, 0, 0), id="not a number"),
        pytest.param(grey([INF, 0, 1], "float32"), (255, 255, 255), id="infinite"),
        pytest.param(grey([NAN, NAN], "float32"), (0, 0, 0), id="nothing but not-a-number"),
        pytest.param(grey([-7, -7], "float32"), (0, 0, 0), id="one negative value everywhere"),
    ],
)
def test_every_mode_becomes_rgb(tmp_path: Path, data: bytes, expected: tuple[int, int, int]) -> None:
    photo = read(tmp_path, data)
    assert photo.pixels.dtype == np.uint8 and photo.pixels.shape[2] == 3
    assert np.abs(photo.pixels[0, 0].astype(int) - expected).max() < 3


def test_a_16_bit_ramp_is_divided_by_257(tmp_path: Path) -> None:
    ramp = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
    photo = read(tmp_path, files.encode(Image.fromarray(ramp), "PNG"))
    assert np.array_equal(photo.pixels[:, :, 1], np.round(ramp / 257))

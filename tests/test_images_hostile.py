"""The door for pixels against broken and hostile files: one clear sentence, whatever is in them."""

import os
import re
import socket
import subprocess
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cvdemo import images
from cvdemo.errors import PhotoError
from cvdemo.images import verdicts
from tests import bad_files as files

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
BROKEN = {verdicts.DAMAGED, verdicts.ENDS_EARLY, verdicts.NOT_A_PICTURE}


def read(tmp_path: Path, data: bytes) -> np.ndarray:
    """Let the door read these bytes."""
    (tmp_path / "photo").write_bytes(data)
    photo = images.read(tmp_path / "photo")
    assert photo.pixels.dtype == np.uint8 and photo.pixels.shape == (*photo.full_size_wh[::-1], 3)
    return photo.pixels


def verdict(tmp_path: Path, data: bytes) -> str:
    """Return the door's sentence, "" when the picture comes in."""
    try:
        read(tmp_path, data)
    except PhotoError as error:
        return str(error)
    return ""


def sentences(tmp_path: Path, format: str, seed: str = "") -> dict[str, list[str]]:
    """Show the door 80 broken files; return its sentences by kind of damage, after checking that it knows each."""
    most = 20 if format == "WEBP" else 50
    told = re.compile(rf".+ is too thin\.|.+ the limit is {most} megapixels(, JPEG may have 50)?\.")
    found: dict[str, list[str]] = {"cut": [], "flipped": [], "spliced": []}
    whole = read(tmp_path, files.encode_scene(format))
    for name, data in files.broken(format, seed=seed):
        kind, sentence = name.split()[1], verdict(tmp_path, data)
        found[kind].append(sentence)
        if kind != "cut":
            assert sentence in BROKEN | {""} or told.fullmatch(sentence), sentence
        elif not sentence:  # checksums and end marks may be missing, but no pixel
            np.testing.assert_array_equal(read(tmp_path, data), whole)
        else:
            assert sentence in {verdicts.ENDS_EARLY, verdicts.NOT_A_PICTURE}
    return found


@pytest.mark.parametrize("format", files.FORMATS)
def test_eighty_broken_files_of_each_format(tmp_path: Path, format: str) -> None:
    """30 truncations, 30 files with eight flipped bits, 20 splices of two formats: 480 in all."""
    found = sentences(tmp_path, format)
    assert [len(kind) for kind in found.values()] == [30, 30, 20]
    assert found["cut"].count(verdicts.ENDS_EARLY) >= 25
    assert verdict(tmp_path, files.encode_scene(format)) == ""


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("format", files.FORMATS)
def test_two_thousand_broken_files_of_each_format(tmp_path: Path, format: str, seed: int) -> None:
    sentences(tmp_path, format, seed=f" {seed}")


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"])
def test_compressed_tiff_whole_and_cut(tmp_path: Path, compression: str) -> None:
    whole = files.encode(files.scene(96, 64), "TIFF", compression=compression)
    assert verdict(tmp_path, whole) == ""
    assert verdict(tmp_path, whole[: len(whole) // 2]) == verdicts.ENDS_EARLY


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt", "lzma", "zstd"])
def test_tiff_compressions_of_no_photo_are_refused(tmp_path: Path, compression: str) -> None:
    whole = files.encode(Image.fromarray(files.scene(96, 64)).convert("1"), "TIFF", compression=compression)
    assert verdict(tmp_path, whole) == verdicts.NOT_A_PICTURE


@pytest.mark.parametrize("name", files.polyglots())
def test_polyglots_start_no_program(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, door in ((subprocess, "Popen"), (os, "system"), (os, "posix_spawn"), (socket, "create_connection")):
        monkeypatch.setattr(module, door, lambda *_, door=door, **__: pytest.fail(f"{door} was called"))
    data, is_picture = files.polyglots()[name]
    expected = "" if is_picture else verdicts.DRAWING if name.startswith("SVG") else verdicts.NOT_A_PICTURE
    assert verdict(tmp_path, data) == expected


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty. Choose another photo."),
        (b"\0", verdicts.NOT_A_PICTURE),
        (bytes(5000), verdicts.NOT_A_PICTURE),
        (b"hello", verdicts.NOT_A_PICTURE),
        (b"BMW is a car", verdicts.NOT_A_PICTURE),
        (files.encode_scene("BMP")[:30], verdicts.ENDS_EARLY),
        (b"\xff\xd8\xff", verdicts.ENDS_EARLY),
        (b"\x89PNG\r\n\x1a\n", verdicts.ENDS_EARLY),
        (b"GIF89a", verdicts.ENDS_EARLY),
        (b"RIFF\x64\0\0\0WEBP", verdicts.ENDS_EARLY),
        (b"II*\0", verdicts.ENDS_EARLY),
        (b"II*\0\0\0\0\0", verdicts.ENDS_EARLY),
        (b"\xef\xbb\xbf \n<SVG>", "SVG is a drawing. Export it as PNG first."),
        ("<svg></svg>".encode("utf-16"), "SVG is a drawing. Export it as PNG first."),
        (bytes(10_000_001), "10.1 MB is too much; the limit is 10 MB."),
        (bytes(31_000_000), "31 MB is too much; the limit is 10 MB."),
        (files.resized_header("JPEG", 0, 64), verdicts.DAMAGED),
        (files.resized_header("GIF", 8001, 6250), "50.1 megapixels is too much; the limit is 50 megapixels."),
    ],
    ids=lambda value: repr(value[:16]) if isinstance(value, bytes) else None,
)
def test_files_that_are_no_photo(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "photo").write_bytes(data)
    for door in (images.read, images.open):
        with pytest.raises(PhotoError) as caught:
            door(tmp_path / "photo")
        assert str(caught.value) == sentence


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    doors: tuple[Callable[[str], object], ...] = (images.read, images.open)
    for path, sentence in (
        (str(tmp_path / "missing"), verdicts.GONE),
        (str(tmp_path) + "/a\0b", verdicts.GONE),
        (str(tmp_path / ("a" * 5000)), verdicts.GONE),
        (str(tmp_path), verdicts.NO_FILE),
        (str(tmp_path / "pipe"), verdicts.NO_FILE),
        ("/dev/zero", verdicts.NO_FILE),
    ):
        for door in doors:
            with pytest.raises(PhotoError) as caught:
                door(path)
            assert str(caught.value) == sentence


def test_no_metadata_comes_out(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "SECRET", {1: "N", 2: (1.0, 2.0, 3.0)}
    jpeg = files.with_jpeg_segments(
        files.encode(files.scene(96, 64), "JPEG", exif=exif), (0xFE, b"SECRET"), (0xE1, b"SECRET" * 9000)
    )
    png = files.with_png_chunks(files.encode_scene("PNG"), files.png_chunk(b"tEXt", b"k\0SECRET"))
    for data in (jpeg, png):
        (tmp_path / "photo").write_bytes(data)
        photo = images.read(tmp_path / "photo")
        assert "SECRET" not in repr([getattr(photo, field.name) for field in fields(photo)])
        assert "SECRET" not in images.data_url(photo.pixels, format="png")

"""One opened photo: the file is read and hashed once for all labs, and decoded once for each scale that is needed."""

import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cvdemo import images, results
from cvdemo.classify import classify
from cvdemo.detect.find import find
from cvdemo.errors import PhotoError
from cvdemo.images import OpenedPhoto, opened
from cvdemo.inside.activations import forward_pass
from cvdemo.inside.model_input import enlarged
from cvdemo.receptive_field import study
from tests import bad_files as files


class Reads:
    """What happened to one file: how often it was opened, hashed, and decoded at which sizes."""

    def __init__(self, path: Path) -> None:
        self.path, self.opens, self.hashes = path, 0, 0
        self.decodes: list[tuple[int, ...]] = []

    @property
    def all(self) -> tuple[int, int, int]:
        return self.opens, self.hashes, len(self.decodes)


_watched: list[Reads] = []


def _see(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watched and str(arguments[0]) == str(_watched[0].path):
        _watched[0].opens += 1


sys.addaudithook(_see)


@pytest.fixture(name="reads")
def watched_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reads]:
    """A new photo of 1600 x 1200 pixels, and what happens to its file."""
    path = tmp_path / "photo.jpg"
    data = files.encode(files.scene(1600, 1200), "JPEG") + os.urandom(16)  # nobody knows it yet
    path.write_bytes(data)
    found = Reads(path)
    sha256, file_digest, decode = hashlib.sha256, hashlib.file_digest, opened.decode

    def hashed(given: bytes = b"", **more: Any) -> Any:
        found.hashes += given == data
        return sha256(given, **more)

    def file_hashed(file: Any, *more: Any) -> Any:
        found.hashes += getattr(file, "name", "") == str(path)
        return file_digest(file, *more)

    def decoded(*arguments: Any) -> Any:
        pixels = decode(*arguments)
        found.decodes.append(pixels.shape[:2])
        return pixels

    monkeypatch.setattr(hashlib, "sha256", hashed)
    monkeypatch.setattr(hashlib, "file_digest", file_hashed)
    monkeypatch.setattr(opened, "decode", decoded)
    _watched[:] = [found]
    yield found
    _watched.clear()


def _classify(path: Path) -> None:
    classify(path, ("mini_resnet", "mini_vit"))


def _look_inside(path: Path) -> None:
    assert images.open(path).facts.full_size_wh == (1600, 1200)
    enlarged(path, forward_pass(path, "mini_resnet").picture)


def _receptive_field(path: Path) -> None:
    study.measure(*study.asked_for(path, "mini_resnet", False, 224, (600, 800)), only=3)


def _detect(path: Path) -> None:
    find(path, "yolov8n_blood_cells")


LABS: dict[str, tuple[Callable[[Path], None], set[tuple[int, int]]]] = {
    "classify": (_classify, {(150, 200)}),  # 64 px are asked for: an eighth does
    "look inside": (_look_inside, {(150, 200), (1200, 1600)}),  # and 384 px for people
    "receptive field": (_receptive_field, {(300, 400)}),
    "detect": (_detect, {(1200, 1600)}),
}


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_reads_a_new_photo_once_and_decodes_it_once_a_scale(reads: Reads, lab: str) -> None:
    work, shapes = LABS[lab]
    for _ in range(2):
        work(reads.path)
        assert reads.all == (1, 1, len(shapes))
    assert set(reads.decodes) == shapes


def test_all_labs_together_read_it_once(reads: Reads) -> None:
    for work, _ in LABS.values():
        work(reads.path)
    assert (reads.opens, reads.hashes) == (1, 1)
    assert sorted(reads.decodes) == [(150, 200), (300, 400), (1200, 1600)]


def test_visitors_who_ask_at_once_read_and_decode_once(reads: Reads) -> None:
    start, found = threading.Barrier(6), []

    def ask() -> None:
        start.wait()
        found.append(images.open(reads.path).at(600))

    crowd = [threading.Thread(target=ask) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert reads.all == (1, 1, 1) and len({id(photo.pixels) for photo in found}) == 1


@pytest.mark.parametrize("side", [1, 64, 150, 151, 200, 300, 301, 599, 600, 601, 1200, 5000])
def test_pixels_are_those_that_reading_gives(reads: Reads, side: int) -> None:
    shared, alone = images.open(reads.path).at(side), images.read(reads.path, side)
    assert np.array_equal(shared.pixels, alone.pixels) and shared.covers_xyxy == alone.covers_xyxy
    assert (shared.full_size_wh, shared.digest) == (alone.full_size_wh, alone.digest)


@pytest.mark.parametrize("format", files.FORMATS)
def test_other_formats_than_jpeg_are_decoded_once(tmp_path: Path, format: str) -> None:
    (tmp_path / "photo").write_bytes(files.encode_scene(format))
    photo = images.open(tmp_path / "photo")
    shapes = {photo.at(side).pixels.shape for side in (8, 16, 32, 64)}
    assert len(shapes) == (4 if format == "JPEG" else 1)


def test_what_is_at_hand_is_taken_before_anything_is_decoded(reads: Reads) -> None:
    photo = images.open(reads.path)
    fine = photo.at(300)
    assert photo.at_hand(150) is fine
    coarse = photo.at(150)
    assert photo.at_hand(150) is coarse and photo.at_hand(301) is fine
    assert len(reads.decodes) == 2


def test_the_milliseconds_are_those_of_the_decoding_that_happened(reads: Reads) -> None:
    photo = images.open(reads.path)
    assert photo.at(600).decode_ms == photo.at(500).decode_ms > 0


def test_a_file_that_has_changed_is_read_again(reads: Reads) -> None:
    before = images.open(reads.path).digest
    reads.path.write_bytes(files.encode_scene("PNG"))
    after = images.open(reads.path)
    assert after.digest != before and after.facts.format == "PNG" and reads.opens == 3  # the second one wrote


def test_a_file_that_is_gone_is_gone_although_it_was_known(reads: Reads) -> None:
    assert isinstance(images.open(reads.path), OpenedPhoto)
    reads.path.unlink()
    with pytest.raises(PhotoError, match="no longer here"):
        images.open(reads.path)


def test_copies_of_one_file_share_its_bytes(tmp_path: Path) -> None:
    """A class uploads the same photo: each upload is a file of its own, whose bytes once stayed for each of them."""
    data = files.encode(files.scene(1600, 1200), "JPEG") + os.urandom(16)
    for number in range(20):
        (tmp_path / f"{number}.jpg").write_bytes(data)
    before = _store_bytes()
    known = [images.open(path) for path in sorted(tmp_path.iterdir())]
    assert len({id(photo.container) for photo in known}) == 1
    assert _store_bytes() - before < len(data) + 20 * 2000


def _store_bytes() -> int:
    return int(results.figures()["bytes_kept"])

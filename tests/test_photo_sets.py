"""Labelled photos: ready sets, zip files that are honest and zip files that are not, bursts, and what is held out."""

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cvdemo.errors import SettingError
from cvdemo.photo_sets import PhotoSet, from_zip, held_out, near_duplicates, ready, too_few
from cvdemo.photo_sets import zip_file as zips
from cvdemo.photo_sets.photo_set import LabelledPhoto, encoded

Entries = dict[str, bytes]


def noise(seed: int, side: int = 40, shift: int = 0) -> np.ndarray:
    """Return a picture of soft random blobs; ``shift`` levels brighter."""
    small = np.random.default_rng(seed).integers(0, 200, (8, 8, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(small).resize((side, side))) + np.uint8(shift)


def jpeg(seed: int, side: int = 40, shift: int = 0) -> bytes:
    return encoded(noise(seed, side, shift), "JPEG")


def zipped(path: Path, entries: Entries) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def classes(*names: str, count: int = 6, above: str = "") -> Entries:
    places = [(place, name, number) for place, name in enumerate(names) for number in range(count)]
    return {f"{above}{name}/{number}.jpg": jpeg(100 * place + number) for place, name, number in places}


@pytest.mark.parametrize("above", ["", "photos/", "photos/of mine/"])
def test_folders_are_classes_wherever_they_lie(tmp_path: Path, above: str) -> None:
    entries = {**classes("mug", "keys", above=above), "__MACOSX/mug/._0.jpg": b"x", f"{above}mug/.DS_Store": b"x"}
    photos, skipped = from_zip(zipped(tmp_path / "a.zip", entries))
    assert (photos.classes, photos.counts, skipped) == (("mug", "keys"), (6, 6), ())
    kept = Image.open(io.BytesIO(photos.photos[0].data))
    assert kept.format == "JPEG" and kept.size == (40, 40)


def test_a_large_photo_is_kept_small_and_what_is_none_is_named(tmp_path: Path) -> None:
    entries = {**classes("mug", "keys"), "mug/large.jpg": jpeg(7, 900), "mug/notes.txt": b"to do", "loose.jpg": jpeg(8)}
    photos, skipped = from_zip(zipped(tmp_path / "a.zip", entries))
    assert skipped == ("mug/notes.txt", "loose.jpg")
    large = next(photo for photo in photos.photos if photo.name == "large.jpg")
    assert Image.open(io.BytesIO(large.data)).size == (288, 288)


def linked(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("mug/link.jpg")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return path


def written(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


def of(entries: Entries) -> Callable[[Path], Path]:
    return lambda path: zipped(path, entries)


BOMB = {"mug/bomb.jpg": b"\0" * 200_000_000}
BAD: list[tuple[str, Callable[[Path], Path], str]] = [
    ("no zip", written(b"hello"), "no zip file"),
    ("a photo", written(jpeg(1)), "no zip file"),
    ("cut off", lambda path: written(zipped(path, classes("a", "b")).read_bytes()[:-300])(path), "no zip file"),
    ("empty", of({}), "no folders"),
    ("no folders", of({"a.jpg": jpeg(1)}), "no folders"),
    ("links", linked, "links"),
    ("names that lead out", of({**classes("a", "b"), "../../a/evil.jpg": jpeg(1)}), "lead out"),
    ("names from the root", of({**classes("a", "b"), "/etc/cron.d/evil.jpg": jpeg(1)}), "lead out"),
    ("10,000 entries", of({f"a/{number}.txt": b"" for number in range(10_000)}), "10,000 files are too many"),
    ("eleven classes", of(classes(*map(str, range(11)), count=1)), "11 folders are too many"),
    ("one class", of(classes("mug")), "Two classes"),
    ("no pictures", of({"a/1.txt": b"x", "b/1.txt": b"y"}), "None of the files"),
    ("a bomb", of(BOMB), "None of the files"),
    ("a zip inside", of({"a/b.zip": b"PK\x03\x04", "b/b.zip": b"PK\x03\x04"}), "None of the files"),
    ("a class without photos", of({**classes("a", "b"), "c/notes.txt": b"x"}), "c has no photos"),
    ("the same photo twice", of({**classes("a", "b"), "a/x.jpg": jpeg(1), "b/x.jpg": jpeg(1)}), "is in a and in b"),
    ("201 of a class", of({**classes("a", count=201), **classes("b", count=5)}), "a has 201 photos"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_no_set_of_photos_is_refused_in_a_sentence(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    with pytest.raises(SettingError, match=said):
        from_zip(make(tmp_path / "bad.zip"))
    assert [file.name for file in tmp_path.iterdir()] == ["bad.zip"]


def test_a_password_is_not_guessed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", classes("a", "b"))
    data = bytearray(path.read_bytes())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of each entry, twice
        place = data.find(magic)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(magic, place + 4)
    path.write_bytes(data)
    with pytest.raises(SettingError, match="password"):
        from_zip(path)


def test_a_zip_may_be_60_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_ZIP_BYTES", 1000)
    with pytest.raises(SettingError, match="larger than"):
        from_zip(zipped(tmp_path / "a.zip", classes("a", "b")))


def test_folders_named_like_scripts_are_names(tmp_path: Path) -> None:
    entries = classes("<script>alert(1)<", "a\u202eb\x07" + "x" * 90)
    photos, _ = from_zip(zipped(tmp_path / "a.zip", entries))
    assert photos.classes[0] == "<script>alert(1)<"
    assert len(photos.classes[1]) <= 40 and photos.classes[1].isprintable()


@pytest.mark.parametrize(("name", "classes", "counts"), [("digits", 10, 40), ("textures", 3, 40), ("faces", 2, 100)])
def test_ready_sets_need_nothing(name: str, classes: int, counts: int) -> None:
    photos = ready(name)
    photos.check()
    assert photos.counts == (counts,) * classes and photos.source
    assert ready(name).digest == photos.digest


def test_held_out_crops_come_from_the_other_half_of_their_photo() -> None:
    textures = ready("textures")
    from skimage import data

    halves = np.array_split(data.brick(), 2)
    assert textures.test is not None
    for photo, out in zip(textures.photos[:40], textures.test[:40], strict=True):
        crop = photo.photo().pixels[..., 0]
        inside = [np.any(np.all(_windows(half, crop[0]) == crop[0], axis=2)) for half in halves]
        assert inside == [not out, bool(out)]


def _windows(half: np.ndarray, row: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(half, len(row), axis=1)


def burst() -> PhotoSet:
    """Return two classes: ten different photos each, of which the first four of a class are nearly the same one."""
    photos = [
        LabelledPhoto(jpeg(1000 * label + max(number, 3), 64, number if number < 4 else 0), label, f"{label} {number}")
        for label in range(2)
        for number in range(10)
    ]
    return PhotoSet("your photos", ("a", "b"), tuple(photos))


def test_a_burst_is_found_and_lies_on_one_side() -> None:
    photos = burst()
    groups = near_duplicates(photos)
    assert len(set(groups.tolist())) == 14
    for start in (0, 10):
        assert len(set(groups[start : start + 4].tolist())) == 1
    for seed in range(50):
        out = held_out(photos, groups, 0.25, seed)
        assert all(len(set(out[groups == group].tolist())) == 1 for group in groups)
        for label in range(2):
            assert 1 <= np.count_nonzero(out & (photos.labels == label)) <= 3


def test_what_was_held_out_stays_so_when_photos_are_added() -> None:
    whole = burst()
    few = PhotoSet("your photos", whole.classes, tuple(photo for photo in whole.photos if photo.label == 0))
    before = held_out(few, near_duplicates(few), 0.25, 3)
    after = held_out(whole, near_duplicates(whole), 0.25, 3, before)
    assert np.array_equal(after[: len(before)], before) and after[len(before) :].any()


@pytest.mark.parametrize(
    ("count", "same", "said"), [(4, False, "a has 4 photos"), (8, True, "all nearly the same"), (8, False, None)]
)
def test_too_few_photos_are_a_sentence_and_no_accuracy(count: int, same: bool, said: str | None) -> None:
    photos = [
        LabelledPhoto(jpeg(50 * label if same else 50 * label + number, 64, number if same else 0), label, "x")
        for label in range(2)
        for number in range(count)
    ]
    few = PhotoSet("your photos", ("a", "b"), tuple(photos))
    told = too_few(few, held_out(few, near_duplicates(few), 0.25, 0))
    assert (told is None) if said is None else said in str(told)

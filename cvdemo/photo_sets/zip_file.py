"""Labelled photos out of a zip file whose folders are the classes; nothing out of it is unpacked to the disk."""

import os
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from cvdemo.errors import PhotoError, SettingError
from cvdemo.images import MAX_BYTES
from cvdemo.photo_sets.edits import Given, Skipped
from cvdemo.photo_sets.photo_set import MOST_CLASSES, MOST_PHOTOS, LabelledPhoto, PhotoSet, called, kept

MAX_ZIP_BYTES: Final = 60 * 1000 * 1000
MOST_ENTRIES: Final = 2 * MOST_PHOTOS  # with folders, and what systems add by themselves

NO_ZIP = "This is no zip file that can be read. Put one folder for each class into a zip."
NO_FOLDERS = "This zip holds no folders with photos. Put one folder for each class into it; its name is the class."


def from_zip(path: Path) -> tuple[PhotoSet, tuple[str, ...]]:
    """Return the photos of a zip file, and the names of the entries that are no pictures.

    Raises:
        SettingError: as `unzipped`, or it holds what no classifier can be taught.
    """
    given = unzipped(path)
    given.photos.check()
    return given.photos, tuple(one.name for one in given.skipped)


def unzipped(path: Path) -> Given:
    """Return the photos of a zip file, and which of its entries are no pictures and why.

    A class is a folder: the first one below the folder that holds them all, if there is such a one.

    Raises:
        SettingError: it is no zip, too big, encrypted, holds links or names that lead out of it, or too many entries,
            classes or photos.
    """
    if os.stat(path).st_size > MAX_ZIP_BYTES:
        raise SettingError(f"The zip is larger than {MAX_ZIP_BYTES // 10**6} MB.")
    try:
        with zipfile.ZipFile(path) as archive:
            return _photos(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise SettingError(NO_ZIP) from error


def _photos(archive: zipfile.ZipFile) -> Given:
    entries = [one for one in archive.infolist() if not one.is_dir() and not _is_of_a_system(one.filename)]
    if len(entries) > MOST_ENTRIES:
        raise SettingError(f"{len(entries):,} files are too many; the limit is {MOST_PHOTOS} photos.")
    for entry in entries:
        _check(entry)
    parts = [PurePosixPath(entry.filename).parts for entry in entries]
    above = _common([part[:-1] for part in parts])
    inside = [(entry, part[len(above) :]) for entry, part in zip(entries, parts, strict=True)]
    classes = list(dict.fromkeys(called(part[0]) for _, part in inside if len(part) > 1))
    if not classes:
        raise SettingError(NO_FOLDERS)
    if len(classes) > MOST_CLASSES:
        raise SettingError(f"{len(classes)} folders are too many classes; the limit is {MOST_CLASSES}.")
    photos, skipped = [], []
    for entry, part in inside:
        try:
            if len(part) < 2:
                raise PhotoError("It lies in no folder.")
            label = classes.index(called(part[0]))
            photos.append(LabelledPhoto(kept(_contents(archive, entry)), label, called(part[-1])))
        except PhotoError as error:
            skipped.append(Skipped("/".join(part), str(error)))
    if not photos:
        raise SettingError("None of the files in this zip is a picture that can be read.")
    found = PhotoSet("your photos", tuple(classes), tuple(photos))
    found.check_bounds()
    return Given(found, len(photos), tuple(skipped))


def _common(folders: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the folders that hold all of ``folders``: none where there is only one, which is a class then."""
    first, last = min(folders, default=()), max(folders, default=())
    same = [one == other for one, other in zip(first, last, strict=False)]
    return first[: same.index(False)] if False in same else ()


def _is_of_a_system(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not parts or parts[0] == "__MACOSX" or parts[-1].startswith(".") or parts[-1] in ("Thumbs.db", "desktop.ini")


def _check(entry: zipfile.ZipInfo) -> None:
    """Refuse what no honest archive of photos holds.

    Raises:
        SettingError: it is encrypted, a link, or its name leads out of the archive.
    """
    if entry.flag_bits & 1:
        raise SettingError("This zip asks for a password. Make one without.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise SettingError("This zip holds links instead of photos. Put the photos themselves into it.")
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise SettingError("This zip holds names that lead out of it. Make a new one of the folders themselves.")


def _contents(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return an entry's bytes, however many it says that there are.

    Raises:
        PhotoError: more than a photo may have.
    """
    with archive.open(entry) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PhotoError("It is larger than a photo may be.")
    return data

"""Labelled photos of a few classes, small enough to be kept for a whole session."""

import hashlib
import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cvdemo.errors import SettingError
from cvdemo.images import Photo
from cvdemo.images.opened import judged

MOST_CLASSES: Final = 10
MOST_OF_A_CLASS: Final = 200
MOST_PHOTOS: Final = 600
SIDE: Final = 288  # px, the longer one of a kept photo
CELLS_WH: Final = (17, 16)
NAME_LENGTH: Final = 40  # characters of a class's name


@dataclass(frozen=True)
class LabelledPhoto:
    """One small photo and the number of its class.

    Args:
        data: a JPEG or PNG file of at most `SIDE` pixels a side.
        label: its class, as a place in `PhotoSet.classes`.
        name: what the visitor calls it; a file's name or a number.
    """

    data: bytes = field(repr=False)
    label: int
    name: str

    @cached_property
    def digest(self) -> str:
        """The sha256 of ``data``, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def cells(self) -> NDArray[np.uint8]:
        """It as 16 rows of 17 grey cells: what near-duplicates are found by."""
        grey = Image.fromarray(self.photo().pixels).convert("L").resize(CELLS_WH, Image.Resampling.BOX)
        return np.asarray(grey).copy()

    def photo(self) -> Photo:
        """Decode it, through the one door for pixels."""
        return judged(self.data).decoded()


@dataclass(frozen=True)
class PhotoSet:
    """Photos of two to ten classes, in the order in which they were given.

    Args:
        title: how a sentence calls them: ``your photos``, ``the digits``.
        source: where they come from, for credits; "" for a visitor's own.
        test: which photos a test keeps for itself, where the set itself has to say so, bool (N,).
        stays: none of its photos goes into a file that a visitor takes away.
    """

    title: str
    classes: tuple[str, ...]
    photos: tuple[LabelledPhoto, ...] = field(repr=False)
    source: str = ""
    test: NDArray[np.bool_] | None = field(default=None, repr=False, compare=False)
    stays: bool = False

    def __post_init__(self) -> None:
        if any(not 0 <= photo.label < len(self.classes) for photo in self.photos):
            raise ValueError("a photo's label must be the place of one of the classes")

    @cached_property
    def labels(self) -> NDArray[np.intp]:
        """The class of each photo, (N,)."""
        return np.array([photo.label for photo in self.photos], np.intp)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many photos each class has."""
        return tuple(np.bincount(self.labels, minlength=len(self.classes)).tolist())

    @cached_property
    def digest(self) -> str:
        """A key of all that is in it: sha256 over classes, labels, photos and its own test, in hex."""
        split = () if self.test is None else ("".join("10"[not out] for out in self.test),)
        told = "\n".join([*self.classes, *split, *(f"{photo.label} {photo.digest}" for photo in self.photos)])
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def digests(self) -> set[str]:
        """Its own and those of its photos: the keys of what is made from it."""
        return {self.digest, *(photo.digest for photo in self.photos)}

    def check(self) -> None:
        """Refuse what no classifier can be taught.

        Raises:
            SettingError: fewer than two classes or too many, one without photos, too many photos, or the same photo in
                two classes.
        """
        if len(self.classes) < 2:
            raise SettingError("Two classes are needed at least: what should the first one be told apart from?")
        for name, count in zip(self.classes, self.counts, strict=True):
            if not count:
                raise SettingError(f"{name} has no photos. Add some, or take the class out.")
        self.check_bounds()

    def check_bounds(self) -> None:
        """Refuse what is too much, or contradicts itself; too little may become more.

        Raises:
            SettingError: too many classes or photos, or the same photo in two classes.
        """
        if len(self.classes) > MOST_CLASSES:
            raise SettingError(f"{len(self.classes)} classes are too many; the limit is {MOST_CLASSES}.")
        for name, count in zip(self.classes, self.counts, strict=True):
            if count > MOST_OF_A_CLASS:
                raise SettingError(f"{name} has {count} photos; the limit is {MOST_OF_A_CLASS} a class.")
        if len(self.photos) > MOST_PHOTOS:
            raise SettingError(f"{len(self.photos)} photos are too many; the limit is {MOST_PHOTOS} in all.")
        seen: dict[str, int] = {}
        for photo in self.photos:
            first = seen.setdefault(photo.digest, photo.label)
            if first != photo.label:
                one, other = self.classes[first], self.classes[photo.label]
                raise SettingError(f"{photo.name} is in {one} and in {other}. Take it out of one of them.")


def called(text: str) -> str:
    """Return a name that somebody gave as one short line of printable characters."""
    name = " ".join("".join(one if one.isprintable() else " " for one in text).split())[:NAME_LENGTH].rstrip()
    return name or "unnamed"


def kept(data: bytes) -> bytes:
    """Return a photo's file as it is kept: a JPEG of at most `SIDE` pixels a side, without metadata.

    Raises:
        PhotoError: it is no picture that can be read.
    """
    small = Image.fromarray(judged(data).decoded(SIDE).pixels)
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return encoded(np.asarray(small), "JPEG")


def encoded(pixels: NDArray[np.uint8], format: str = "PNG") -> bytes:
    """Return uint8 pixels (H, W, 3) as a picture file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **({"quality": 90} if format == "JPEG" else {}))
    return file.getvalue()

"""What a visitor does with classes and photos: each change makes a new set, or says why it cannot be."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from cvdemo.errors import PhotoError, SettingError
from cvdemo.photo_sets.photo_set import (
    MOST_CLASSES,
    MOST_OF_A_CLASS,
    MOST_PHOTOS,
    LabelledPhoto,
    PhotoSet,
    called,
    kept,
)

NOTHING: Final = PhotoSet("your photos", (), ())
FIRST_NAMES: Final = ("Class 1", "Class 2")


@dataclass(frozen=True)
class Skipped:
    """A file that brought no photo: its name, and why as a sentence."""

    name: str
    why: str


@dataclass(frozen=True)
class Given:
    """What was given, and what came of it.

    Args:
        photos: all that there is now.
        count: photos that are new.
        skipped: files that brought none.
    """

    photos: PhotoSet
    count: int = 0
    skipped: tuple[Skipped, ...] = ()


def place_of(photos: PhotoSet, name: str) -> int:
    """Return the number of a class.

    Raises:
        SettingError: there is none of that name.
    """
    if name not in photos.classes:
        raise SettingError("This class is not here any more. Add it again.")
    return photos.classes.index(name)


def with_class(photos: PhotoSet, name: str = "") -> PhotoSet:
    """Return the set with an empty class more; without a name it gets the first free number, and stands beside others.

    Raises:
        SettingError: there are ten already, or one of that name.
    """
    if len(photos.classes) >= MOST_CLASSES:
        raise SettingError(f"{MOST_CLASSES} classes are the limit. Take one out first.")
    free = (f"Class {number}" for number in itertools.count(1))
    named = called(name) if name else next(one for one in free if one not in photos.classes)
    _must_be_free(photos, named)
    photos = _without_empty_ones(photos, (named,)) if name else photos
    return replace(photos, classes=(*photos.classes, named))


def renamed(photos: PhotoSet, name: str, to: str) -> PhotoSet:
    """Return the set with another name for a class.

    Raises:
        SettingError: there is no such class, or another one of the new name.
    """
    place, named = place_of(photos, name), called(to)
    if named == name:
        return photos
    _must_be_free(photos, named)
    return replace(photos, classes=(*photos.classes[:place], named, *photos.classes[place + 1 :]))


def _must_be_free(photos: PhotoSet, name: str) -> None:
    if name in photos.classes:
        raise SettingError(f"There is a class called {name} already. Choose another name.")


def without_class(photos: PhotoSet, name: str) -> PhotoSet:
    """Return the set without a class and its photos.

    Raises:
        SettingError: there is none of that name.
    """
    gone = place_of(photos, name)
    left = (photo for photo in photos.photos if photo.label != gone)
    moved = tuple(replace(photo, label=photo.label - (photo.label > gone)) for photo in left)
    return replace(photos, classes=(*photos.classes[:gone], *photos.classes[gone + 1 :]), photos=moved)


def _without_empty_ones(photos: PhotoSet, wanted: Iterable[str]) -> PhotoSet:
    """Return the set without the empty classes that it began with: classes with names of their own take their place."""
    for name in [name for name in FIRST_NAMES if name in photos.classes and name not in wanted]:
        if not photos.counts[photos.classes.index(name)]:
            photos = without_class(photos, name)
    return photos


def with_photos(photos: PhotoSet, name: str, files: Iterable[tuple[str, bytes]], most: int = MOST_OF_A_CLASS) -> Given:
    """Return the set with photos more in a class, as far as they can be read, are new, and there is room.

    Args:
        files: what each is called, and its bytes as they were sent.
        most: photos of the class.

    Raises:
        SettingError: there is no class of that name.
    """
    label = place_of(photos, name)
    where = {photo.digest: photos.classes[photo.label] for photo in photos.photos}
    added, skipped = list(photos.photos), []
    for called_, data in files:
        try:
            photo = LabelledPhoto(kept(data), label, called(called_))
            if photo.digest in where:
                raise PhotoError(f"It is in {where[photo.digest]} already.")
            _must_have_room(added, label, name, most)
        except PhotoError as error:
            skipped.append(Skipped(called(called_), str(error)))
            continue
        added.append(photo)
        where[photo.digest] = name
    return Given(replace(photos, photos=tuple(added)), len(added) - len(photos.photos), tuple(skipped))


def _must_have_room(photos: list[LabelledPhoto], label: int, name: str, most: int) -> None:
    if len(photos) >= MOST_PHOTOS:
        raise PhotoError(f"{MOST_PHOTOS} photos are the limit in all.")
    if sum(photo.label == label for photo in photos) >= most:
        raise PhotoError(f"{most} photos are the limit in {name}.")


def without_photo(photos: PhotoSet, name: str, digest: str) -> PhotoSet:
    """Return the set without one photo of a class, named by the first letters of its digest.

    Raises:
        SettingError: there is no class of that name.
    """
    label = place_of(photos, name)
    left = (one for one in photos.photos if one.label != label or not one.digest.startswith(digest or "-"))
    return replace(photos, photos=tuple(left))


def joined(photos: PhotoSet, more: PhotoSet) -> PhotoSet:
    """Return both sets in one; classes of the same name are one, and empty ones that nobody named give way.

    A photo that its class has already stays once.

    Raises:
        SettingError: too many classes or photos, or a photo in two classes.
    """
    photos = _without_empty_ones(photos, more.classes)
    classes = tuple(dict.fromkeys((*photos.classes, *more.classes)))
    mine = {(photo.label, photo.digest): photo for photo in photos.photos}
    for photo in more.photos:
        label = classes.index(more.classes[photo.label])
        mine.setdefault((label, photo.digest), replace(photo, label=label))
    whole = replace(photos, classes=classes, photos=tuple(mine.values()))
    whole.check_bounds()
    return whole

"""A visitor's own classes: each change is a new set, and each refusal is a sentence that leaves all as it was."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cvdemo.errors import SettingError
from cvdemo.photo_sets import PhotoSet, Visitors, edits, unzipped
from cvdemo.photo_sets.photo_set import LabelledPhoto
from tests.test_photo_sets import classes, jpeg, zipped


def own(*counts: int, start: int = 0) -> PhotoSet:
    """Return classes ``a``, ``b``, .. with so many different photos each."""
    seeds = [(label, 1000 * label + number + start) for label, count in enumerate(counts) for number in range(count)]
    photos = tuple(LabelledPhoto(jpeg(seed), label, str(seed)) for label, seed in seeds)
    return PhotoSet("your photos", tuple("abcdefghij"[: len(counts)]), photos)


def many(*counts: int) -> PhotoSet:
    """Return the same with photos that nobody decodes, at once."""
    numbers = ((label, f"{label} {number}") for label, count in enumerate(counts) for number in range(count))
    photos = tuple(LabelledPhoto(name.encode(), label, name) for label, name in numbers)
    return PhotoSet("your photos", tuple("abcdefghij"[: len(counts)]), photos)


Edit = Callable[[PhotoSet], PhotoSet]
CHANGES: list[tuple[str, Edit, tuple[str, ...], tuple[int, ...]]] = [
    ("a class", lambda one: edits.with_class(one), ("a", "b", "c", "Class 1"), (2, 1, 3, 0)),
    (
        "two classes",
        lambda one: edits.with_class(edits.with_class(one)),
        ("a", "b", "c", "Class 1", "Class 2"),
        (2, 1, 3, 0, 0),
    ),
    ("a class with a name", lambda one: edits.with_class(one, " my  mug\n"), ("a", "b", "c", "my mug"), (2, 1, 3, 0)),
    ("another name", lambda one: edits.renamed(one, "b", "<b>mug</b>"), ("a", "<b>mug</b>", "c"), (2, 1, 3)),
    ("its own name", lambda one: edits.renamed(one, "b", "b "), ("a", "b", "c"), (2, 1, 3)),
    ("a name of nothing", lambda one: edits.renamed(one, "b", "\u202e"), ("a", "unnamed", "c"), (2, 1, 3)),
    ("without the first class", lambda one: edits.without_class(one, "a"), ("b", "c"), (1, 3)),
    ("without the last class", lambda one: edits.without_class(one, "c"), ("a", "b"), (2, 1)),
    (
        "without a photo",
        lambda one: edits.without_photo(one, "c", one.photos[4].digest[:16]),
        ("a", "b", "c"),
        (2, 1, 2),
    ),
    (
        "without a photo of another class",
        lambda one: edits.without_photo(one, "a", one.photos[4].digest),
        ("a", "b", "c"),
        (2, 1, 3),
    ),
    ("without a photo of no name", lambda one: edits.without_photo(one, "c", ""), ("a", "b", "c"), (2, 1, 3)),
    (
        "more of a class",
        lambda one: edits.with_photos(one, "b", [("x", jpeg(7)), ("y", jpeg(8))]).photos,
        ("a", "b", "c"),
        (2, 3, 3),
    ),
    (
        "a zip of other classes",
        lambda one: edits.joined(one, replace(own(1, 1, start=50), classes=("c", "d"))),
        ("a", "b", "c", "d"),
        (2, 1, 4, 1),
    ),
    ("the same zip twice", lambda one: edits.joined(one, own(2, 1, 3)), ("a", "b", "c"), (2, 1, 3)),
]


@pytest.mark.parametrize(("edit", "names", "counts"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_each_change_is_a_new_set(edit: Edit, names: tuple[str, ...], counts: tuple[int, ...]) -> None:
    before = own(2, 1, 3)
    digest, after = before.digest, edit(before)
    assert (after.classes, after.counts) == (names, counts)
    assert before.digest == digest, "the set before is as it was"
    stayed = {(after.classes[one.label], one.digest) for one in after.photos}
    for photo in before.photos:  # whoever is still there is in the class that it was in
        name = before.classes[photo.label]
        assert (
            (name, photo.digest) in stayed or photo.digest not in {digest for _, digest in stayed} or name not in names
        )


def test_a_zip_takes_the_place_of_empty_cards_that_nobody_named() -> None:
    begun = edits.renamed(edits.with_class(edits.with_class(edits.NOTHING)), "Class 2", "mine")
    assert edits.joined(begun, own(1, 1)).classes == ("mine", "a", "b")


REFUSED: list[tuple[str, PhotoSet, Edit, str]] = [
    ("an eleventh class", many(*[1] * 10), edits.with_class, "10 classes are the limit"),
    ("a name that is taken", many(1, 1), lambda one: edits.renamed(one, "a", "b"), "a class called b already"),
    ("a class of a name that is taken", many(1, 1), lambda one: edits.with_class(one, "b"), "called b already"),
    ("another name for nobody", many(1), lambda one: edits.renamed(one, "z", "b"), "not here any more"),
    ("photos for nobody", many(1), lambda one: edits.with_photos(one, "z", []).photos, "not here any more"),
    ("no class to take out", many(1), lambda one: edits.without_class(one, "z"), "not here any more"),
    (
        "a zip with classes too many",
        many(*[1] * 8),
        lambda one: edits.joined(one, replace(many(1, 1, 1), classes=("x", "y", "z"))),
        "11 classes",
    ),
    (
        "a zip with photos too many",
        many(200, 200, 199),
        lambda one: edits.joined(one, replace(many(2), classes=("x",))),
        "601 photos",
    ),
    ("a zip with a class too large", many(199), lambda one: edits.joined(one, own(2)), "a has 201 photos"),
    (
        "a zip with a photo of another class",
        own(2, 2),
        lambda one: edits.joined(one, replace(own(1), classes=("b",))),
        "is in a and in b",
    ),
]


@pytest.mark.parametrize(("before", "edit", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_is_a_sentence_and_all_stays(before: PhotoSet, edit: Edit, said: str) -> None:
    visitors = Visitors()
    visitors.change("page", lambda _: before)
    with pytest.raises(SettingError, match=said):
        visitors.change("page", edit)
    assert visitors.photos("page") is before


LEFT_OUT: list[tuple[str, PhotoSet, bytes, str]] = [
    ("no picture", own(1, 1), b"hello", "not a picture"),
    ("nothing", own(1, 1), b"", "empty"),
    ("the end is missing", own(1, 1), jpeg(9)[:-200], "ends in the middle|damaged"),
    ("it is there already", own(1, 1), jpeg(0), "in a already"),
    ("it is in the other class", own(1, 1), jpeg(1000), "in b already"),
    ("photo 201 of a class", many(200, 1), jpeg(9), "200 photos are the limit in a"),
    ("photo 601", many(150, 200, 200, 50), jpeg(9), "600 photos are the limit in all"),
]


@pytest.mark.parametrize(("before", "data", "why"), [row[1:] for row in LEFT_OUT], ids=[row[0] for row in LEFT_OUT])
def test_a_file_that_brings_no_photo_is_named_and_leaves_the_others(before: PhotoSet, data: bytes, why: str) -> None:
    fits = "limit" not in why
    if "already" in why:  # as it is kept: once more through the door
        whole = edits.with_photos(replace(before, photos=()), "a" if "in a" in why else "b", [("first", data)]).photos
        before = whole
    given = edits.with_photos(before, "a", [("bad.jpg", data), *([("good.jpg", jpeg(77))] if fits else [])])
    assert [one.name for one in given.skipped] == ["bad.jpg"]
    assert given.count == int(fits) and len(given.photos.photos) == len(before.photos) + int(fits)
    assert re.search(why, given.skipped[0].why) and given.skipped[0].why.endswith(".")


def test_a_zip_says_what_it_left_out_and_why(tmp_path: Path) -> None:
    entries = {**classes("mug", count=2), "mug/notes.txt": b"to do", "loose.jpg": jpeg(8)}
    given = unzipped(zipped(tmp_path / "a.zip", {**entries, "keys/0.jpg": jpeg(9)}))
    assert (given.count, given.photos.classes, given.photos.counts) == (3, ("mug", "keys"), (2, 1))
    assert [one.name for one in given.skipped] == ["mug/notes.txt", "loose.jpg"]
    assert "not a picture" in given.skipped[0].why and given.skipped[1].why == "It lies in no folder."

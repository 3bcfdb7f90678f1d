"""The photos of visitors: which side of the split each lies on, how much is kept, for how long, and forgetting."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from cvdemo.errors import SettingError
from cvdemo.photo_sets import PhotoSet, Visitors, edits, near_duplicates, split_kept, too_few
from cvdemo.photo_sets.photo_set import LabelledPhoto
from cvdemo.photo_sets.visitors import Room
from cvdemo.results import Results
from tests.guarded import Clock
from tests.test_photo_edits import own
from tests.test_photo_sets import jpeg


def flags(photos: PhotoSet) -> dict[str, bool]:
    assert photos.test is not None
    return {photo.digest: bool(out) for photo, out in zip(photos.photos, photos.test, strict=True)}


def test_after_a_lesson_sides_stay_while_photos_come_and_go() -> None:
    visitors = Visitors()
    visitors.change("page", lambda _: own(8, 8))
    first = flags(visitors.split("page", 0.25, taught=True))
    assert sum(first.values()) == 4
    for seed in range(40, 52):
        files = [(str(seed), jpeg(seed))]
        visitors.change("page", lambda one, files=files: edits.with_photos(one, "a", files).photos)  # type: ignore[misc]
    grown = flags(visitors.split("page", 0.25))
    assert {digest: grown[digest] for digest in first} == first
    assert sum(grown.values()) == 7, "a quarter of 20, and a quarter of 8"
    gone = next(digest for digest, out in first.items() if not out)
    visitors.change("page", lambda one: edits.without_photo(one, "a", gone))
    stayed = {digest: out for digest, out in first.items() if digest != gone}
    assert stayed.items() <= flags(visitors.split("page", 0.25)).items()
    assert sum(flags(visitors.split("page", 0.5)).values()) > 7, "another share is another split"
    assert stayed.items() <= flags(visitors.split("page", 0.25)).items(), "and the first comes back"


def test_a_class_of_which_only_one_side_is_left_is_split_anew() -> None:
    photos = own(8, 8)
    groups = near_duplicates(photos)
    out = flags(split_kept(photos, groups, 0.25, 0, {}))
    left = replace(photos, photos=tuple(one for one in photos.photos if one.label or out[one.digest]))
    more = edits.with_photos(left, "a", [(str(seed), jpeg(seed)) for seed in range(60, 66)]).photos
    again = split_kept(more, near_duplicates(more), 0.25, 0, out)
    assert again.test is not None and too_few(again, again.test) is None
    assert 0 < again.test[more.labels == 0].sum() < 8


def test_of_two_bursts_one_is_held_out() -> None:
    """Each is more than a quarter, and the sentence that all are nearly the same was not true."""
    bursts = [
        LabelledPhoto(jpeg(seed, 64, shift), label, "x")
        for label, seed in ((0, 1), (0, 2), (1, 3), (1, 4))
        for shift in range(6)
    ]
    photos = PhotoSet("your photos", ("a", "b"), tuple(bursts))
    groups = near_duplicates(photos)
    assert len(set(groups.tolist())) == 4
    out = split_kept(photos, groups, 0.25, 0, {}).test
    assert out is not None and too_few(photos, out) is None
    assert [int(out[start : start + 12].sum()) for start in (0, 12)] == [6, 6]


def test_the_split_is_part_of_what_a_set_is() -> None:
    """Results are kept by a set's digest: another test is another result."""
    photos = own(8, 8)
    one, other = (replace(photos, test=np.arange(16) % 8 < count) for count in (2, 3))
    assert len({photos.digest, one.digest, other.digest}) == 3


# How much is kept, and for how long

SMALL = Room(session_bytes=1000, all_bytes=2000, idle_s=60.0)


def weighing(count: int, name: str = "x") -> PhotoSet:
    """Return one photo of so many bytes."""
    return PhotoSet("your photos", ("a",), (LabelledPhoto(name.encode().ljust(count, b"."), 0, name),))


def test_a_page_keeps_its_share_and_the_oldest_idle_one_gives_way() -> None:
    clock = Clock()
    visitors = Visitors(SMALL, clock)
    for page in "abc":
        clock.now_s += 1
        visitors.change(page, lambda _, page=page: weighing(700, page))  # type: ignore[misc]
    assert [bool(visitors.photos(page).photos) for page in "abc"] == [False, True, True]
    clock.now_s += 1
    visitors.change("b", lambda one: one)  # who asks is not idle
    visitors.change("d", lambda _: weighing(900, "d"))
    assert [bool(visitors.photos(page).photos) for page in "bcd"] == [True, False, True]
    with pytest.raises(SettingError, match="more than the"):
        visitors.change("d", lambda _: weighing(1001))
    assert visitors.photos("d") == weighing(900, "d") and visitors.byte_count == 1600


def test_a_page_without_a_goodbye_is_forgotten_after_an_hour() -> None:
    clock = Clock()
    visitors = Visitors(clock=clock)
    visitors.change("left", lambda _: weighing(10))
    clock.now_s += 3000
    visitors.change("here", lambda _: weighing(10))
    clock.now_s += 1000
    visitors.forget_idle()
    assert not visitors.photos("left").photos and visitors.photos("here").photos


class Lesson:
    """What stands for one: all that is asked of it is whose photos it holds."""

    def __init__(self, photos: PhotoSet) -> None:
        self.photos = photos


def test_forget_all_frees_at_once_with_all_lessons() -> None:
    visitors = Visitors()
    big = [bytes(200_000) + bytes([number]) for number in range(150)]
    photos = PhotoSet("your photos", ("a",), tuple(LabelledPhoto(data, 0, "x") for data in big))
    del big
    visitors.change("page", lambda _, given=photos: given)  # type: ignore[misc]
    visitors.keep("page", "key", Lesson(photos))
    visitors.change("other", lambda _: weighing(10))
    alive = [weakref.ref(photo) for photo in photos.photos]
    assert visitors.byte_count > 30_000_000 and visitors.lesson("key") is not None
    del photos
    visitors.forget("page")
    gc.collect()
    assert visitors.byte_count == 10 and visitors.lesson("key") is None
    assert not any(ref() for ref in alive)


def test_only_the_last_lessons_of_a_page_are_kept() -> None:
    visitors = Visitors(SMALL)
    visitors.change("page", lambda _: weighing(600))
    for key in ("first", "second", "third"):
        visitors.keep("page", key, Lesson(visitors.photos("page")))
    assert [visitors.lesson(key) is None for key in ("first", "second", "third")] == [True, False, False]
    visitors.change("page", lambda _: weighing(900, "another"))  # what the lessons hold would be too much with it
    assert visitors.byte_count == 900


@pytest.mark.parametrize("how", ["forgotten", "idle", "pushed out"])
def test_what_was_learned_from_photos_goes_with_them(how: str) -> None:
    """They stand in the store of results under the photos' digests: those of photos that were taken out, too."""
    clock, mine = Clock(), Results("test of forgetting")
    visitors = Visitors(clock=clock)
    first = visitors.change("page", lambda _: own(6, 6))
    gone = first.photos[0].digest
    later = visitors.change("page", lambda one: edits.without_photo(one, "a", gone))
    keys = [("model", gone), (first.digest, "model", 0), (later.digest, ("split", 1)), ("x", later.photos[0].digest)]
    for key in [*keys, ("model", "somebody else's")]:
        mine.put(key, 1)
    if how == "forgotten":
        visitors.forget("page")
    elif how == "idle":
        clock.now_s += visitors.room.idle_s + 1
        visitors.forget_idle()
    else:
        visitors.room = Room(all_bytes=1)
        visitors.change("another page", lambda _: own(1, 1))
    assert [mine.get(key) for key in keys] == [None] * 4
    assert mine.get(("model", "somebody else's")) == 1

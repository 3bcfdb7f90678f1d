"""The photos that visitors give, by the page that gave them: bounded in bytes, in memory only, gone with the page."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from cvdemo.errors import SettingError
from cvdemo.photo_sets.duplicates import near_duplicates
from cvdemo.photo_sets.edits import NOTHING
from cvdemo.photo_sets.photo_set import PhotoSet
from cvdemo.photo_sets.split import split_kept
from cvdemo.results import forget

SEED: Final = 0  # which photos are held out follows from it
LESSONS: Final = 2  # of one page: what it shows, and what it showed before


@dataclass(frozen=True)
class Room:
    """Bytes of one page and of all, and after how many seconds without a question a page counts as left."""

    session_bytes: int = 40_000_000
    all_bytes: int = 400_000_000
    idle_s: float = 3600.0


@dataclass
class _Drawer:
    """What one page gave.

    Args:
        split: the side of each photo that a lesson was taught or tested with.
        digests: of all photos and sets that there ever were, under which results are kept.
    """

    used_s: float
    photos: PhotoSet = NOTHING
    share: float = 0.0
    split: dict[str, bool] = field(default_factory=dict)
    lessons: dict[str, Any] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def byte_count(self) -> int:
        """Return the bytes of all photo files, those in lessons among them, each once."""
        sets = [self.photos, *(lesson.photos for lesson in self.lessons.values())]
        return sum({id(photo.data): len(photo.data) for one in sets for photo in one.photos}.values())


class Visitors:
    """Photos and lessons by session; any thread may ask.

    What is too much for all lets the page go whose last question is the longest ago, never the one that asks.
    """

    def __init__(self, room: Room | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.room = room or Room()
        self._clock = clock
        self._drawers: dict[str, _Drawer] = {}
        self._lock = threading.Lock()

    @property
    def byte_count(self) -> int:
        """How many bytes of photos are kept for all pages together."""
        return sum(drawer.byte_count() for drawer in list(self._drawers.values()))

    def photos(self, session: str) -> PhotoSet:
        """Return what a page has given so far."""
        drawer = self._drawers.get(session)
        return drawer.photos if drawer else NOTHING

    def change(self, session: str, edit: Callable[[PhotoSet], PhotoSet]) -> PhotoSet:
        """Put what ``edit`` makes of a page's photos in their place, and return it.

        Raises:
            SettingError: it is more than a page may keep, or ``edit`` refuses; then nothing has changed.
        """
        with self._opened(session) as drawer:
            before = drawer.photos
            drawer.photos = edit(before)
            if drawer.byte_count() > self.room.session_bytes:
                drawer.lessons.clear()  # they may hold photos that were taken out since
            if drawer.byte_count() > self.room.session_bytes:
                drawer.photos = before
                most = self.room.session_bytes // 10**6
                raise SettingError(f"These photos are more than the {most} MB that a page may keep. Take some out.")
            drawer.digests |= drawer.photos.digests
        self._make_room(session)
        return drawer.photos

    def split(self, session: str, share: float, taught: bool = False) -> PhotoSet:
        """Return a page's photos with their own test, a ``share`` of each class.

        What a lesson was ``taught`` with stays on its side from then on, until another share is asked for.
        """
        with self._opened(session) as drawer:
            photos = drawer.photos
            before = drawer.split if drawer.share == share else {}
            found = split_kept(photos, near_duplicates(photos), share, SEED, before)
            if taught and found.test is not None:
                sides = zip(photos.photos, found.test.tolist(), strict=True)
                drawer.share, drawer.split = share, before | {photo.digest: out for photo, out in sides}
        return found

    def keep(self, session: str, key: str, lesson: Any) -> None:
        """Keep a lesson on a page's photos as long as the page stands; of older ones only the last."""
        with self._opened(session) as drawer:
            drawer.lessons[key] = lesson
            drawer.digests |= lesson.photos.digests
            while len(drawer.lessons) > LESSONS or (
                drawer.byte_count() > self.room.session_bytes and len(drawer.lessons) > 1
            ):
                del drawer.lessons[next(iter(drawer.lessons))]
        self._make_room(session)

    def lesson(self, key: str) -> Any | None:
        """Return what stands under a key, None where it is not known any more."""
        drawers = list(self._drawers.values())
        return next((one.lessons[key] for one in drawers if key in one.lessons), None)

    def forget(self, session: str) -> None:
        """Let go of all that a page gave, and of what was learned from it."""
        with self._lock:
            gone = self._drawers.pop(session, None)
        if gone is not None:
            forget(gone.digests)

    def forget_idle(self) -> None:
        """Let go of the pages that have asked nothing for long: their goodbye may have been lost."""
        with self._lock:
            before_s = self._clock() - self.room.idle_s
            for session in [one for one, drawer in self._drawers.items() if drawer.used_s < before_s]:
                forget(self._drawers.pop(session).digests)

    @contextmanager
    def _opened(self, session: str) -> Iterator[_Drawer]:
        with self._lock:
            drawer = self._drawers.setdefault(session, _Drawer(0.0))
            drawer.used_s = self._clock()
        with drawer.lock:
            yield drawer

    def _make_room(self, session: str) -> None:
        with self._lock:
            idle = sorted((drawer.used_s, one) for one, drawer in self._drawers.items() if one != session)
            for _, one in idle:
                if self.byte_count <= self.room.all_bytes:
                    return
                forget(self._drawers.pop(one).digests)


VISITORS: Final = Visitors()
FOLDERS: Final = Visitors(Room(session_bytes=20_000_000, all_bytes=200_000_000))
"""Photos without classes, that a page wants one network's answers to; apart from what it teaches."""


def forget_idle() -> None:
    """Let go of what pages gave that have asked nothing for long."""
    VISITORS.forget_idle()
    FOLDERS.forget_idle()

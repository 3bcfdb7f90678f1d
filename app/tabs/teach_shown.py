"""What visitors' Teach tabs show, by key; that of the first picture is always there."""

import secrets
from functools import cache
from pathlib import Path
from typing import Any

from app.lab.shown import ShownByKey
from app.lab.streaming import session
from cvdemo.errors import SettingError
from cvdemo.photo_sets import VISITORS, ready
from cvdemo.transfer import Lesson, stored

FIRST = "stored"
FILE = Path(__file__).parents[2] / "assets" / "taught_digits.safetensors"
GONE = "What was taught is not known here any more. Teach again."


class TaughtByKey(ShownByKey):
    """Lessons by key; under `FIRST` the digits, as they were taught before the page started.

    Those on a visitor's own photos lie with the photos, and go with them.
    """

    def keep(self, shown: Lesson) -> str:
        """Keep a lesson and return its key."""
        if shown.photos.source:
            return super().keep(shown)
        key = secrets.token_hex(16)
        VISITORS.keep(session(), key, shown)
        return key

    def get(self, key: object) -> Any | None:
        """Return a lesson; None when it is not known any more."""
        if key == FIRST:
            return _first()
        own = VISITORS.lesson(key) if isinstance(key, str) else None
        return super().get(key) if own is None else own


TAUGHT = TaughtByKey()


def lesson_of(key: object) -> Lesson:
    """Return the lesson that the browser names by its key.

    Raises:
        SettingError: it is not known any more.
    """
    found = TAUGHT.get(key)
    if not isinstance(found, Lesson):
        raise SettingError(GONE)
    return found


@cache
def _first() -> Lesson | None:
    try:
        return stored.read(FILE, ready("digits"))
    except (OSError, ValueError):
        return None

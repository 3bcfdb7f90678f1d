"""Teach, change the photos: a strip of the rail's photo as training would see it."""

from dataclasses import dataclass
from typing import Any

from app.components.teach_after import AFTER, AfterTeaching
from app.lab import Bench, Report, Wish, Work
from app.lab.busy import busy
from app.tabs.teach_shown import lesson_of
from cvdemo import images
from cvdemo.errors import SettingError
from cvdemo.transfer import augment_words as words
from cvdemo.transfer.augment import MAGNITUDES, SIDE, Copy, copies, square

MOST_SEEDS = 10_000


@dataclass(frozen=True)
class Changed:
    """The copies, their magnitude, the class of the photo that was mixed in, and whether that one stays here."""

    copies: tuple[Copy, ...]
    magnitude: int
    other: str
    stays: bool


def _change(asked: Wish, report: Report) -> Changed:
    wanted = asked.value.get("asked") or {}
    lesson, magnitude, seed = lesson_of(wanted.get("key")), wanted.get("magnitude"), wanted.get("seed")
    if type(magnitude) is not int or type(seed) is not int or not 0 <= seed < MOST_SEEDS:
        raise SettingError("Magnitude and draw must be whole numbers. Reload the page.")
    report()
    photos = [photo for photo, out in zip(lesson.photos.photos, lesson.out, strict=True) if not out]
    other = photos[seed % len(photos)]
    mine = square(images.open(asked.path).at(SIDE).pixels)
    made = copies(mine, square(other.photo().pixels), magnitude, seed)
    return Changed(made, magnitude, lesson.photos.classes[other.label], lesson.photos.stays)


def _changed(asked: Wish, found: Changed) -> dict[str, Any]:
    rows = [
        {
            "name": words.NAMES[one.name],
            "src": images.data_url(one.pixels, 90),
            "said": words.caption(one, found.magnitude, found.other),
            "stays": found.stays and one.shares is not None,
        }
        for one in found.copies
    ]
    return {"done": asked.value["asked"], "message": "", "sheet": {"rows": rows, "photo": asked.name}}


TEXTS = {
    "title": words.AUGMENT_TITLE,
    "hint": words.AUGMENT_HINT,
    "about": words.ABOUT,
    "magnitudes": list(MAGNITUDES),
}

BENCH = Bench(
    id="teach-augment",
    question=words.AUGMENT_TITLE,
    view=AfterTeaching,
    scripts=(*AFTER, "teach_augment"),
    css="teach-after",
    props={
        "title": words.AUGMENT_TITLE,
        "hint": words.AUGMENT_HINT,
        "about": words.ABOUT,
        "magnitudes": list(MAGNITUDES),
    },
    own_head=True,
    pointed=False,
    stays=True,
    work={
        "again": Work(
            _change,
            _changed,
            lambda *_: {"busy": busy("Changing the photo")},
            refused=lambda error: {"message": str(error)},
            light=True,
        )
    },
    draw=lambda *_: {},
)

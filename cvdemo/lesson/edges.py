"""Does a filter find more on this photo than the same filter turned by 90 degrees?"""

from dataclasses import dataclass

from cvdemo.convolution import Settings, reduce_photo, tool
from cvdemo.convolution.response import respond
from cvdemo.lesson.outcome import Measure, Subject
from cvdemo.wording import percent

MARGIN = 0.005
"""Of the photo: with less between the two, neither finds more."""


@dataclass(frozen=True)
class Found:
    """Shares of the photo, 0..1, on which each filter reacts."""

    upright: float
    level: float


def _take(subject: Subject) -> Found:
    photo = reduce_photo(subject.photo)
    both = (Settings(kernel="sobel_x"), Settings(kernel="sobel_y"))
    upright, level = (respond(photo, tool(one), one).reacting for one in both)
    return Found(upright, level)


def _right(numbers: Found) -> str | None:
    if abs(numbers.upright - numbers.level) < MARGIN:
        return None
    return "upright" if numbers.upright > numbers.level else "level"


def _told(numbers: Found) -> dict[str, str]:
    return {"upright": percent(numbers.upright), "level": percent(numbers.level)}


MEASURE = Measure(("upright", "level"), ("upright", "level"), _take, _right, _told)

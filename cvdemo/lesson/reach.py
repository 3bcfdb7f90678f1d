"""Does a ViT's view grow with depth, as a CNN's does?"""

from dataclasses import dataclass

from cvdemo.attention import study as attention
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.lesson.outcome import Measure, Subject, must_be_trained
from cvdemo.receptive_field import study as field
from cvdemo.wording import NBSP

ALIKE = 1.2
"""Times: farther than this is farther, up to this is about as far."""
MARGIN = 0.03
"""Of the ratio: nearer to a border between two choices, neither is right."""


@dataclass(frozen=True)
class Reach:
    """How far two networks look.

    Args:
        first, last: mean over all patches and heads of how far the ViT looks in that block, in pixels of the photo.
        near: side in pixels of the model's picture of what a unit of the CNN's first layer can see; None: all of it.
    """

    vit: str
    first: float
    last: float
    cnn: str
    near: int | None


def _take(subject: Subject) -> Reach:
    names = {get(name).family: name for name in subject.pair}
    if "vit" not in names or "cnn" not in names:
        raise SettingError("a CNN and a ViT are needed, and one of them is not here")
    found = attention.attend(subject.photo, names["vit"])
    must_be_trained(get(names["vit"]).title, found.weights)
    first, last = (float(found.figures[place].distance_px.mean()) for place in (0, -1))
    side = field.asked_for(subject.photo, names["cnn"], False, None, subject.point_rc)[0].side
    near = field.table(names["cnn"], side).stops[0].field.size
    return Reach(get(names["vit"]).title, first, last, get(names["cnn"]).title, near)


def _right(numbers: Reach) -> str | None:
    ratio = numbers.last / max(numbers.first, 1e-9)
    if min(abs(ratio - ALIKE), abs(ratio - 1 / ALIKE)) < MARGIN:
        return None
    return "grows" if ratio > ALIKE else "shrinks" if ratio < 1 / ALIKE else "same"


def _told(numbers: Reach) -> dict[str, str]:
    return {
        "vit": numbers.vit,
        "first": f"{numbers.first:,.0f}{NBSP}px",
        "last": f"{numbers.last:,.0f}{NBSP}px",
        "cnn": numbers.cnn,
        "near": "the whole picture" if numbers.near is None else f"{numbers.near:,}{NBSP}px",
    }


MEASURE = Measure(("grows", "same", "shrinks"), ("vit", "first", "last", "cnn", "near"), _take, _right, _told)

"""From how much of what a CNN's unit could see does half of its influence come?"""

from dataclasses import dataclass

from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.lesson.outcome import Measure, Subject, must_be_trained
from cvdemo.receptive_field import study
from cvdemo.receptive_field.growth_chart import sides
from cvdemo.receptive_field.mass import SHARES
from cvdemo.wording import NBSP

SPOT, MOST = 1 / 3, 2 / 3
MARGIN = 0.02
"""Of the width of what it could see: nearer to a border between two choices, neither is right."""
HALF = SHARES.index(0.5)


@dataclass(frozen=True)
class Sight:
    """What the unit of a CNN's last layer at the point sees.

    Args:
        could: side in pixels of what can reach it at all; None: the whole picture.
        side: of the picture, in pixels.
        half: side of the centred square that holds half of its influence.
    """

    title: str
    could: int | None
    side: int
    half: int

    @property
    def ratio(self) -> float:
        """How wide half of its influence is, of what it could see inside the picture."""
        return self.half / min(self.could or self.side, self.side)


def _take(subject: Subject) -> Sight:
    model = next((name for name in subject.pair if get(name).family == "cnn"), None)
    if model is None:
        raise SettingError("no CNN is among the models that are compared")
    question, square = study.asked_for(subject.photo, model, False, None, subject.point_rc)
    stops = study.table(model, question.side).stops
    last = len(stops) - 1
    found = study.measure(question, square, 0, last)
    must_be_trained(get(model).title, found.weights)
    held = sides(found, last, stops[last], False)
    assert held is not None  # it was just measured
    return Sight(get(model).title, stops[last].field.size, question.side, held[HALF])


def _right(numbers: Sight) -> str | None:
    if min(abs(numbers.ratio - border) for border in (SPOT, MOST)) < MARGIN:
        return None
    return "spot" if numbers.ratio < SPOT else "middle" if numbers.ratio < MOST else "most"


def _told(numbers: Sight) -> dict[str, str]:
    return {
        "model": numbers.title,
        "could": _could(numbers),
        "half": f"{numbers.half:,}{NBSP}px",
        "share": f"{100 * numbers.ratio:.0f}{NBSP}%",
    }


def _could(numbers: Sight) -> str:
    whole = f"all {numbers.side:,}{NBSP}px of the picture"
    if numbers.could is None:
        return whole
    own = f"{numbers.could:,}{NBSP}px"
    return own if numbers.could < numbers.side else f"{own}, so {whole}"


MEASURE = Measure(
    choices=("spot", "middle", "most"),
    figures=("model", "could", "half", "share"),
    take=_take,
    right=_right,
    told=_told,
)

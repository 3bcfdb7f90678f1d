"""How few photos of each class teach nearly all that many teach? Taken from what Teach shows first."""

import json
from dataclasses import dataclass
from pathlib import Path

from cvdemo.errors import CvDemoError
from cvdemo.lesson.outcome import Measure, Subject
from cvdemo.wording import percent

FILE = Path(__file__).parents[2] / "assets" / "taught_digits.json"
NEARLY = 0.9
"""Of what the most photos teach."""
FEW, SOME = 2, 5
MARGIN = 0.01
"""Of 1: where the accuracy at a border between two choices is nearer to the line than this, neither is right."""


@dataclass(frozen=True)
class Curve:
    """The accuracies (0..1) of the best probe by photos of each class, fewest first; ``place``: machine and day."""

    model: str
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    place: str

    @property
    def line(self) -> float:
        """What counts as nearly all."""
        return NEARLY * self.shares[-1]

    @property
    def enough(self) -> tuple[int, float]:
        """The fewest photos that reach the line, and their accuracy."""
        return next(row for row in zip(self.counts, self.shares, strict=True) if row[1] >= self.line)


def _take(_subject: Subject) -> Curve:
    try:
        told = json.loads(FILE.read_text(encoding="utf-8"))
        drawn = told["sheet"]["enough"]["data"]
        curves = [one for one in drawn if one.get("mode") == "lines+markers"]
        best = max(curves, key=lambda one: float(one["y"][-1]))
        place = f"{told['stored']['machine']}, {told['stored']['date']}"
        counts, shares = tuple(map(int, best["x"])), tuple(float(share) / 100 for share in best["y"])
        return Curve(best["name"], counts, shares, place)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        raise CvDemoError("the stored lesson is not here") from None


def _right(numbers: Curve) -> str | None:
    known = dict(zip(numbers.counts, numbers.shares, strict=True))
    if any(abs(known[border] - numbers.line) < MARGIN for border in (FEW, SOME) if border in known):
        return None
    count = numbers.enough[0]
    return "few" if count <= FEW else "some" if count <= SOME else "many"


def _told(numbers: Curve) -> dict[str, str]:
    count, share = numbers.enough
    return {
        "model": numbers.model,
        "count": str(count),
        "share": percent(share),
        "most": str(numbers.counts[-1]),
        "all": percent(numbers.shares[-1]),
    }


MEASURE = Measure(
    ("few", "some", "many"),
    ("model", "count", "share", "most", "all"),
    _take,
    _right,
    _told,
    lambda numbers: numbers.place,
)

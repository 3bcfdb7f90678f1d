"""Which nets learn better, those with shortcuts or those without? Taken from the stored run that Skips shows first."""

from dataclasses import dataclass
from pathlib import Path

from cvdemo.errors import CvDemoError
from cvdemo.lesson.outcome import Measure, Subject
from cvdemo.residual import stored, words
from cvdemo.wording import figures3

FILE = Path(__file__).parents[2] / "assets" / "skips.json"


@dataclass(frozen=True)
class Losses:
    """What several starts of each kind came to: training losses in nats over the last steps.

    Args:
        place: machine and day.
    """

    layers: int
    steps: int
    with_skips: tuple[float, ...]
    without: tuple[float, ...]
    place: str


def _take(_subject: Subject) -> Losses:
    try:
        found = stored.read(FILE)
    except (OSError, ValueError):
        raise CvDemoError("the stored run is not here") from None
    sides = {
        skip: tuple(
            loss for lane in found.race.lanes if lane.design.skip is skip and (loss := words.loss_of(lane)) is not None
        )
        for skip in (True, False)
    }
    if not sides[True] or not sides[False]:
        raise CvDemoError("one kind of nets left the range of numbers")
    layers = found.race.lanes[0].design.depth
    return Losses(layers, found.race.step, sides[True], sides[False], f"{found.machine}, {found.date}")


def _right(numbers: Losses) -> str | None:
    """Return the kind of which every start is better than every one of the other."""
    if max(numbers.with_skips) < min(numbers.without):
        return "with"
    return "without" if max(numbers.without) < min(numbers.with_skips) else None


def _told(numbers: Losses) -> dict[str, str]:
    mean = {"with": numbers.with_skips, "without": numbers.without}
    return {
        "layers": str(numbers.layers),
        "steps": str(numbers.steps),
        **{name: figures3(sum(losses) / len(losses)) for name, losses in mean.items()},
    }


MEASURE = Measure(
    ("with", "without"), ("layers", "steps", "with", "without"), _take, _right, _told, lambda numbers: numbers.place
)

"""What a step's measurement says: numbers, the choice that they make right, and how they are written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from cvdemo.detect.settings import Wanted
from cvdemo.errors import SettingError
from cvdemo.settings import Settings, custom, whole

N = TypeVar("N")

CLOSE = "close"
"""Names what is said where the numbers do not decide between two choices."""


MOST_CANDIDATES = 1_000_000


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 100:
        raise SettingError("A box is picked on a photo, of those that a detector found. Click one again.")
    return value


@dataclass(frozen=True)
class Pick(Settings):
    """The box that a visitor picked on the photo as a guess.

    Args:
        detector: whose candidate it is; ``index``: its place among them, the surest first.
        digest: of the photo.
        settings: of Detect, under which NMS goes on.
    """

    detector: str = custom("", _text)
    index: int = whole(0, 0, MOST_CANDIDATES, "picked box")
    digest: str = custom("", _text)
    settings: Wanted = custom(Wanted, Wanted.of)


@dataclass(frozen=True)
class Subject:
    """What is measured on.

    Args:
        photo: the visitor's file.
        point_rc: the shared point, row and column in pixels of the upright photo.
        pair: names of a CNN and a ViT.
        pick: what the visitor picked on the photo, of a step that asks for that.
    """

    photo: Path
    point_rc: tuple[int, int]
    pair: tuple[str, str]
    pick: Pick | None = None


def must_be_trained(title: str, origin: str) -> None:
    """Refuse what a network with random weights showed: no sentence may pass it off as the network's.

    Args:
        origin: of the weights, as a lab's result has it: ``bundled``, ``packaged``, ``cached`` or ``random``.

    Raises:
        SettingError: they are random.
    """
    if origin == "random":
        raise SettingError(f"only random weights of {title} are here; choose a model that is ready")


@dataclass(frozen=True)
class Measure(Generic[N]):
    """One measurement that a step can ask for, made of a lab's own function.

    Args:
        choices: all that it can call right.
        figures: the names under which it writes its numbers.
        take: measures; raises CvDemoError where that cannot be.
        right: which choice the numbers make right; None where they are too close to say.
        told: the numbers as they are written, by the names of ``figures``.
        place: where and when they were measured, where that was not here and now.
        close: its numbers can be too close to say; counts never are.
        picked_in: the lab in which a visitor can pick what it judges, if any.
        beside: measures what is told under why, whatever the photo; raises CvDemoError as ``take`` does.
    """

    choices: tuple[str, ...]
    figures: tuple[str, ...]
    take: Callable[[Subject], N]
    right: Callable[[N], str | None]
    told: Callable[[N], dict[str, str]]
    place: Callable[[N], str | None] = lambda _numbers: None
    close: bool = True
    picked_in: str = ""
    beside: Callable[[], tuple[str, ...]] = tuple


def endings(measure: Measure[Any]) -> tuple[str, ...]:
    """Return all that a step must have a sentence for."""
    return (*measure.choices, CLOSE) if measure.close else measure.choices


@dataclass(frozen=True)
class Outcome:
    """A step's measurement, judged.

    Args:
        right: the choice that is right, None where it is too close to say.
        sentence: made of the numbers.
        place: machine and day where they were measured before; None: here and now, on this photo.
        beside: sentences of what was measured with it, for the beat that says why.
    """

    right: str | None
    sentence: str
    place: str | None = None
    beside: tuple[str, ...] = ()


def outcome(measure: Measure[Any], numbers: Any, see: dict[str, str]) -> Outcome:
    """Judge ``numbers`` and put them into the sentence that ``see`` has for what is right."""
    right = measure.right(numbers)
    return Outcome(right, see[right or CLOSE].format(**measure.told(numbers)), measure.place(numbers))

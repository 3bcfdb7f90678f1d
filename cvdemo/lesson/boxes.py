"""Does NMS keep the box that the visitor picked on the photo, or does a better one remove it?"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cvdemo import images, weights
from cvdemo.catalogue import get
from cvdemo.detect import Ledger, Settings, State, box_words, scope, suppress_ranked
from cvdemo.detect.find import find
from cvdemo.detect.settings import FIRST_DETECTOR, Wanted
from cvdemo.errors import CvDemoError
from cvdemo.lesson import crowds
from cvdemo.lesson.outcome import Measure, Subject

LAB = "detect"
LIMIT = 0.4
"""Of IoU, that of the step's state: what is asked of a photo on which nobody picked a box."""
GONE = "the box that you picked is not among those that are drawn now: go back and click another"


@dataclass(frozen=True)
class Picked:
    """One candidate, and what became of it and of all others.

    Args:
        candidates: how many took part; ``kept``: how many stay.
        stays: it is kept.
        told: the sentence that Detect says about it.
    """

    detector: str
    candidates: int
    kept: int
    stays: bool
    told: str


def detector_for(photo: Path) -> str:
    """Return the detector that Detect begins with on a photo: of those that suit it, the first that is ready."""
    starter = scope.starter_of(photo)
    suiting = scope.SUITING.get(starter, scope.EVERYDAY) if starter else scope.EVERYDAY
    return next((name for name in suiting if weights.is_ready(get(name))), FIRST_DETECTOR)


def _take(subject: Subject) -> Picked:
    pick = subject.pick
    if pick is not None and pick.digest != images.open(subject.photo).digest:
        raise CvDemoError("the box that you picked is on another photo: go back and click one here")
    wanted = Wanted(iou=LIMIT, models=(detector_for(subject.photo),)) if pick is None else pick.settings
    name = wanted.models[0] if pick is None else pick.detector
    title = get(name).title
    if not get(name).needs_nms:
        raise CvDemoError(f"{title} needs no NMS")
    found, _ = find(subject.photo, name, tiles=wanted.tiles)
    settings = wanted.settings_for(found.labels)
    ledger = suppress_ranked(found.ranked, found.acting(settings))
    if not len(ledger.kept):
        raise CvDemoError(f"{title} found nothing on your photo; try the street")
    index = _telling(ledger) if pick is None else pick.index
    if not 0 <= index < len(ledger.states) or ledger.states[index] not in (State.KEPT, State.SUPPRESSED):
        raise CvDemoError(GONE)
    return _picked(title, ledger, index, settings)


def _picked(title: str, ledger: Ledger, index: int, settings: Settings) -> Picked:
    drawn = np.sort(np.concatenate([ledger.kept, ledger.suppressed]))
    numbers = {int(one): place for place, one in enumerate(drawn, 1)}  # as the picture calls them
    stays = bool(ledger.states[index] == State.KEPT)
    told = box_words.inspector(ledger, index, settings, numbers).rstrip(".")
    return Picked(title, ledger.above_confidence, len(ledger.kept), stays, told)


def _telling(ledger: Ledger) -> int:
    """Return the box that tells most where nobody picked one: removed by the least overlap, else the best one."""
    removed = ledger.suppressed
    return int(removed[np.argmin(ledger.overlap[removed])]) if len(removed) else int(ledger.kept[0])


def _told(numbers: Picked) -> dict[str, str]:
    return {
        "detector": numbers.detector,
        "candidates": f"{numbers.candidates:,}",
        "kept": f"{numbers.kept:,}",
        "told": numbers.told,
    }


MEASURE = Measure(
    ("kept", "removed"),
    ("detector", "candidates", "kept", "told"),
    _take,
    lambda numbers: "kept" if numbers.stays else "removed",
    _told,
    close=False,
    picked_in=LAB,
    beside=crowds.measured,
)

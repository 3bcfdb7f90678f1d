"""How many boxes survive NMS when its limit is made stricter?"""

from dataclasses import dataclass, replace
from pathlib import Path

from cvdemo import weights
from cvdemo.catalogue import get
from cvdemo.detect import Settings, scope, suppress_ranked
from cvdemo.detect.find import find
from cvdemo.detect.settings import FIRST_DETECTOR
from cvdemo.errors import CvDemoError
from cvdemo.lesson.outcome import Measure, Subject

LOOSE, STRICT = 0.7, 0.2
CONFIDENCE = 0.25


@dataclass(frozen=True)
class Kept:
    """Boxes that one detector keeps at each limit, of those above the confidence."""

    detector: str
    candidates: int
    loose: int
    strict: int


def detector_for(photo: Path) -> str:
    """Return the detector that Detect begins with on a photo: of those that suit it, the first that is ready."""
    starter = scope.starter_of(photo)
    suiting = scope.SUITING.get(starter, scope.EVERYDAY) if starter else scope.EVERYDAY
    return next((name for name in suiting if weights.is_ready(get(name))), FIRST_DETECTOR)


def _take(subject: Subject) -> Kept:
    name = detector_for(subject.photo)
    title = get(name).title
    if not get(name).needs_nms:
        raise CvDemoError(f"{title} needs no NMS")
    found, _ = find(subject.photo, name)
    settings = Settings(confidence=CONFIDENCE)
    loose, strict = (suppress_ranked(found.ranked, replace(settings, iou=iou)) for iou in (LOOSE, STRICT))
    above = int((found.ranked.scores >= CONFIDENCE).sum())
    if not above:
        raise CvDemoError(f"{title} found nothing on your photo; try the street")
    return Kept(title, above, len(loose.kept), len(strict.kept))


def _right(numbers: Kept) -> str | None:
    if numbers.strict == numbers.loose:
        return "same"
    return "fewer" if numbers.strict < numbers.loose else "more"


def _told(numbers: Kept) -> dict[str, str]:
    return {
        "detector": numbers.detector,
        "candidates": f"{numbers.candidates:,}",
        "loose": f"{numbers.loose:,}",
        "strict": f"{numbers.strict:,}",
    }


MEASURE = Measure(
    ("fewer", "same", "more"), ("detector", "candidates", "loose", "strict"), _take, _right, _told, close=False
)

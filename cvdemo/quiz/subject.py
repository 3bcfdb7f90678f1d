"""What the questions are about: a photo and this machine, as the labs know them; each figure is measured once.

Nothing is kept here: the labs keep their results by photo, so another quiz about the same photo runs no network again.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cvdemo import catalogue, images, weights
from cvdemo.attention.study import Attended, attend
from cvdemo.catalogue import BUNDLED_PAIR, ModelSpec
from cvdemo.classify import classify
from cvdemo.classify.result import Answer
from cvdemo.convolution.reduced_photo import ReducedPhoto, reduce_photo
from cvdemo.detect import Candidates
from cvdemo.detect.find import find
from cvdemo.latency.duel import run
from cvdemo.latency.result import Duel, Pair
from cvdemo.latency.settings import Settings
from cvdemo.results import Results
from cvdemo.surgery.answers import Answers
from cvdemo.surgery.lesion import lesion, suited

PACKAGED = "tf_efficientnet_lite0"
RACERS = (PACKAGED, *BUNDLED_PAIR, "resnet18")
"""Small ones: a duel of them takes seconds. What is not here runs with random weights, which is right for timing."""
LONGEST_S = 12.0  # a busy machine has fewer rounds, and then no verdict
DETECTORS = ("hog_people", "haar_faces", "yolov8n_blood_cells")
"""What finds something on many photos without a download, in the order in which it is asked."""
CONFIDENCES = (0.25, 0.1)

_duels = Results("quiz duels")


@dataclass(frozen=True)
class Proposed:
    """What one detector proposed, from which confidence on."""

    candidates: Candidates
    confidence: float


@dataclass(frozen=True)
class Subject:
    """A photo on this machine.

    Args:
        point_rc: the shared point, row and column in pixels of the upright photo.
    """

    path: Path
    point_rc: tuple[int, int]

    @cached_property
    def size_wh(self) -> tuple[int, int]:
        """Of the upright photo, in pixels."""
        return images.open(self.path).facts.full_size_wh

    @cached_property
    def cnn(self) -> ModelSpec:
        """The CNN that is asked: the packaged one where it is here, else ours."""
        packaged = catalogue.get(PACKAGED)
        return packaged if weights.is_ready(packaged) and suited(packaged) else catalogue.get(BUNDLED_PAIR[0])

    @cached_property
    def vit(self) -> ModelSpec | None:
        """A ViT that is ready here, the smallest first; None on a machine without any."""
        ready = [one for one in catalogue.offered("classify") if one.family == "vit" and weights.is_ready(one)]
        ours = [one for one in ready if weights.state(one) == "bundled"]
        return next(iter(ours or ready), None)

    @cached_property
    def reduced(self) -> ReducedPhoto:
        """The photo as the Convolution lab computes with it."""
        return reduce_photo(self.path)

    @cached_property
    def answer(self) -> Answer:
        """What the CNN calls the photo."""
        return classify(self.path, [self.cnn.name]).answers[0]

    @cached_property
    def lesions(self) -> Answers:
        """What the CNN says without each of its blocks."""
        return lesion(self.path, self.cnn.name)

    @cached_property
    def attended(self) -> Attended | None:
        """Where the ViT looks, if there is one."""
        return None if self.vit is None else attend(self.path, self.vit.name)

    @cached_property
    def duel(self) -> Duel:
        """Which of a few small models is faster here; one without any verdict, as of a busy machine, is not kept.

        Raises:
            CvDemoError: the machine is busy for too long.
        """
        offered = {one.name for one in catalogue.offered()}
        names = tuple(name for name in RACERS if name in offered)
        known: Duel | None = _duels.get(names)
        if known is None:
            known = run(self.path, names, Settings(), budget_s=LONGEST_S)
            if any(pair.ratio.verdict for pair in known.pairs()):
                _duels.put(names, known)
        return known

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every two of the duel, compared."""
        return self.duel.pairs()

    @cached_property
    def proposed(self) -> tuple[Proposed, ...]:
        """What each detector proposed."""
        found = [find(self.path, name)[0] for name in DETECTORS if weights.is_ready(catalogue.get(name))]
        return tuple(Proposed(one, confidence) for confidence in CONFIDENCES for one in found)

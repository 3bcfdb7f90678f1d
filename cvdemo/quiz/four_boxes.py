"""The question which of four boxes NMS keeps alone, or which alone it removes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect import Candidates, Ledger, Settings, suppress
from cvdemo.detect.matches import overlaps
from cvdemo.quiz.question import Grid, Mark, Miss, Question, words
from cvdemo.quiz.subject import Proposed, Subject
from cvdemo.wording import setting

LETTERS = "ABCD"
LIMITS = (0.3, 0.4, 0.5, 0.6)
NEAR = 0.02  # of IoU: nearer to the limit than this, nobody can tell by the figures shown
FELT = 0.005  # an IoU below is 0.00 as it is shown
TRIES = 60

Doubles = NDArray[np.float64]


def survives(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask which of four boxes survives alone, or goes alone, when NMS is given these four only."""
    limit, alone = float(draw.choice(LIMITS)), int(draw.choice((1, 3)))
    found = subject.proposed
    for place in draw.permutation(len(found)):
        for chosen in _fours(found[int(place)], limit, draw):
            candidates = found[int(place)].candidates
            four = Four(candidates, chosen, limit)
            if len(four.ledger.kept) == alone:
                return four.question(draw)
    return None


def _fours(one: Proposed, limit: float, draw: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """Yield four boxes that meet one box, whose scores and overlaps can be told apart by the two decimals shown."""
    count = int(np.count_nonzero(one.candidates.scores >= np.float32(one.confidence)))
    if count < len(LETTERS) or not one.candidates.needs_nms:
        return
    boxes = one.candidates.boxes_xyxy[:count]
    for middle in draw.integers(0, count, TRIES):
        around = np.flatnonzero(overlaps(boxes[[middle]], boxes)[0] > 0)
        if len(around) < len(LETTERS):
            continue
        chosen = draw.choice(around, len(LETTERS), replace=False)
        shared = overlaps(boxes[chosen], boxes[chosen])[np.triu_indices(len(LETTERS), 1)]
        scores = {f"{score:.2f}" for score in one.candidates.scores[chosen]}
        if len(scores) == len(LETTERS) and (np.abs(shared - limit) > NEAR).all():
            yield chosen


class Four:
    """Four boxes under one limit, and what NMS makes of them."""

    def __init__(self, candidates: Candidates, chosen: NDArray[np.intp], limit: float) -> None:
        self.candidates, self.limit = candidates, limit
        self.boxes, self.scores = candidates.boxes_xyxy[chosen], candidates.scores[chosen]
        self.shared: Doubles = overlaps(self.boxes, self.boxes)
        self.ledger: Ledger = suppress(
            self.boxes, self.scores, np.zeros(len(LETTERS), np.int32), Settings(confidence=0, iou=limit)
        )

    def question(self, draw: np.random.Generator) -> Question | None:
        """Return the question about the box that stands alone: kept, or removed."""
        keeps = len(self.ledger.kept) == 1
        right = int(self.ledger.kept[0] if keeps else self.ledger.suppressed[0])
        told = self._kept_alone(right) if keeps else self._removed_alone(right)
        choices = words(draw, self._named(right), [Miss(self._named(place), because) for place, because in told])
        if choices is None:
            return None
        limit, what = setting(self.limit), "is the only one that survives" if keeps else "is the only one that goes"
        return Question(
            topic="survives",
            about="photo",
            text=f"NMS is given these four boxes only, with the IoU limit at {limit}. Which one {what}?",
            choices=choices,
            figure=f"Box {LETTERS[right]}",
            reason=self._why_kept(right) if keeps else self._why_removed(right),
            lab="detect",
            state={"detector": self.candidates.model, "iou": limit},
            marks=tuple(Mark(LETTERS[place], corners(box)) for place, box in enumerate(self.boxes)),
            grids=(self._pairs(),),
        )

    def _named(self, place: int) -> str:
        return f"{LETTERS[place]}, score {float(self.scores[place]):.2f}"

    def _pairs(self) -> Grid:
        rows = [
            (LETTERS[row], *("" if column <= row else f"{self.shared[row, column]:.2f}" for column in range(1, 4)))
            for row in range(3)
        ]
        return Grid("IoU of each two", (("", *LETTERS[1:]), *rows))

    def _why_kept(self, right: int) -> str:
        others = ", ".join(
            f"{LETTERS[place]} by {self.shared[right, place]:.2f}" for place in range(4) if place != right
        )
        return (
            f"{LETTERS[right]} has the highest score. It overlaps {others}: all above {setting(self.limit)}, so all go."
        )

    def _why_removed(self, right: int) -> str:
        winner = int(self.ledger.by[right])
        return (
            f"{LETTERS[winner]} has the higher score and overlaps {LETTERS[right]} by {self.shared[winner, right]:.2f},"
            f" above {setting(self.limit)}. No two of the other three overlap by more than that."
        )

    def _kept_alone(self, right: int) -> list[tuple[int, str]]:
        """Return what each wrong box was taken for, where the right one is kept."""
        areas = (self.boxes[:, 2] - self.boxes[:, 0]) * (self.boxes[:, 3] - self.boxes[:, 1])
        others = [place for place in range(4) if place != right]
        most = max(others, key=lambda place: self.shared[right, place])
        told = []
        for place in others:
            overlap = f"{self.shared[right, place]:.2f}"
            if place == most:
                because = (
                    f"You read the limit as what must be reached: an overlap of {overlap} does not save a box, it "
                    "removes the weaker one."
                )
            elif place == int(areas.argmax()):
                because = "You took the largest box. NMS goes by score and never looks at size."
            elif place == int(self.scores.argmin()):
                because = "You went from the bottom: NMS begins with the highest score, not with the lowest."
            else:
                because = f"You took {overlap} for little overlap: it is above the limit, so {LETTERS[place]} goes."
            told.append((place, because))
        return told

    def _removed_alone(self, right: int) -> list[tuple[int, str]]:
        """Return what each wrong box was taken for, where the right one is removed."""
        told, winner = [], int(self.ledger.by[right])
        for place in (place for place in range(4) if place != right):
            others = [self.shared[place, other] for other in range(4) if other not in (place, right)]
            if place == int(self.scores.argmax()):
                because = "You let the best box go: nothing ranks above it, so nothing can remove it."
            elif place == winner:
                because = "You took the wrong one of the pair: of two that overlap too much, the lower score goes."
            elif place == int(self.scores.argmin()):
                because = "You took a low score for a reason to go. NMS removes for overlap with a better box only."
            elif max(others) < FELT:
                because = f"You let {LETTERS[place]} go, which overlaps none of those that stay. Nothing removes it."
            else:
                because = (
                    f"You took any overlap for too much. {LETTERS[place]} meets one that stays by {max(others):.2f}: "
                    "that is not above the limit."
                )
            told.append((place, because))
        return told


def corners(box: NDArray[np.float32]) -> tuple[float, float, float, float]:
    """Return a box as it is drawn: x0, y0, x1, y1 to a tenth of a pixel."""
    x0, y0, x1, y1 = (round(float(value), 1) for value in box)
    return x0, y0, x1, y1

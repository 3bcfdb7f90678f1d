"""Questions about all boxes that a detector proposes for the photo: how many NMS keeps, and how IoU is computed."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect import Settings, counts_by_iou, suppress_ranked
from cvdemo.detect.matches import overlaps
from cvdemo.quiz.four_boxes import corners
from cvdemo.quiz.question import Mark, Miss, Question, numbers, paired
from cvdemo.quiz.subject import Proposed, Subject
from cvdemo.wording import setting

LIMITS = (0.3, 0.4, 0.5, 0.6)
MOST_COUNTED = 60  # boxes: of more, nobody can tell one from another on the photo
TRIES = 200
OVERLAPPING = (0.15, 0.85)  # an IoU that looks like one


REMAIN = (
    "You counted every box above the confidence: NMS has not acted yet.",
    "You counted the boxes that go, not those that stay.",
    "You let both boxes of a pair go. The one with the higher score stays.",
    "You kept one box for each chain of overlaps. A box that overlaps only a removed one stays.",
    "You let each box remove one other. It removes all that overlap it too much.",
)

LOWERED = (
    "You left the number as it was. Boxes between the two limits go now.",
    "You took a lower limit for a milder one. It is stricter: less overlap is allowed.",
    "You took the limit for a confidence: lower lets more boxes through. Overlap works the other way.",
    "You let everything that overlaps go. The best box of each heap always stays.",
    "You divided the boxes like the limit. How many go depends on how much they overlap.",
)

IOU = (
    "You divided by the smaller box. IoU divides by all that the two cover together.",
    "You divided by the larger box. IoU divides by all that the two cover together.",
    "You divided by the sum of both areas. What they share is counted twice there.",
    "You computed the Dice coefficient: twice the shared part over the sum of both.",
    "You computed how much they differ. IoU is what they share.",
)


def remain(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how many of all boxes NMS keeps."""
    for one, settings in _settings(subject, draw):
        found = one.candidates
        ledger = suppress_ranked(found.ranked, settings)
        count, kept, gone = ledger.above_confidence, len(ledger.kept), len(ledger.suppressed)
        if gone < 2 or count > MOST_COUNTED:
            continue
        boxes, limit = found.boxes_xyxy[:count], setting(settings.iou)
        meets = (overlaps(boxes, boxes) > settings.iou) & (found.class_ids[:count, None] == found.class_ids[:count])
        alone, groups = int((meets.sum(1) == 1).sum()), _groups(meets)
        misses = [
            *paired(REMAIN, count, gone, alone, groups, kept + gone // 2),
            Miss(
                _kept(one, settings, 1 - settings.iou),
                f"You took {limit} for the difference that is asked for: the limit is the overlap that is allowed.",
            ),
        ]
        choices = numbers(draw, kept, misses, "{:.0f}".format, 1)
        if choices is None:
            continue
        return Question(
            topic="remain",
            about="photo",
            text=(
                f"{found.title} proposes {count} boxes here with a score of {setting(settings.confidence)} or more. "
                f"How many remain after NMS with the IoU limit at {limit}?"
            ),
            choices=choices,
            figure=_boxes(kept),
            reason=(
                f"Of {count} boxes, {gone} {'overlaps' if gone == 1 else 'overlap'} a better one that stays, of the "
                f"same class, by more than {limit}; {kept} {'is' if kept == 1 else 'are'} left."
            ),
            lab="detect",
            state=_state(one, settings),
            marks=tuple(Mark("", corners(box)) for box in boxes),
        )
    return None


def lowered(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask what becomes of the number of boxes when the limit is lowered."""
    for one, settings in _settings(subject, draw):
        high, low = replace(settings, iou=0.7), replace(settings, iou=settings.iou / 2)
        count = suppress_ranked(one.candidates.ranked, settings).above_confidence
        more, fewer = _kept(one, settings, high.iou), _kept(one, settings, low.iou)
        misses = [*paired(LOWERED, more, min(count, 2 * more - fewer), count, 0, round(more * low.iou / high.iou))]
        choices = numbers(draw, fewer, misses, "{:.0f}".format, 1)
        if fewer == more or count > MOST_COUNTED or choices is None:
            continue
        return Question(
            topic="lowered",
            about="photo",
            text=(
                f"With the IoU limit at {setting(high.iou)} NMS keeps {more} of the {count} boxes that "
                f"{one.candidates.title} proposes here. How many does it keep at {setting(low.iou)}?"
            ),
            choices=choices,
            figure=_boxes(fewer),
            reason=(
                f"Lower is stricter: at {setting(low.iou)} a box that overlaps a better one by more than that goes, so "
                f"{fewer} are left instead of {more}."
            ),
            lab="detect",
            state=_state(one, low),
            marks=tuple(Mark("", corners(box)) for box in one.candidates.boxes_xyxy[:count]),
        )
    return None


def overlap(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask for the IoU of two boxes, given what each and their intersection measure."""
    for one, settings in _settings(subject, draw):
        count = int(np.count_nonzero(one.candidates.scores >= np.float32(settings.confidence)))
        boxes = np.round(one.candidates.boxes_xyxy[:count]).astype(np.float32)
        shared = overlaps(boxes, boxes)
        pairs = np.argwhere(np.triu((shared > OVERLAPPING[0]) & (shared < OVERLAPPING[1]), 1))
        for place in draw.permutation(len(pairs))[:TRIES]:
            question = _iou(one, boxes[pairs[int(place)]], draw)
            if question is not None:
                return question
    return None


def _iou(one: Proposed, two: NDArray[np.float32], draw: np.random.Generator) -> Question | None:
    (width, height), (wide, high) = (two[:, 2:] - two[:, :2]).astype(int).tolist()
    across, down = (np.minimum(two[0, 2:], two[1, 2:]) - np.maximum(two[0, :2], two[1, :2])).astype(int).tolist()
    a, b, both = width * height, wide * high, across * down
    right = float(overlaps(two[:1], two[1:])[0, 0])
    misses = [*paired(IOU, both / min(a, b), both / max(a, b), both / (a + b), 2 * both / (a + b), 1 - right)]
    choices = numbers(draw, right, misses, "{:.2f}".format, 0.04)
    if choices is None:
        return None
    return Question(
        topic="overlap",
        about="photo",
        text=(
            f"Box A is {width} × {height} px, box B {wide} × {high} px, and they share {across} × {down} px. What is "
            "their IoU?"
        ),
        choices=choices,
        figure=f"{right:.2f}",
        reason=(
            f"They share {both:,} px and cover {a:,} + {b:,} - {both:,} = {a + b - both:,} px together; one divided by "
            f"the other is {right:.2f}."
        ),
        lab="detect",
        state={"detector": one.candidates.model, "confidence": setting(one.confidence)},
        marks=(Mark("A", corners(two[0])), Mark("B", corners(two[1]))),
    )


def _settings(subject: Subject, draw: np.random.Generator) -> list[tuple[Proposed, Settings]]:
    """Return each detector's proposals under a drawn limit, in random order; those that need no NMS are left out."""
    found = [one for one in subject.proposed if one.candidates.needs_nms]
    limits = draw.choice(LIMITS, len(found))
    rows = [
        (one, Settings(confidence=one.confidence, iou=float(limit))) for one, limit in zip(found, limits, strict=True)
    ]
    return [rows[int(place)] for place in draw.permutation(len(rows))]


def _kept(one: Proposed, settings: Settings, limit: float) -> int:
    return counts_by_iou(one.candidates.ranked, settings, (limit,))[0]


def _groups(meets: NDArray[np.bool_]) -> int:
    """Return into how many groups boxes fall, if whoever meets belongs together (a chain is one group)."""
    left, count = set(range(len(meets))), 0
    while left:
        count, edge = count + 1, {left.pop()}
        while edge:
            edge = {int(other) for one in edge for other in np.flatnonzero(meets[one])} & left
            left -= edge
    return count


def _boxes(count: int) -> str:
    return f"{count} box{'' if count == 1 else 'es'}"


def _state(one: Proposed, settings: Settings) -> dict[str, str]:
    return {
        "detector": one.candidates.model,
        "iou": setting(settings.iou),
        "confidence": setting(settings.confidence),
    }

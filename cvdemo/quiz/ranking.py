"""The question for the average precision of a few ranked boxes."""

import numpy as np

from cvdemo.detect.matches import LabelledDetections
from cvdemo.detect.precision import average_precision
from cvdemo.quiz.question import Grid, Question, numbers, paired
from cvdemo.quiz.subject import Subject

TRIES = 20
RANKED = (
    "You took the precision of all boxes. AP looks at every recall on the way.",
    "You took the recall. Wrong boxes ranked before right ones cost precision.",
    "You averaged over the boxes that were found. What was missed counts as 0.",
    "You began with the lowest score. The ranking goes from the highest.",
    "You let every right box count fully. One wrong box before it is enough to lower it.",
    "You took the precision at each box that was found. COCO takes the best one still to come.",
)


def precision(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask for the average precision of a few ranked boxes of one class."""
    for _ in range(TRIES):
        truths = int(draw.choice((2, 3, 4)))
        hits = [bool(one) for one in draw.random(5) < 0.6]
        if 0 < sum(hits) <= truths:
            question = _ranked(hits, truths, draw)
            if question is not None:
                return question
    return None


def _ranked(hits: list[bool], truths: int, draw: np.random.Generator) -> Question | None:
    right = _average(hits, truths)
    precisions = [sum(hits[: place + 1]) / (place + 1) for place, hit in enumerate(hits) if hit]
    misses = [
        *paired(
            RANKED,
            sum(hits) / len(hits),
            sum(hits) / truths,
            float(np.mean(precisions)),
            _average(hits[::-1], truths),
            1.0,
            sum(precisions) / truths,
        )
    ]
    choices = numbers(draw, right, misses, "{:.2f}".format, 0.04)
    if choices is None:
        return None
    ranks = tuple(str(place + 1) for place in range(len(hits)))
    outcome = tuple("found" if hit else "wrong" for hit in hits)
    return Question(
        topic="precision",
        about="theory",
        text=(
            f"A photo has {truths} labelled cells. These boxes were found, best score first; 'found' ones match a cell"
            " of their own. What is the average precision (COCO's 101 points)?"
        ),
        choices=choices,
        figure=f"{right:.2f}",
        reason=(
            f"At each recall the best precision still to come counts, and 0 for what is never reached ({sum(hits)} of "
            f"{truths} cells are found): {right:.2f} on average."
        ),
        lab="detect",
        state={},
        grids=(Grid("From the highest score on", (("Rank", *ranks), ("", *outcome))),),
    )


def _average(hits: list[bool], truths: int) -> float:
    """Return the lab's AP at IoU 0.50 of boxes that lie on cells of their own, or on nothing."""
    cells = np.array([[20 * number, 0, 20 * number + 10, 10] for number in range(truths)], np.float32)
    found, boxes = 0, []
    for rank, hit in enumerate(hits):
        boxes.append(cells[found] if hit else np.array([20 * rank, 100, 20 * rank + 10, 110], np.float32))
        found += hit
    scores = np.linspace(0.9, 0.5, len(hits)).astype(np.float32)
    kinds = np.zeros(len(hits), np.int32)
    picture = LabelledDetections(np.stack(boxes), scores, kinds, cells, np.zeros(truths, np.int32))
    ap50 = average_precision([picture]).ap50
    assert ap50 is not None
    return ap50

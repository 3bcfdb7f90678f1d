"""The quiz's reasons about boxes, counted and measured by torchvision, and about the average precision."""

import re

import numpy as np
import torch
from torchvision.ops import box_iou

from cvdemo.quiz import boxes, four_boxes, ranking
from cvdemo.quiz.question import Question
from tests import quiz_checks as known
from tests.sentences.quiz_questions import question
from tests.sentences.table import Reader, holds, number, same, true_of

LETTERS = "ABCD"
TENTH = 0.009
"""Of IoU: half of the last digit, and what rounding the corners to a tenth of a pixel can make of it."""


def scores(asked: Question) -> dict[str, float]:
    """Return the score of each box, as the choices tell it."""
    return {text[0]: float(text.split()[-1]) for text in asked.choices.texts}


@true_of(
    four_boxes.survives,
    kept=r"([A-D]) has the highest score\. It overlaps (.+): all above ([\d.]+), so all go\.",
    removed=r"([A-D]) has the higher score and overlaps ([A-D]) by ([\d.]+), above ([\d.]+)\. No two of the other "
    r"three overlap by more than that\.",
)
def survives(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("survives", draw, "street", "portrait")
    said, score = read(asked.reason), scores(asked)
    shared = box_iou(*2 * [torch.tensor([mark.xyxy for mark in asked.marks])]).numpy()
    (limit,) = known.read(r"IoU limit at ([\d.]+)\.", asked.text)
    if said.form == "kept":
        best, others, line = said.parts
        same(best, max(score, key=lambda one: score[one]))
        found = [re.fullmatch(r"([A-D]) by ([\d.]+)", one) for one in others.split(", ")]
        told = dict(one.groups() for one in found if one)
        assert set(told) == set(LETTERS) - {best}
    else:
        best, gone, much, line = said.parts
        told = {gone: much}
        assert score[best] >= score[gone] and gone == asked.figure[-1]
        for a in (others := [place for place in range(4) if LETTERS[place] != gone]):
            assert all(shared[a, b] <= limit + 0.004 for b in others if a < b)
    holds(line, limit)
    for letter, overlap in told.items():
        value = float(shared[LETTERS.index(best), LETTERS.index(letter)])
        assert abs(number(overlap) - value) <= TENTH and value > limit - 0.004


@true_of(
    boxes.remain,
    _=r"Of (\d+) boxes, (\d+) (overlaps?) a better one that stays, of the same class, by more than ([\d.]+); (\d+) "
    r"(is|are) left\.",
)
def remain(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("remain", draw, "street", "portrait")
    count, gone, verb, line, left, there = read(asked.reason).parts
    (limit,) = known.read(r"IoU limit at ([\d.]+)\?", asked.text)
    kept = known.kept_by_torchvision(subject, asked, limit)
    for text, value in ((count, len(asked.marks)), (gone, len(asked.marks) - kept), (left, kept), (line, limit)):
        holds(text, value)
    same(verb, "overlaps" if len(asked.marks) - kept == 1 else "overlap")
    same(there, "is" if kept == 1 else "are")


@true_of(
    boxes.lowered,
    _=r"Lower is stricter: at ([\d.]+) a box that overlaps a better one by more than that goes, so (\d+) are left "
    r"instead of (\d+)\.",
)
def lowered(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("lowered", draw, "street", "portrait")
    line, fewer, more = read(asked.reason).parts
    high, low = known.read(r"at ([\d.]+) NMS keeps .* at ([\d.]+)\?", asked.text)
    holds(line, low)
    holds(fewer, known.kept_by_torchvision(subject, asked, low))
    holds(more, known.kept_by_torchvision(subject, asked, high))


@true_of(
    boxes.overlap,
    _=r"They share ([\d,]+) px and cover ([\d,]+) \+ ([\d,]+) - ([\d,]+) = ([\d,]+) px together; one divided by the "
    r"other is ([\d.]+)\.",
)
def overlap(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("overlap", draw, "street", "portrait")
    both, a, b, again, union, iou = read(asked.reason).parts
    width, height, wide, high, across, down = known.read(
        r"A is (\d+) × (\d+) px, box B (\d+) × (\d+) px, and they share (\d+) × (\d+) px", asked.text
    )
    whole = width * height + wide * high - across * down
    values = (across * down, width * height, wide * high, across * down, whole, across * down / whole)
    for text, value in zip((both, a, b, again, union, iou), values, strict=True):
        holds(text, value)


@true_of(
    ranking.precision,
    _=r"At each recall the best precision still to come counts, and 0 for what is never reached \((\d+) of (\d+) cells "
    r"are found\): ([\d.]+) on average\.",
)
def precision(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("precision", draw)
    found, of, average = read(asked.reason).parts
    (truths,) = known.read(r"has (\d+) labelled", asked.text)
    hits = [text == "found" for text in asked.grids[0].rows[1][1:]]
    points = [(sum(hits[:k]) / truths, sum(hits[:k]) / k) for k in range(1, len(hits) + 1)]
    reached = [max((p for recall, p in points if recall >= r - 1e-12), default=0.0) for r in np.linspace(0, 1, 101)]
    for text, value in ((found, sum(hits)), (of, truths), (average, sum(reached) / 101)):
        holds(text, value)

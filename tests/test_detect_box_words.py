"""What the inspector says of each box, and the player of each step, is true for each method and limit."""

import re
from typing import Any

import numpy as np
import pytest

from cvdemo.detect import Ledger, Settings, suppress, words
from cvdemo.detect.settings import METHODS
from tests.scenes import heaps

A, MOST_OF_A, HALF_OF_A = [0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 5]
B, C = [40, 40, 50, 50], [70, 70, 90, 90]
NAN = float("nan")


def ledger_of(boxes: list[list[float]], settings: Settings, scores: list[float] | None = None) -> Ledger:
    shown = scores or [0.86, 0.80, 0.70, 0.60, 0.50][: len(boxes)]
    return suppress(np.float32(boxes).reshape(-1, 4), np.float32(shown), np.zeros(len(boxes), np.int32), settings)


INSPECTED: list[tuple[str, list[list[float]], dict[str, Any], int, str]] = [
    (
        "lost",
        [A, MOST_OF_A],
        {},
        1,
        "#2 (score 0.80) lost to #1 (score 0.86): they overlap by IoU 0.80, above the limit 0.45.",
    ),
    (
        "lost by little",
        [A, MOST_OF_A],
        {"iou": 0.7999},
        1,
        "#2 (score 0.80) lost to #1 (score 0.86): they overlap by IoU 0.8000, above the limit 0.7999.",
    ),
    (
        "merged",
        [A, MOST_OF_A],
        {"method": "merge"},
        1,
        "#2 (score 0.80) was merged into #1 (score 0.86): they overlap by IoU 0.80, above the limit 0.45.",
    ),
    (
        "DIoU",
        [A, HALF_OF_A],
        {"method": "diou", "overlap": "smaller"},
        1,
        "#2 (score 0.80) lost to #1 (score 0.86): they overlap by DIoU 0.47, above the limit 0.45.",
    ),
    (
        "over the smaller",
        [A, HALF_OF_A],
        {"overlap": "smaller"},
        1,
        "#2 (score 0.80) lost to #1 (score 0.86): they share 1.00 of the smaller box, above the limit 0.45.",
    ),
    (
        "soft",
        [A, MOST_OF_A],
        {"method": "soft_linear"},
        1,
        "The score of #2 fell from 0.80 to 0.16, below your confidence of 0.25, "
        "when #1 (score 0.86) was chosen, which it overlaps by IoU 0.80.",
    ),
    (
        "soft, over the smaller",
        [A, HALF_OF_A],
        {"method": "soft_linear", "overlap": "smaller"},
        1,
        "The score of #2 fell from 0.80 to 0.00, below your confidence of 0.25, "
        "when #1 (score 0.86) was chosen, which it overlaps by 1.00 of the smaller box.",
    ),
    ("kept, removed two", [A, MOST_OF_A, HALF_OF_A], {}, 0, "#1 removed 2 windows."),
    ("kept, removed one", [A, MOST_OF_A], {}, 0, "#1 removed 1 window."),
    ("kept, removed none", [A, B], {}, 1, "#2 removed nothing."),
    (
        "kept, merged",
        [A, MOST_OF_A],
        {"method": "merge"},
        0,
        "#1 took in 1 window; it is now their mean, weighted by score.",
    ),
    (
        "kept by a soft method",
        [A, MOST_OF_A],
        {"method": "soft_linear"},
        0,
        "#1 was kept: its score stayed 0.86. It pushed 1 window below your confidence.",
    ),
    (
        "kept, but lowered",
        [A, HALF_OF_A],
        {"method": "soft_linear"},
        1,
        "#2 was kept: its score fell from 0.80 to 0.40. It pushed nothing below your confidence.",
    ),
    (
        "over the limit",
        [A, B],
        {"max_detections": 1},
        1,
        "#2 (score 0.80) lost to no box, but your limit of 1 box was reached before it.",
    ),
    (
        "over a class's limit",
        [A, B],
        {"max_per_class": 1},
        1,
        "#2 (score 0.80) lost to no box, but your limit of 300 boxes or of 1 per class was reached before it.",
    ),
    ("below", [A, B], {"confidence": 0.85}, 1, "#2 (score 0.80) is below your confidence of 0.85."),
    ("just below", [A, B], {"confidence": 0.8001}, 1, "#2 (score 0.8000) is below your confidence of 0.8001."),
    (
        "of another class",
        [A, B],
        {"classes": frozenset({3})},
        0,
        "#1 (score 0.86) is of a class that you did not choose.",
    ),
    ("no valid box", [[0, 0, NAN, 10]], {}, 0, "#1 is no valid box: its numbers are not finite."),
]


@pytest.mark.parametrize(("name", "boxes", "settings", "index", "sentence"), INSPECTED)
def test_inspector(name: str, boxes: list[list[float]], settings: dict[str, Any], index: int, sentence: str) -> None:
    chosen = Settings(**settings)
    assert words.inspector(ledger_of(boxes, chosen), index, chosen) == sentence


def test_inspector_uses_the_numbers_of_the_page() -> None:
    ledger = ledger_of([A, MOST_OF_A], Settings())
    assert words.inspector(ledger, 1, Settings(), {0: 3, 1: 20}).startswith("#20 (score 0.80) lost to #3 (score 0.86)")
    assert words.inspector(ledger, 1, Settings(), {1: 20}).startswith(
        "#20 (score 0.80) lost to a box that is not shown"
    )


HEAP = [A, MOST_OF_A, MOST_OF_A, MOST_OF_A, MOST_OF_A]
STEPS: list[tuple[str, list[list[float]], dict[str, Any], int, str]] = [
    ("removes none", [A, B], {}, 1, "Step 2 of 2. Keep #2; it removes nothing."),
    ("removes one", [A, MOST_OF_A], {}, 0, "Step 1 of 1. Keep #1; it removes #2 (0.80)."),
    ("removes two", [A, MOST_OF_A, HALF_OF_A], {}, 0, "Step 1 of 1. Keep #1; it removes #2 (0.80) and #3 (0.50)."),
    (
        "removes many",
        [*HEAP, MOST_OF_A],
        {},
        0,
        "Step 1 of 1. Keep #1; it removes #2 (0.80), #3 (0.80), #4 (0.80), #5 (0.80) and 1 more.",
    ),
    ("merges", [A, MOST_OF_A], {"method": "merge"}, 0, "Step 1 of 1. Keep #1; it takes in #2 (0.80)."),
    (
        "soft",
        [A, MOST_OF_A],
        {"method": "soft_linear"},
        0,
        "Step 1 of 1. Choose #1 (score now 0.86); it pushes #2 (0.80) below your confidence.",
    ),
    (
        "soft, alone",
        [A, HALF_OF_A],
        {"method": "soft_linear"},
        1,
        "Step 2 of 2. Choose #2 (score now 0.40).",
    ),
    (
        "over the limit",
        [A, B],
        {"max_detections": 1},
        1,
        "Step 2 of 2. #2 survives, but your limit of 1 box was reached before it; it removes nothing.",
    ),
]


@pytest.mark.parametrize(("name", "boxes", "settings", "number", "sentence"), STEPS)
def test_step(name: str, boxes: list[list[float]], settings: dict[str, Any], number: int, sentence: str) -> None:
    chosen, scores = Settings(**settings), [0.86, 0.80, 0.70, 0.60, 0.50, 0.40][: len(boxes)]
    assert words.step(ledger_of(boxes, chosen, scores), number, chosen) == sentence


@pytest.mark.parametrize("method", METHODS)
def test_each_sentence_of_a_crowded_picture_is_whole(method: str) -> None:
    boxes, scores, kinds = heaps(4, 120, 6)
    settings = Settings(method=method, max_detections=4)
    ledger = suppress(boxes, scores, kinds, settings)
    every = [words.inspector(ledger, index, settings) for index in range(120)]
    every += [words.step(ledger, number, settings) for number in range(len(ledger.steps))]
    for sentence in every:
        assert re.fullmatch(r"(#\d|[A-Z]).*\.", sentence)
        assert "nan" not in sentence
        assert "-1" not in sentence

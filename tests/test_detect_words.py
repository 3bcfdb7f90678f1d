"""Every sentence of the Detect tab is true for 0, 1 and many boxes, for each method and limit."""

from typing import Any

import numpy as np
import pytest

from cvdemo.detect import Candidates, Ledger, Settings, scope, suppress, suppress_ranked, words
from cvdemo.wording import NBSP

A, MOST_OF_A, HALF_OF_A = [0, 0, 10, 10], [0, 0, 10, 8], [0, 0, 10, 5]
B, C = [40, 40, 50, 50], [70, 70, 90, 90]


def ledger_of(boxes: list[list[float]], settings: Settings, scores: list[float] | None = None) -> Ledger:
    shown = scores or [0.86, 0.80, 0.70, 0.60, 0.50][: len(boxes)]
    return suppress(np.float32(boxes).reshape(-1, 4), np.float32(shown), np.zeros(len(boxes), np.int32), settings)


HOG, COCO = ("person",), (*(f"thing {index}" for index in range(76)), "person", "bus", "knife", "sheep")


def found_of(
    boxes: list[list[float]],
    labels: tuple[str, ...] = HOG,
    kinds: list[int] | None = None,
    scores: list[float] | None = None,
    title: str = "HOG + SVM",
    needs_nms: bool = True,
) -> Candidates:
    shown = np.float32((scores or [0.86, 0.80, 0.70, 0.60, 0.50] + [0.4] * 20)[: len(boxes)])
    return Candidates(
        model="hog_people",
        title=title,
        boxes_xyxy=np.float32(boxes).reshape(-1, 4),
        scores=shown,
        class_ids=np.int32(kinds or [0] * len(boxes)),
        labels=labels,
        size_wh=(100, 100),
        raw_scores=None,
        needs_nms=needs_nms,
        found=len(boxes),
        decode_ms=1.0,
        preprocess_ms=1.0,
        network_ms=1.0,
    )


def answer_of(found: Candidates, settings: Settings, outside: bool = False) -> str:
    ledger = suppress_ranked(found.ranked, found.acting(settings))
    return words.answer(found, ledger, found.acting(settings), outside)


PEOPLE = "HOG looks for upright people"
ANSWERS: list[tuple[str, list[list[float]], dict[str, Any], str]] = [
    ("none", [], {}, f"{PEOPLE} and found none here."),
    ("none above", [A], {"confidence": 0.9}, f"{PEOPLE}: no box reaches your confidence of 0.90."),
    ("just below", [A], {"confidence": 0.8601}, f"{PEOPLE}: no box reaches your confidence of 0.8601."),
    (
        "none of the classes",
        [A],
        {"classes": frozenset({5})},
        f"{PEOPLE}: no box of the classes that you chose reaches your confidence of 0.25.",
    ),
    ("one alone", [A], {}, f"{PEOPLE}: 1 box kept, no duplicates to remove."),
    ("one of two", [A, MOST_OF_A], {}, f"{PEOPLE}: 1 box kept, 1 duplicate removed."),
    ("two of four", [A, MOST_OF_A, MOST_OF_A, B], {}, f"{PEOPLE}: 2 boxes kept, 2 duplicates removed."),
    ("merged", [A, MOST_OF_A], {"method": "merge"}, f"{PEOPLE}: 1 box kept, 1 duplicate merged."),
    (
        "over the limit",
        [A, MOST_OF_A, B, C],
        {"max_detections": 1},
        f"{PEOPLE}: 1 box kept, 1 duplicate removed. 2 more lie over your limit.",
    ),
    (
        "one over the limit",
        [A, B],
        {"max_detections": 1},
        f"{PEOPLE}: 1 box kept, no duplicates to remove. 1 more lies over your limit.",
    ),
    (
        "soft",
        [A, MOST_OF_A, HALF_OF_A],
        {"method": "soft_linear"},
        f"{PEOPLE}: 2 boxes kept. Soft-NMS lowered 2 of 3 scores.",
    ),
]


@pytest.mark.parametrize(("name", "boxes", "settings", "sentence"), ANSWERS)
def test_answer(name: str, boxes: list[list[float]], settings: dict[str, Any], sentence: str) -> None:
    assert answer_of(found_of(boxes), Settings(**settings)) == sentence


KNOWS_PEOPLE = "HOG knows only people in full height, and this photo shows none"


@pytest.mark.parametrize(
    ("boxes", "confidence", "sentence"),
    [
        ([], 0.25, f"{KNOWS_PEOPLE}. Nothing was found, either."),
        ([A], 0.9, f"{KNOWS_PEOPLE}: no box reaches your confidence of 0.90."),
        ([A, MOST_OF_A], 0.25, f"{KNOWS_PEOPLE}: do not trust its one box."),
        ([A, MOST_OF_A, B, C], 0.25, f"{KNOWS_PEOPLE}: trust none of its 3 boxes."),
    ],
)
def test_answer_on_a_photo_that_shows_nothing_of_the_kind(
    boxes: list[list[float]], confidence: float, sentence: str
) -> None:
    assert answer_of(found_of(boxes), Settings(confidence=confidence), outside=True) == sentence


@pytest.mark.parametrize(
    ("kinds", "things"),
    [
        ([76], "1 person"),
        ([76, 76, 77, 76, 76], "4 people, 1 bus"),
        ([77, 77, 78, 78, 79, 79], "2 buses, 2 knives, 2 sheep"),
        ([76, 76, 76, 77, 77, 78, 78, 79], "3 people, 2 buses, 2 knives, 1 other"),
        ([76, 76, 77, 77, 78, 78, 79, 0], "2 people, 2 buses, 2 knives, 2 others"),
    ],
)
def test_answer_counts_the_kinds_of_a_detector_of_several(kinds: list[int], things: str) -> None:
    apart = [[20 * index, 0, 20 * index + 10, 10] for index in range(len(kinds))]
    boxes = "1 box" if len(kinds) == 1 else f"{len(kinds)} boxes"
    one = found_of(apart, COCO, kinds, title="YOLOv8n")
    assert (
        answer_of(one, Settings()) == f"YOLOv8n looks for 80 things: {boxes} kept ({things}), no duplicates to remove."
    )
    other = found_of(apart, COCO, kinds, title="YOLO26n", needs_nms=False)
    assert answer_of(other, Settings()) == (
        f"YOLO26n looks for 80 things: {boxes} found ({things}). This model needs no NMS."
    )


@pytest.mark.parametrize(
    ("title", "labels", "kinds", "things"),
    [
        ("Haar cascades", ("face",), [0, 0], "Haar cascades look for faces: 2 boxes kept"),
        (
            "YOLOv8n, blood cells",
            ("RBC", "WBC", "Platelets"),
            [0, 0, 1, 2, 2],
            "YOLOv8n looks for blood cells and platelets: 5 boxes kept (2 RBC, 2 Platelets, 1 WBC)",
        ),
        ("Own", ("cat", "dog"), [0, 1, 1], "Own looks for cat and dog: 3 boxes kept (2 dogs, 1 cat)"),
    ],
)
def test_answer_names_what_each_detector_looks_for(
    title: str, labels: tuple[str, ...], kinds: list[int], things: str
) -> None:
    apart = [[20 * index, 0, 20 * index + 10, 10] for index in range(len(kinds))]
    answer = answer_of(found_of(apart, labels, kinds, title=title), Settings())
    assert answer == f"{things}, no duplicates to remove."


LIVE: list[tuple[str, list[list[float]], dict[str, Any], str]] = [
    ("nothing there", [], {}, "At 0.45 nothing is removed: no two windows overlap by IoU above that."),
    ("nothing overlaps", [A, B], {}, "At 0.45 nothing is removed: no two windows overlap by IoU above that."),
    (
        "one removed",
        [A, MOST_OF_A],
        {},
        "At 0.45: 1 kept, 1 removed because it overlaps a better box by IoU above 0.45.",
    ),
    (
        "two removed",
        [A, MOST_OF_A, HALF_OF_A],
        {},
        "At 0.45: 1 kept, 2 removed because each overlaps a better box by IoU above 0.45.",
    ),
    (
        "a higher limit",
        [A, MOST_OF_A, HALF_OF_A],
        {"iou": 0.7},
        "At 0.70: 2 kept, 1 removed because it overlaps a better box by IoU above 0.70.",
    ),
    (
        "merged",
        [A, MOST_OF_A],
        {"method": "merge"},
        "At 0.45: 1 kept, 1 merged because it overlaps a better box by IoU above 0.45.",
    ),
    (
        "DIoU",
        [A, MOST_OF_A],
        {"method": "diou"},
        "At 0.45: 1 kept, 1 removed because it overlaps a better box by DIoU above 0.45.",
    ),
    (
        "over the smaller",
        [A, HALF_OF_A],
        {"overlap": "smaller"},
        "At 0.45: 1 kept, 1 removed because it overlaps a better box by a share of the smaller box above 0.45.",
    ),
    (
        "soft, one below",
        [A, MOST_OF_A],
        {"method": "soft_linear"},
        "Soft-NMS removes nothing by itself; it lowered 1 score, 1 of them below your confidence.",
    ),
    (
        "soft, none below",
        [A, HALF_OF_A],
        {"method": "soft_linear"},
        "Soft-NMS removes nothing by itself; it lowered 1 score, 0 of them below your confidence.",
    ),
    (
        "soft, none",
        [A, B],
        {"method": "soft_linear"},
        "At 0.45 Soft-NMS lowers nothing: no window overlaps one chosen before it by IoU above that.",
    ),
    (
        "Gaussian, none",
        [A, B],
        {"method": "soft_gaussian"},
        "Soft-NMS lowers nothing here: no window overlaps one chosen before it. The Gaussian has no limit to move.",
    ),
]


@pytest.mark.parametrize(("name", "boxes", "settings", "sentence"), LIVE)
def test_live_sentence(name: str, boxes: list[list[float]], settings: dict[str, Any], sentence: str) -> None:
    chosen = Settings(**settings)
    assert words.live(ledger_of(boxes, chosen), chosen) == sentence


def test_live_sentence_of_several_classes() -> None:
    boxes, scores = np.float32([A, A]), np.float32([0.9, 0.8])
    ledger = suppress(boxes, scores, np.int32([0, 1]), Settings())
    sentence = "At 0.45 nothing is removed: no two windows of one class overlap by IoU above that."
    assert words.live(ledger, Settings(), many_classes=True) == sentence


def test_the_funnel_narrows() -> None:
    settings = Settings(confidence=0.55, max_detections=1)
    ledger = ledger_of([A, MOST_OF_A, B, C, C], settings)
    assert words.funnel(5, ledger) == [("Proposed", 5), ("Confident enough", 4), ("Left by NMS", 3), ("Kept", 1)]
    rows = words.funnel(9000, ledger)
    assert rows[:2] == [("Proposed", 9000), ("Best of them used", 5)]
    counts = [count for _, count in rows]
    assert counts == sorted(counts, reverse=True)


def test_the_cap_is_stated_only_where_it_cut() -> None:
    assert words.capped(8400, 8400) is None
    assert words.capped(25_200, 8400) == "25,200 candidates; the best 8,400 are used."


EMPTY: list[tuple[str, list[float], dict[str, Any], str | None]] = [
    ("nothing found", [], {}, "The HOG + SVM found nothing here. It knows people in full height."),
    ("one below", [0.2], {}, "1 window, none above 0.25."),
    ("many below", [0.2] * 1200, {}, "1,200 windows, none above 0.25."),
    ("just below", [0.2499], {}, "1 window, none above 0.2500."),
    (
        "none of the classes",
        [0.9],
        {"classes": frozenset({5})},
        "1 window, none of the classes that you chose above 0.25.",
    ),
    ("some", [0.9], {}, None),
]


@pytest.mark.parametrize(("name", "scores", "settings", "sentence"), EMPTY)
def test_empty_state(name: str, scores: list[float], settings: dict[str, Any], sentence: str | None) -> None:
    chosen = Settings(**settings)
    ledger = ledger_of([A] * len(scores), chosen, scores)
    best = max(scores, default=None)
    assert words.empty("HOG + SVM", ("person",), len(scores), ledger, chosen, best) == sentence


@pytest.mark.parametrize("best", [0.0, 0.004, 0.1, 0.29, 0.2999999, 0.3, 0.57, 0.999, 1.0])
def test_lowering_to_the_best_lets_it_in(best: float) -> None:
    score = np.float32(best)
    confidence = words.lower_to(float(score))
    assert 0 <= confidence <= 1
    assert score >= np.float32(confidence)
    assert score - confidence < 0.0101
    assert ledger_of([A], Settings(confidence=confidence), [best]).above_confidence == 1


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (("face",), "faces seen from the front"),
        (("RBC", "WBC", "Platelets"), "red and white blood cells and platelets"),
        (("cat",), "cat"),
        (("cat", "dog"), "cat and dog"),
        (tuple("abcdefgh"), "8 kinds of things, such as a, b and c"),
        ((), "nothing by name"),
    ],
)
def test_what_a_detector_knows(labels: tuple[str, ...], text: str) -> None:
    assert scope.knows(labels) == text


@pytest.mark.parametrize(
    ("counts", "average", "text"),
    [
        ((8, 2, 0), 0.95, "8 found, 2 false, 0 missed: precision 80.0 %, recall 100.0 %, AP@50 95.0 %."),
        ((0, 0, 3), 0.0, "0 found, 0 false, 3 missed: no precision without boxes, recall 0.0 %, AP@50 0.0 %."),
        ((0, 1, 0), None, "0 found, 1 false, 0 missed: precision 0.0 %, no recall without labels."),
        ((0, 0, 0), None, "0 found, 0 false, 0 missed: no precision without boxes, no recall without labels."),
    ],
)
def test_with_labels(counts: tuple[int, int, int], average: float | None, text: str) -> None:
    assert words.with_labels(*counts, average).replace(NBSP, " ") == text


def test_labels_that_do_not_count() -> None:
    reason = "not count: no area, or a class that this detector does not know."
    assert [words.left_out(count) for count in (0, 1, 2)] == [
        None,
        f"1 labelled box does {reason}",
        f"2 labelled boxes do {reason}",
    ]

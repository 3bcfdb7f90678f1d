"""The sentences about kept boxes and missed labels say what the numbers say."""

import pytest

from cvdemo.detect import Settings
from cvdemo.detect.outcomes import Comparison, compare
from cvdemo.detect.truth_words import box_sentence, details, missed_sentence, summary
from cvdemo.wording import NBSP
from tests.test_outcomes import FAR, NEAR_A, A, B, Rows, candidates, truth

LEFT_OF_A, HALF_A = (40, 0, 140, 100), (0, 0, 100, 49.9)  # IoU with A: 60 / 140 and 0.499


def compared(boxes: Rows, kinds: list[int], wanted: Rows, named: list[int], **changes: object) -> Comparison:
    scores = [round(0.9 - 0.1 * place, 1) for place in range(len(boxes))]
    settings = Settings(**{"iou": 0.95, **changes})  # type: ignore[arg-type]
    return compare(candidates(boxes, scores, kinds), settings, truth(wanted, named))


BOXES = [
    ("found", [NEAR_A], [0], [A], [0], 0, "#1 found a labelled kind 0: IoU 0.80."),
    ("a duplicate", [A, NEAR_A], [0, 0], [A], [0], 1,
     "#2 is false: the kind 0 that it overlaps by IoU 0.80 was found already by #1."),
    ("too far off", [LEFT_OF_A], [0], [A], [0], 0,
     "#1 is false: the nearest labelled kind 0 overlaps it by IoU 0.43, below 0.50."),
    ("just too far off", [HALF_A], [0], [A], [0], 0,
     "#1 is false: the nearest labelled kind 0 overlaps it by IoU 0.499, below 0.500."),
    ("another class", [NEAR_A], [1], [A], [0], 0,
     "#1 is false: it says kind 1, but what it overlaps by IoU 0.80 is labelled kind 0."),
    ("far away", [FAR], [0], [A], [0], 0, "#1 is false: no labelled kind 0 overlaps it."),
    ("a class without labels", [FAR], [2], [A], [0], 0, "#1 is false: no kind 2 is labelled here."),
    ("an empty label file", [A], [0], [], [], 0, "#1 is false: the labels say that nothing is there."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "boxes", "kinds", "wanted", "named", "index", "text"), BOXES)
def test_a_kept_box(
    name: str, boxes: Rows, kinds: list[int], wanted: Rows, named: list[int], index: int, text: str
) -> None:
    assert box_sentence(compared(boxes, kinds, wanted, named), index) == text


MISSED = [
    ("nothing there", [FAR], [0], [A], [0], 0, {}, "Missed: kind 0. No kept box lies here."),
    ("no box at all", [], [], [A], [0], 0, {}, "Missed: kind 0. No kept box lies here."),
    ("too far off", [LEFT_OF_A], [0], [A], [0], 0, {},
     "Missed: kind 0. The best overlapping box is #1 with IoU 0.43, below 0.50."),
    ("too far off, and of another class", [LEFT_OF_A], [1], [A], [0], 0, {},
     "Missed: kind 0. The best overlapping box is #1 (kind 1) with IoU 0.43, below 0.50."),
    ("another class", [NEAR_A], [1], [A], [0], 0, {}, "Missed: kind 0. #1 lies here (IoU 0.80), but says kind 1."),
    ("one box, two labels", [A], [0], [A, NEAR_A], [0, 0], 1, {},
     "Missed: kind 0. The best overlapping box, #1 (IoU 0.80), found another kind 0."),
    ("removed by NMS", [A, LEFT_OF_A], [0, 0], [A, LEFT_OF_A], [0, 0], 1, {"iou": 0.4},
     "Missed: kind 0. The best overlapping box is #1 with IoU 0.43, below 0.50. NMS removed #2, which would find it."),
    ("merged away", [A, LEFT_OF_A], [0, 0], [A, LEFT_OF_A], [0, 0], 1, {"iou": 0.4, "method": "merge"},
     "Missed: kind 0. The best overlapping box, #1 (IoU 0.65), found another kind 0. NMS merged #2, which would find "
     "it."),
    ("pushed down", [A, LEFT_OF_A], [0, 0], [A, LEFT_OF_A], [0, 0], 1,
     {"iou": 0.4, "method": "soft_linear", "confidence": 0.6},
     "Missed: kind 0. The best overlapping box is #1 with IoU 0.43, below 0.50. Soft-NMS pushed #2, which would find "
     "it, below your confidence."),
    ("over the limit", [A, B], [0, 0], [A, B], [0, 0], 1, {"max_detections": 1},
     "Missed: kind 0. No kept box lies here. A box that would find it lies over your limit of boxes."),
    ("below the confidence", [A, B], [0, 0], [A, B], [0, 0], 1, {"confidence": 0.85},
     "Missed: kind 0. No kept box lies here. A box with score 0.80 would find it: lower your confidence of 0.85."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "boxes", "kinds", "wanted", "named", "label", "changes", "text"), MISSED)
def test_a_missed_label(
    name: str,
    boxes: Rows,
    kinds: list[int],
    wanted: Rows,
    named: list[int],
    label: int,
    changes: dict[str, object],
    text: str,
) -> None:
    assert missed_sentence(compared(boxes, kinds, wanted, named, **changes), label) == text


def test_what_is_not_kept_or_not_missed_has_no_sentence() -> None:
    both = compared([A, B], [0, 0], [A, B], [0, 1], confidence=0.85, classes=frozenset({0}))
    assert box_sentence(both, 1) is None
    assert [missed_sentence(both, label) for label in (0, 1)] == [None, None]


def test_boxes_are_called_as_the_page_calls_them() -> None:
    both = compared([A, NEAR_A], [0, 0], [A, FAR, B], [0, 0, 0])
    assert box_sentence(both, 1, {0: 7, 1: 9}) == (
        "#9 is false: the kind 0 that it overlaps by IoU 0.80 was found already by #7."
    )
    removed = compared([A, LEFT_OF_A], [0, 0], [A, LEFT_OF_A], [0, 0], iou=0.4)
    assert str(missed_sentence(removed, 1, {0: 1})).endswith(
        "NMS removed a box that is not shown, which would find it."
    )


def _plain(text: str) -> str:
    return text.replace(NBSP, " ")


def test_the_whole() -> None:
    both = compared([A, FAR, B], [0, 0, 0], [A, B], [0, 0])  # right, false, right
    assert _plain(summary(both)) == "2 found, 1 false, 0 missed: precision 66.7 %, recall 100.0 %, AP@50 83.5 %."
    assert _plain(details(both)) == "F1 80.0 %. AP@50:95 83.5 %. The best F1 here, 80.0 %, is at confidence 0.70."


@pytest.mark.parametrize(
    ("boxes", "wanted", "text"),
    [([], [], ""), ([A], [], "F1 0.0 %."), ([], [A], "F1 0.0 %. AP@50:95 0.0 %."),
     ([FAR], [A], "F1 0.0 %. AP@50:95 0.0 %.")],
)  # fmt: skip
def test_details_leave_out_what_has_no_value(boxes: Rows, wanted: Rows, text: str) -> None:
    assert _plain(details(compared(boxes, [0] * len(boxes), wanted, [0] * len(wanted)))) == text

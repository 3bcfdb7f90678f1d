"""The sentences of the Detect tab, made from the numbers on screen; plain text without markup."""

import numpy as np

from cvdemo.detect.box_words import apart, counted, inspector, measure_name, step
from cvdemo.detect.ledger import Ledger
from cvdemo.detect.settings import Settings
from cvdemo.wording import listed, percent

__all__ = [
    "answer",
    "capped",
    "empty",
    "funnel",
    "inspector",
    "knows",
    "left_out",
    "live",
    "lower_to",
    "step",
    "with_labels",
]

HINT = "Point at a box, or reach it with Tab, to see why it stayed or which box removed it."
NO_NMS = "This model needs no NMS: it was trained to give each object one box, so the limit would change nothing."
MARGINS = "Scores of this detector are margins, not probabilities."
WHY = (
    "A detector proposes many windows for the same thing. Non-maximum suppression keeps the best-scoring window and "
    "removes every other one that overlaps it by more than the IoU limit, then goes on to the next best."
)
KNOWS = {
    ("person",): "people in full height",
    ("face",): "faces seen from the front",
    ("RBC", "WBC", "Platelets"): "red and white blood cells and platelets",
}


def answer(ledger: Ledger, settings: Settings | None = None, needs_nms: bool = True) -> str:
    """Return the tab's answer: how many boxes stayed and what became of the others."""
    kept, removed, windows = len(ledger.kept), len(ledger.suppressed), ledger.above_confidence
    boxes = counted(kept, "box", "boxes")
    more = len(ledger.over_limit)
    over = f" {more:,} more {'lies' if more == 1 else 'lie'} over your limit." if more else ""
    if not windows:
        return "No box to show."
    if not needs_nms:
        return f"{boxes} found, one for each object: this model needs no NMS.{over}"
    if settings is not None and settings.method.startswith("soft"):
        return f"{boxes} kept. Soft-NMS lowered {ledger.lowered:,} of {counted(windows, 'score')}.{over}"
    if not removed:
        return f"{boxes} kept. NMS found no duplicates to remove.{over}"
    done = "merged" if settings is not None and settings.method == "merge" else "removed"
    return f"{boxes} kept. NMS {done} {counted(removed, 'duplicate')} out of {counted(windows, 'window')}.{over}"


def live(ledger: Ledger, settings: Settings, many_classes: bool = False) -> str:
    """Return what the IoU limit does now, for the line beside its slider.

    Args:
        many_classes: the windows belong to several classes.
    """
    limit, removed = f"{settings.iou:.2f}", len(ledger.suppressed)
    if settings.method.startswith("soft"):
        return _live_softly(ledger, settings, limit)
    pair = "two windows of one class" if many_classes and not settings.class_agnostic else "two windows"
    if not removed:
        return f"At {limit} nothing is removed: no {pair} overlap that much."
    done = "merged" if settings.method == "merge" else "removed"
    verb = "it overlaps" if removed == 1 else "each overlaps"
    return (
        f"At {limit}: {len(ledger.kept):,} kept, {removed:,} {done} because {verb} a better box "
        f"by {measure_name(settings)} above {limit}."
    )


def _live_softly(ledger: Ledger, settings: Settings, limit: str) -> str:
    if ledger.lowered:
        scores = "1 score" if ledger.lowered == 1 else f"{ledger.lowered:,} scores"
        below = f"{len(ledger.suppressed):,} of them below your confidence"
        return f"Soft-NMS removes nothing by itself; it lowered {scores}, {below}."
    if settings.method == "soft_linear":
        return f"At {limit} Soft-NMS lowers nothing: no two windows overlap that much."
    return "Soft-NMS lowers nothing here: no two windows overlap. The Gaussian has no limit to move."


def funnel(found: int, ledger: Ledger) -> list[tuple[str, int]]:
    """Return (name, count) rows from raw windows to kept boxes.

    Args:
        found: how many the detector proposed, before any cap.
    """
    rows = [("Proposed", found)]
    if found > len(ledger.states):
        rows.append(("Best of them used", len(ledger.states)))
    rows.append(("Confident enough", ledger.above_confidence))
    if len(ledger.over_limit):
        rows.append(("Left by NMS", len(ledger.order)))
    return [*rows, ("Kept", len(ledger.kept))]


def capped(found: int, used: int) -> str | None:
    """Return the sentence about the cap on candidates, where it cut some off."""
    return f"{found:,} candidates; the best {used:,} are used." if found > used else None


def empty(
    title: str, labels: tuple[str, ...], count: int, ledger: Ledger, settings: Settings, best: float | None
) -> str | None:
    """Return the sentence for a picture without boxes, or None when there are some.

    Args:
        count: how many candidates there are.
        best: their highest score, if there is one.
    """
    if not count or best is None:
        return f"The {title} found nothing here. It knows {knows(labels)}."
    if ledger.above_confidence:
        return None
    windows = counted(count, "window")
    if best >= np.float32(settings.confidence):
        return f"{windows}, none of the classes that you chose above {settings.confidence:.2f}."
    return f"{windows}, none above {apart(best, settings.confidence)[1]}."


def lower_to(best: float) -> float:
    """Return the confidence, in steps of 0.01, that lets the best candidate in."""
    steps = round(best * 100)
    return (steps if np.float32(steps / 100) <= np.float32(best) else steps - 1) / 100


def knows(labels: tuple[str, ...]) -> str:
    """Return in words what a detector was trained to find."""
    if labels in KNOWS:
        return KNOWS[labels]
    if len(labels) > 5:
        return f"{len(labels):,} kinds of things, such as {listed(list(labels[:3]))}"
    return listed(list(labels)) if labels else "nothing by name"


def left_out(count: int) -> str | None:
    """Return the sentence about labelled boxes that do not count, if there are any."""
    boxes = "1 labelled box does" if count == 1 else f"{count:,} labelled boxes do"
    return f"{boxes} not count: no area, or a class that this detector does not know." if count else None


def with_labels(found: int, false: int, missed: int, average: float | None) -> str:
    """Return how the kept boxes compare with the labels; shares that have no value say so."""
    precision = f"precision {percent(found / (found + false))}" if found + false else "no precision without boxes"
    recall = f"recall {percent(found / (found + missed))}" if found + missed else "no recall without labels"
    ap = f", AP@50 {percent(average)}" if average is not None else ""
    return f"{found:,} found, {false:,} false, {missed:,} missed: {precision}, {recall}{ap}."

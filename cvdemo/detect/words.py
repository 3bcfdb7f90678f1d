"""The sentences of the Detect tab, made from the numbers on screen; plain text without markup."""

from collections import Counter

import numpy as np

from cvdemo.detect import scope
from cvdemo.detect.box_words import apart, counted, inspector, measure_name, step
from cvdemo.detect.ledger import Ledger
from cvdemo.detect.result import Candidates
from cvdemo.detect.settings import Settings
from cvdemo.wording import percent, setting

__all__ = [
    "answer",
    "brief",
    "capped",
    "counted_things",
    "empty",
    "funnel",
    "inspector",
    "left_out",
    "live",
    "lower_to",
    "step",
    "with_labels",
]

HINT = "Point at a box, or reach it with Tab, to see why it stayed or which box removed it."
NO_NMS = "This model needs no NMS: it was trained to give each object one box, so the limit would change nothing."
MARGINS = "Scores of this detector are margins, not probabilities."
KINDS_NAMED = 3  # in the headline
PLURALS = {"person": "people", "mouse": "mice", "knife": "knives"}
ALIKE = ("sheep", "skis", "scissors", "broccoli")
WHY = (
    "A detector proposes many windows for the same thing. Non-maximum suppression keeps the best-scoring window and "
    "removes every other one that overlaps it by more than the IoU limit, then goes on to the next best."
)


def answer(found: Candidates, ledger: Ledger, settings: Settings, outside: bool = False) -> str:
    """Return the tab's answer: what the detector looks for, how many boxes stayed and what became of the others.

    Args:
        outside: nothing that it knows is on the photo.
    """
    who = scope.shows_none(found.title, found.labels) if outside else scope.looks(found.title, found.labels)
    if not len(found.scores):
        return f"{who}. Nothing was found, either." if outside else f"{who} and found none here."
    if outside and len(ledger.kept):
        return f"{who}: {'trust' if len(ledger.kept) > 1 else 'do not trust'} {_its_boxes(len(ledger.kept))}."
    told = brief(found, ledger, settings)
    return f"{who}: {told[0].lower()}{told[1:]}"


def _its_boxes(count: int) -> str:
    return f"none of its {count:,} boxes" if count > 1 else "its one box"


def brief(found: Candidates, ledger: Ledger, settings: Settings) -> str:
    """Return how many boxes stayed and what became of the others."""
    kept, removed, windows = len(ledger.kept), len(ledger.suppressed), ledger.above_confidence
    if not len(found.scores):
        return "Found none here."
    best = float(found.scores[0])
    if not windows:
        chosen = " of the classes that you chose" if best >= np.float32(settings.confidence) else ""
        limit = setting(settings.confidence) if chosen else apart(best, settings.confidence)[1]
        return f"No box{chosen} reaches your confidence of {limit}."
    boxes, more = counted(kept, "box", "boxes"), len(ledger.over_limit)
    over = f" {more:,} more {'lies' if more == 1 else 'lie'} over your limit." if more else ""
    things = f" ({counted_things(found, ledger)})" if len(found.labels) > 1 else ""
    if not found.nms_acts:
        return f"{boxes} found{things}. This model needs no NMS.{over}"
    if settings.method.startswith("soft"):
        return f"{boxes} kept{things}. Soft-NMS lowered {ledger.lowered:,} of {counted(windows, 'score')}.{over}"
    if not removed:
        return f"{boxes} kept{things}, no duplicates to remove.{over}"
    done = "merged" if settings.method == "merge" else "removed"
    return f"{boxes} kept{things}, {counted(removed, 'duplicate')} {done}.{over}"


def counted_things(found: Candidates, ledger: Ledger) -> str:
    """Return of which kinds the kept boxes are, the most frequent first: ``4 people, 1 bus``."""
    counts = Counter(found.class_ids[ledger.kept].tolist()).most_common()
    named = [f"{count:,} {_plural(found.labels[kind], count)}" for kind, count in counts[:KINDS_NAMED]]
    rest = sum(count for _, count in counts[KINDS_NAMED:])
    return ", ".join([*named, *([counted(rest, "other")] if rest else [])])


def _plural(name: str, count: int) -> str:
    """Return a class's name for ``count`` of it; abbreviations and names that are plural already stay as they are."""
    if count == 1 or name in ALIKE or name != name.lower():
        return name
    if name in PLURALS:
        return PLURALS[name]
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def live(ledger: Ledger, settings: Settings, many_classes: bool = False) -> str:
    """Return what the IoU limit does now, for the line beside its slider.

    Args:
        many_classes: the windows belong to several classes.
    """
    limit, removed = setting(settings.iou), len(ledger.suppressed)
    apart = many_classes and not settings.class_agnostic
    if settings.method.startswith("soft"):
        return _live_softly(ledger, settings, limit, ", of its class," if apart else "")
    pair = "two windows of one class" if apart else "two windows"
    if not removed:
        return f"At {limit} nothing is removed: no {pair} overlap by {measure_name(settings)} above that."
    done = "merged" if settings.method == "merge" else "removed"
    verb = "it overlaps" if removed == 1 else "each overlaps"
    return (
        f"At {limit}: {len(ledger.kept):,} kept, {removed:,} {done} because {verb} a better box "
        f"by {measure_name(settings)} above {limit}."
    )


def _live_softly(ledger: Ledger, settings: Settings, limit: str, alike: str) -> str:
    if ledger.lowered:
        scores = "1 score" if ledger.lowered == 1 else f"{ledger.lowered:,} scores"
        below = f"{len(ledger.suppressed):,} of them below your confidence"
        return f"Soft-NMS removes nothing by itself; it lowered {scores}, {below}."
    chosen = "one chosen before it"
    if len(ledger.over_limit):
        chosen = "one chosen before your limit of boxes was reached"
    if settings.method == "soft_linear":
        much = f"by {measure_name(settings)} above that"
        return f"At {limit} Soft-NMS lowers nothing: no window overlaps {chosen}{alike} {much}."
    told = f"Soft-NMS lowers nothing here: no window overlaps {chosen}{alike}."
    return f"{told} The Gaussian has no limit to move."


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
        return f"The {title} found nothing here. It knows {scope.knows(labels)}."
    if ledger.above_confidence:
        return None
    windows = counted(count, "window")
    if best >= np.float32(settings.confidence):
        return f"{windows}, none of the classes that you chose above {setting(settings.confidence)}."
    return f"{windows}, none above {apart(best, settings.confidence)[1]}."


def lower_to(best: float) -> float:
    """Return the confidence, in steps of 0.01, that lets the best candidate in."""
    steps = round(best * 100)
    return (steps if np.float32(steps / 100) <= np.float32(best) else steps - 1) / 100


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


def ran(runs: int) -> str:
    """Return how many times a detector ran for what is shown."""
    return "ran 1 time" if runs == 1 else f"ran {runs:,} times" if runs else "did not run again: its boxes were known"

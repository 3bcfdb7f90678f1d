"""What became of one box, in a sentence: who removed it, at which overlap; and what one step of the player does."""

from collections.abc import Mapping

import numpy as np

from cvdemo.detect.ledger import Ledger, State
from cvdemo.detect.settings import Settings
from cvdemo.wording import listed

LISTED = 4  # a step names so many removed boxes

SUPPRESSED, OVER_LIMIT, KEPT = State.SUPPRESSED, State.OVER_LIMIT, State.KEPT  # an Enum's own lookup is slow

Numbers = Mapping[int, int]


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return ``1 box`` or ``1,080 boxes``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def measure_name(settings: Settings) -> str:
    """Return how a sentence calls the overlap that is compared with the limit."""
    if settings.method == "diou":
        return "DIoU"
    return "a share of the smaller box" if settings.overlap == "smaller" else "IoU"


def apart(value: float, limit: float) -> tuple[str, str]:
    """Return both numbers with as many decimals as it takes to tell them apart, two at least, six at most."""
    for decimals in range(2, 7):
        texts = f"{value:.{decimals}f}", f"{limit:.{decimals}f}"
        if texts[0] != texts[1]:
            break
    return texts


def inspector(ledger: Ledger, index: int, settings: Settings, numbers: Numbers | None = None) -> str:
    """Return what became of the candidate at ``index``, and why.

    Args:
        numbers: what the page calls each candidate (``#3``); without, its place among the candidates.
    """
    state, score = ledger.states[index], float(ledger.scores_before[index])
    name = _name(index, numbers)
    if state == SUPPRESSED:
        return _lost(ledger, index, settings, numbers)
    if state == OVER_LIMIT:
        return f"{name} (score {score:.2f}) lost to no box, but {_limits(settings)}."
    if state == KEPT:
        return _stayed(ledger, index, settings, name)
    if not np.isfinite(score) or not np.isfinite(ledger.boxes_xyxy[index]).all():
        return f"{name} is no valid box: its numbers are not finite."
    if score >= np.float32(settings.confidence):
        return f"{name} (score {score:.2f}) is of a class that you did not choose."
    shown, limit = apart(score, settings.confidence)
    return f"{name} (score {shown}) is below your confidence of {limit}."


def _name(index: int, numbers: Numbers | None) -> str:
    number = index + 1 if numbers is None else numbers.get(index)
    return "a box that is not shown" if number is None else f"#{number}"


def _limits(settings: Settings) -> str:
    most = f"your limit of {counted(settings.max_detections, 'box', 'boxes')}"
    if settings.max_per_class is not None:
        most += f" or of {settings.max_per_class:,} per class"
    return f"{most} was reached before it"


def _lost(ledger: Ledger, index: int, settings: Settings, numbers: Numbers | None) -> str:
    """Return who removed a box, at which overlap."""
    by = int(ledger.by[index])
    name, winner = _name(index, numbers), f"{_name(by, numbers)} (score {ledger.scores_before[by]:.2f})"
    overlap, before = float(ledger.overlap[index]), float(ledger.scores_before[index])
    if settings.method.startswith("soft"):
        after, least = apart(float(ledger.scores[index]), settings.confidence)
        share = f"by {measure_name(settings)} {overlap:.2f}"
        if settings.overlap == "smaller":
            share = f"by {overlap:.2f} of the smaller box"
        return (
            f"The score of {name} fell from {before:.2f} to {after}, below your confidence of {least}, "
            f"when {winner} was chosen, which it overlaps {share}."
        )
    shown, limit = apart(overlap, settings.iou)
    how = f"they overlap by {measure_name(settings)} {shown}"
    if settings.method != "diou" and settings.overlap == "smaller":
        how = f"they share {shown} of the smaller box"
    verb = "was merged into" if settings.method == "merge" else "lost to"
    return f"{name} (score {before:.2f}) {verb} {winner}: {how}, above the limit {limit}."


def _stayed(ledger: Ledger, index: int, settings: Settings, name: str) -> str:
    removed = len(ledger.removed_by(index))
    before, after = float(ledger.scores_before[index]), float(ledger.scores[index])
    windows = counted(removed, "window") if removed else "nothing"
    if settings.method == "merge" and removed:
        return f"{name} took in {windows}; it is now their mean, weighted by score."
    if settings.method.startswith("soft"):
        high, low = apart(before, after)
        fell = f"fell from {high} to {low}" if after < before else f"stayed {before:.2f}"
        return f"{name} was kept: its score {fell}. It pushed {windows} below your confidence."
    return f"{name} removed {windows}."


def step(ledger: Ledger, number: int, settings: Settings, numbers: Numbers | None = None) -> str:
    """Return what happens at step ``number`` (0 is the first) of the player."""
    now = ledger.steps[number]
    name = _name(now.survivor, numbers)
    parts = [
        f"{_name(int(box), numbers)} ({overlap:.2f})"
        for box, overlap in zip(now.removed[:LISTED], now.overlaps[:LISTED], strict=True)
    ]
    if len(now.removed) > LISTED:
        parts.append(f"{len(now.removed) - LISTED:,} more")
    removed = listed(parts) if parts else "nothing"
    place = f"Step {number + 1:,} of {len(ledger.order):,}."
    does = f"; it {'takes in' if settings.method == 'merge' else 'removes'} {removed}"
    if settings.method.startswith("soft"):
        does = f"; it pushes {removed} below your confidence" if parts else ""
    if not now.kept:
        return f"{place} {name} survives, but {_limits(settings)}{does}."
    if settings.method.startswith("soft"):
        return f"{place} Choose {name} (score now {ledger.scores[now.survivor]:.2f}){does}."
    return f"{place} Keep {name}{does}."

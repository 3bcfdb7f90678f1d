"""What the labels say, in sentences: about the whole, about one kept box, and about one label that was missed."""

from collections.abc import Mapping

import numpy as np

from cvdemo.detect.box_words import apart
from cvdemo.detect.ledger import State
from cvdemo.detect.outcomes import IOU, LOWEST_CONFIDENCE, MISSED, Comparison, Outcome
from cvdemo.detect.words import with_labels
from cvdemo.wording import percent

AVERAGE = (
    f"AP@50 is the mean precision over all recalls, with every confidence from {LOWEST_CONFIDENCE} on: it moves with "
    "NMS, not with the confidence slider."
)

NOT_KEPT, FOUND = Outcome.NOT_KEPT, Outcome.FOUND  # an Enum's own lookup is slow

Numbers = Mapping[int, int]


def summary(compared: Comparison) -> str:
    """Return how the kept boxes compare with the labels."""
    return with_labels(compared.found, compared.false, compared.missed, compared.ap50)


def details(compared: Comparison) -> str:
    """Return F1, the stricter average precision, and the confidence at which F1 would be best."""
    parts = []
    if compared.f1 is not None:
        parts.append(f"F1 {percent(compared.f1)}.")
    if compared.ap is not None:
        parts.append(f"AP@50:95 {percent(compared.ap)}.")
    best = compared.curve.best
    if best is not None and compared.ap is not None:
        precision, recall = compared.curve.precision[best], compared.curve.recall[best]
        if precision and recall:
            f1 = percent(float(2 * precision * recall / (precision + recall)))
            parts.append(f"The best F1 here, {f1}, is at confidence {compared.curve.confidence_at(best)}.")
    return " ".join(parts)


def box_sentence(compared: Comparison, index: int, numbers: Numbers | None = None) -> str | None:
    """Return what the labels say about the candidate at ``index``, or None where it is not kept.

    Args:
        numbers: what the page calls each candidate (``#3``); without, its place among the candidates.
    """
    outcome, name = compared.outcome[index], _name(index, numbers)
    if outcome == NOT_KEPT:
        return None
    row = int(np.flatnonzero(compared.kept == index)[0])
    kind = compared.candidates.class_ids[index]
    if outcome == FOUND:
        label = int(np.flatnonzero(compared.found_by == index)[0])
        return f"{name} found a labelled {_label(compared, kind)}: IoU {compared.shared[row, label]:.2f}."
    return f"{name} is false: {_why_false(compared, row, kind, numbers)}"


def _why_false(compared: Comparison, row: int, kind: int, numbers: Numbers | None) -> str:
    truth, shared = compared.truth.class_ids, compared.shared[row]
    label = _label(compared, kind)
    alike, other = np.where(truth == kind, shared, 0), np.where(truth == kind, 0, shared)
    if not len(truth):
        return "the labels say that nothing is there."
    if alike.max() >= IOU:
        nearest = int(alike.argmax())
        by = _name(int(compared.found_by[nearest]), numbers)
        return f"the {label} that it overlaps by IoU {alike[nearest]:.2f} was found already by {by}."
    if other.max() >= IOU:
        nearest = int(other.argmax())
        named = _label(compared, truth[nearest])
        return f"it says {label}, but what it overlaps by IoU {other[nearest]:.2f} is labelled {named}."
    if alike.max() > 0:
        least, limit = apart(float(alike.max()), IOU)
        return f"the nearest labelled {label} overlaps it by IoU {least}, below {limit}."
    return f"no labelled {label} overlaps it." if (truth == kind).any() else f"no {label} is labelled here."


def missed_sentence(compared: Comparison, label: int, numbers: Numbers | None = None) -> str | None:
    """Return why the labelled box at ``label`` was missed, or None where it was found or does not count."""
    if compared.found_by[label] != MISSED:
        return None
    name = _label(compared, compared.truth.class_ids[label])
    parts = [f"Missed: {name}.", _nearest(compared, label, numbers), _remedy(compared, label, numbers)]
    return " ".join(part for part in parts if part)


def _nearest(compared: Comparison, label: int, numbers: Numbers | None) -> str:
    """Return which kept box lies on a missed label."""
    shared, kind = compared.shared[:, label], compared.truth.class_ids[label]
    if not len(shared) or shared.max() <= 0:
        return "No kept box lies here."
    kinds = compared.candidates.class_ids[compared.kept]
    alike = np.where(kinds == kind, shared, 0)
    row = int(alike.argmax() if alike.max() >= IOU else shared.argmax())
    name, overlap = _name(int(compared.kept[row]), numbers), float(shared[row])
    if alike[row] >= IOU:
        best = "The best overlapping box" if overlap == shared.max() else "The best overlapping box of its class"
        return f"{best}, {name} (IoU {overlap:.2f}), found another {_label(compared, kind)}."
    says = _label(compared, kinds[row])
    if overlap >= IOU:
        return f"{name} lies here (IoU {overlap:.2f}), but says {says}."
    least, limit = apart(overlap, IOU)
    extra = "" if kinds[row] == kind else f" ({says})"
    return f"The best overlapping box is {name}{extra} with IoU {least}, below {limit}."


def _remedy(compared: Comparison, label: int, numbers: Numbers | None) -> str | None:
    """Return which candidate would have found it, and what stood in its way."""
    index, settings = int(compared.would_find[label]), compared.settings
    score = float(compared.standing.score_of[label])
    if index >= 0:
        return _stood_in_the_way(compared, index, label, numbers)
    if score < np.float32(settings.confidence):
        shown, limit = apart(score, settings.confidence)
        return f"A box with score {shown} would find it: lower your confidence of {limit}."
    return None


def _stood_in_the_way(compared: Comparison, index: int, label: int, numbers: Numbers | None) -> str:
    name, method = _name(index, numbers), compared.settings.method
    if compared.ledger.states[index] == State.OVER_LIMIT:
        return "A box that would find it lies over your limit of boxes."
    if method.startswith("soft"):
        return f"Soft-NMS pushed {name}, which would find it, below your confidence."
    done = "merged" if method == "merge" else "removed"
    return f"NMS {done} {name}, which would find it."


def _label(compared: Comparison, kind: int) -> str:
    return compared.candidates.labels[kind]


def _name(index: int, numbers: Numbers | None) -> str:
    number = index + 1 if numbers is None else numbers.get(index)
    return "a box that is not shown" if number is None else f"#{number}"

"""What Detect says of labels: boxes that are right or false, labels that were missed; overlaps are torchvision's."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import box_iou

from cvdemo.detect import truth_words
from cvdemo.detect.labels_file import GroundTruth
from cvdemo.detect.outcomes import Comparison, compare
from tests.sentences.detect import SHARE, random_scene
from tests.sentences.detect_boxes import BOX, SCORE
from tests.sentences.table import Reader, Said, holds, same, share, true_of

KIND = r"(\w+)"


def random_comparison(draw: np.random.Generator) -> Comparison:
    """Return boxes beside labels that lie on some of them, near them, elsewhere, or of another class."""
    found = (scene := random_scene(draw)).found
    count = int(draw.integers(0, 5))
    boxes, kinds = np.empty((0, 4), np.float32), np.empty(0, np.int32)
    if len(found.scores) and count:
        lost = scene.lost if len(scene.lost) and draw.random() < 0.6 else np.arange(len(found.scores))
        rows = draw.choice(lost, count)
        size = np.abs(found.boxes_xyxy[rows, 2:] - found.boxes_xyxy[rows, :2])
        jitter = np.concatenate([size, size], 1) * draw.normal(0, draw.choice([0, 0.1, 0.3]), (count, 4))
        boxes = (found.boxes_xyxy[rows] + jitter).astype(np.float32)
        boxes = np.concatenate([np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:]) + 1], 1)
        kinds = found.class_ids[rows] if draw.random() < 0.7 else np.zeros(count, np.int32)
        if draw.random() < 0.2:
            boxes = boxes + np.float32(5000)
    return compare(found, scene.settings, GroundTruth(boxes, kinds, found.labels))


def _shared(compared: Comparison) -> NDArray[np.float64]:
    """Return the IoU of each candidate with each label; kept boxes as merging moved them."""
    boxes = [torch.from_numpy(one).double() for one in (compared.ledger.boxes_xyxy, compared.truth.boxes_xyxy)]
    return box_iou(*boxes).numpy()


@true_of(
    truth_words.box_sentence,
    unkept="",
    found=rf"{BOX} found a labelled {KIND}: IoU {SCORE}\.",
    empty=rf"{BOX} is false: the labels say that nothing is there\.",
    again=rf"{BOX} is false: the {KIND} that it overlaps by IoU {SCORE} was found already by {BOX}\.",
    other=rf"{BOX} is false: it says {KIND}, but what it overlaps by IoU {SCORE} is labelled {KIND}\.",
    near=rf"{BOX} is false: the nearest labelled {KIND} overlaps it by IoU {SCORE}, below {SCORE}\.",
    far=rf"{BOX} is false: no labelled {KIND} overlaps it\.",
    none=rf"{BOX} is false: no {KIND} is labelled here\.",
)
def kept(draw: np.random.Generator, read: Reader) -> None:
    compared = random_comparison(draw)
    for index in {*compared.ledger.kept.tolist(), *range(min(3, len(compared.candidates.scores)))}:
        said = read(truth_words.box_sentence(compared, index))
        assert (said.form == "unkept") == (index not in compared.ledger.kept)
        if said.form != "unkept":
            same(said.parts[0], f"#{index + 1}")
            _kept_is_true(compared, index, said)


def _kept_is_true(compared: Comparison, index: int, said: Said) -> None:
    labels, truth = compared.candidates.labels, compared.truth.class_ids
    kind, shared = compared.candidates.class_ids[index], _shared(compared)[index]
    alike = np.where(truth == kind, shared, 0)
    assert (said.form == "empty") == (not len(truth))
    if said.form == "empty":
        return
    same(said.parts[1], labels[kind])
    assert (said.form == "found") == bool((compared.found_by == index).any())
    if said.form == "found":
        holds(said.parts[2], alike[compared.found_by == index].max())
        assert alike[compared.found_by == index].max() >= 0.5
    elif said.form == "again":
        holds(said.parts[2], alike.max())
        by = int(said.parts[3][1:]) - 1
        label = int(alike.argmax())
        assert alike.max() >= 0.5 and compared.found_by[label] == by != index
        assert compared.ledger.scores[by] >= compared.ledger.scores[index]
    elif said.form == "other":
        holds(said.parts[2], shared.max())
        same(said.parts[3], labels[truth[shared.argmax()]])
        assert alike.max() < 0.5 <= shared.max() and said.parts[1] != said.parts[3]
    elif said.form == "near":
        holds(said.parts[2], alike.max())
        assert float(said.parts[3]) == 0.5
        assert 0 < alike.max() < 0.5 and float(said.parts[2]) < 0.5
    elif said.form == "far":
        assert (truth == kind).any() and alike.max() == 0
    else:
        assert not (truth == kind).any()


NEAREST = (
    r"(?:(No kept box lies here)|"
    rf"The best overlapping box( of its class)?, {BOX} \(IoU {SCORE}\), found another {KIND}|"
    rf"{BOX} lies here \(IoU {SCORE}\), but says {KIND}|"
    rf"The best overlapping box is {BOX}(?: \({KIND}\))? with IoU {SCORE}, below {SCORE})\."
)


@true_of(
    truth_words.missed_sentence,
    found="",
    alone=rf"Missed: {KIND}\. {NEAREST}",
    over=rf"Missed: {KIND}\. {NEAREST} A box that would find it lies over your limit of boxes\.",
    soft=rf"Missed: {KIND}\. {NEAREST} Soft-NMS pushed {BOX}, which would find it, below your confidence\.",
    hard=rf"Missed: {KIND}\. {NEAREST} NMS (merged|removed) {BOX}, which would find it\.",
    lower=rf"Missed: {KIND}\. {NEAREST} A box with score {SCORE} would find it: lower your confidence of {SCORE}\.",
)
def missed(draw: np.random.Generator, read: Reader) -> None:
    compared = random_comparison(draw)
    while compared.found + compared.missed == 0:
        compared = random_comparison(draw)
    for label, kind in enumerate(compared.truth.class_ids):
        said = read(truth_words.missed_sentence(compared, label))
        assert (said.form == "found") == (compared.found_by[label] != -1)
        if said.form == "found":
            continue
        same(said.parts[0], compared.candidates.labels[kind])
        _nearest_is_true(compared, label, said.parts[1:13])
        _remedy_is_true(compared, label, said.form, said.parts[13:])


def _nearest_is_true(compared: Comparison, label: int, parts: tuple[str, ...]) -> None:
    labels, kinds = compared.candidates.labels, compared.candidates.class_ids
    none, of_class, finder, finds, another, other, lies, says, best, of, iou, limit = parts
    shared = np.zeros(len(kinds))
    shared[compared.ledger.kept] = _shared(compared)[compared.ledger.kept, label]
    assert bool(none) == (shared.max(initial=0) == 0)
    if none:
        return
    named = int((finder or other or best)[1:]) - 1
    holds(finds or lies or iou, shared[named])
    kind = compared.truth.class_ids[label]
    alike = np.where(kinds == kind, shared, 0)
    assert shared[named] == (alike.max() if of_class else shared.max())
    if finder:
        same(another, labels[kind])
        assert kinds[named] == kind and shared[named] >= 0.5 and (compared.found_by == named).any()
        assert bool(of_class) == (alike.max() < shared.max())
    elif other:
        same(says, labels[kinds[named]])
        assert shared[named] >= 0.5 and kinds[named] != kind
    else:
        same(of, "" if kinds[named] == kind else labels[kinds[named]])
        assert shared[named] < 0.5 == float(limit) and float(iou) < 0.5


def _remedy_is_true(compared: Comparison, label: int, form: str, parts: tuple[str, ...]) -> None:
    found, settings, ledger = compared.candidates, compared.settings, compared.ledger
    boxes = [torch.from_numpy(one).double() for one in (found.boxes_xyxy, compared.truth.boxes_xyxy[[label]])]
    right = (box_iou(*boxes).numpy()[:, 0] >= 0.5) & (found.class_ids == compared.truth.class_ids[label])
    if form == "over":
        assert right[ledger.over_limit].any()
    elif form in ("soft", "hard"):
        named = int(parts[-1][1:]) - 1
        assert right[named] and named in ledger.suppressed
        assert (form == "soft") == settings.method.startswith("soft")
        if form == "hard":
            same(parts[0], "merged" if settings.method == "merge" else "removed")
    elif form == "lower":
        holds(parts[1], settings.confidence)
        assert float(parts[0]) < float(parts[1])
        if settings.method != "merge":
            lower = compare(found, replace(settings, confidence=float(parts[0]) - 0.006), compared.truth)
            by = lower.found_by[label]
            assert by >= 0 and right[by]
            holds(parts[0], lower.ledger.scores[by])


@true_of(
    truth_words.details,
    _=rf"(?:F1 ({SHARE})\.)? ?(?:AP@50:95 ({SHARE})\.)?(?: The best F1 here, ({SHARE}), is at confidence {SCORE}\.)?",
)
def details(draw: np.random.Generator, read: Reader) -> None:
    compared = random_comparison(draw)
    said = read(truth_words.details(compared))
    kept_count = compared.found + compared.false
    total = kept_count + compared.found + compared.missed
    assert bool(said.parts[0]) == (total > 0)
    if total:
        share(said.parts[0], 2 * compared.found / total)
    assert bool(said.parts[1]) == bool((compared.found_by != -2).any())
    if said.parts[1]:
        share(said.parts[1], compared.ap or 0)
    assert bool(said.parts[2]) == bool(said.parts[3])
    if said.parts[2] and compared.settings.method != "merge":
        at = compare(compared.candidates, replace(compared.settings, confidence=float(said.parts[3])), compared.truth)
        share(said.parts[2], at.f1 or 0)
        for score in np.unique(at.candidates.scores[at.candidates.scores >= 0.05])[::3]:
            other = compare(compared.candidates, replace(compared.settings, confidence=float(score)), compared.truth)
            assert (other.f1 or 0) <= (at.f1 or 0) + 1e-9


@true_of(truth_words.summary, _=r"([\d,]+) found, ([\d,]+) false, ([\d,]+) missed: .+\.")
def summary(draw: np.random.Generator, read: Reader) -> None:
    compared = random_comparison(draw)
    said = read(truth_words.summary(compared))
    found = sum(int(by) >= 0 for by in compared.found_by)
    holds(said.parts[0], found)
    holds(said.parts[1], len(compared.ledger.kept) - found)
    holds(said.parts[2], np.count_nonzero(compared.found_by == -1))

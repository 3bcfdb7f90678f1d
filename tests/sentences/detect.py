"""What Detect says of all boxes together; overlaps are torchvision's."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import box_iou, distance_box_iou

from cvdemo.detect import Candidates, Ledger, Settings, State, scope, suppress, words
from cvdemo.detect.settings import METHODS
from tests.scenes import heaps, squares
from tests.sentences.table import Reader, holds, listed_in, number, same, share, true_of

KINDS = ("person", "bus", "knife", "sheep", "mouse", "box", "RBC")
MANY = {"person": "people", "bus": "buses", "knife": "knives", "sheep": "sheep", "mouse": "mice", "box": "boxes"}
TITLES = ("HOG + SVM", "YOLOv8n, blood cells", "YOLO26n")
CONFIDENCES = (0.25, 0.25, 0.6, 0.05, 0.995, 0.9049)
SPOKEN = {"iou": "IoU", "smaller": "a share of the smaller box", "diou": "DIoU"}
COUNT = r"[\d,]+"


@dataclass(frozen=True)
class Scene:
    """What a detector proposed, under the settings that act on it, and what became of it."""

    found: Candidates
    settings: Settings
    ledger: Ledger

    @property
    def kept(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.ledger.states == State.KEPT)

    @property
    def lost(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.ledger.states == State.SUPPRESSED)

    @property
    def over(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.ledger.states == State.OVER_LIMIT)

    def shared(self) -> NDArray[np.float64]:
        """Return the overlap of every two candidates, by the measure of the settings."""
        boxes = torch.from_numpy(self.found.boxes_xyxy).double()
        if self.settings.method == "diou":
            return distance_box_iou(boxes, boxes).numpy()
        if self.settings.overlap == "iou":
            return box_iou(boxes, boxes).numpy()
        low, high = (torch.stack([boxes[:, at], boxes[:, at + 1]], 1) for at in (0, 2))
        common = torch.minimum(high[:, None], high) - torch.maximum(low[:, None], low)
        area = (high - low).prod(1)
        return (common.clamp(min=0).prod(2) / torch.minimum(area[:, None], area)).numpy()

    def rivals(self) -> NDArray[np.bool_]:
        """Return which two candidates may remove each other by their classes."""
        kinds = self.found.class_ids
        every = self.settings.class_agnostic | (kinds[:, None] == kinds)
        return every & ~np.eye(len(kinds), dtype=bool)


def random_settings(draw: np.random.Generator) -> Settings:
    return Settings(
        confidence=float(draw.choice(CONFIDENCES)),
        iou=float(draw.choice([0.45, 0.3, 0.9, 0.455, 0, 0.7])),
        method=str(draw.choice(METHODS)),
        class_agnostic=bool(draw.random() < 0.3),
        overlap=str(draw.choice(["iou", "iou", "smaller"])),
        max_detections=int(draw.choice([300, 300, 4, 1])),
        max_per_class=None if draw.random() < 0.8 else int(draw.integers(1, 3)),
        classes=None if draw.random() < 0.8 else frozenset({0, 1}),
    )


def random_scene(draw: np.random.Generator, tiled: bool = False) -> Scene:
    """Return heaps of boxes, boxes side by side, one or none, of one class or many, with equal scores now and then."""
    count = int(draw.choice([0, 1, 2, 5, 20, 40]))
    seed = int(draw.integers(1 << 30))
    boxes, scores, _ = heaps(seed, count, int(draw.integers(1, 6))) if draw.random() < 0.7 else squares(count)
    scores = scores.round(int(draw.choice([1, 2, 6])))
    order = np.argsort(-scores, kind="stable")
    labels = KINDS[: int(draw.choice([1, 3, 7]))]
    tiles = draw.integers(-1, 4, count).astype(np.int16) if tiled else None
    found = Candidates(
        "stub", str(draw.choice(TITLES)), boxes[order], scores[order],
        draw.integers(0, len(labels), count).astype(np.int32), labels, (900, 720), None, bool(draw.random() < 0.8),
        count + int(draw.choice([0, 5000])), 1.0, 1.0, 1.0, tiles, None if tiles is None else np.zeros((4, 4), "f"),
    )  # fmt: skip
    settings = found.acting(random_settings(draw))
    chosen = found.scores[settings.classes is None or np.isin(found.class_ids, list(settings.classes))].ravel()
    if len(chosen) and draw.random() < 0.4:  # just at a score, or a little above it
        near = float(chosen[0] if draw.random() < 0.5 else draw.choice(chosen)) + float(draw.choice([0, 1e-4, 4e-3]))
        settings = replace(settings, confidence=min(round(near, 6), 1.0))
    return Scene(found, settings, suppress(found.boxes_xyxy, found.scores, found.class_ids, settings))


THINGS = r"(?: \(([^)]+)\))?"
OVER = rf"(?: ({COUNT}) more (lies|lie) over your limit\.)?"
BRIEF = {
    "none": r"[Ff]ound none here\.",
    "below": r"[Nn]o box( of the classes that you chose)? reaches your confidence of ([\d.]+)\.",
    "free": rf"({COUNT}) (box|boxes) found{THINGS}\. This model needs no NMS\.{OVER}",
    "soft": rf"({COUNT}) (box|boxes) kept{THINGS}\. Soft-NMS lowered ({COUNT}) of ({COUNT}) (score|scores)\.{OVER}",
    "clear": rf"({COUNT}) (box|boxes) kept{THINGS}, no duplicates to remove\.{OVER}",
    "hard": rf"({COUNT}) (box|boxes) kept{THINGS}, ({COUNT}) (duplicate|duplicates) (removed|merged)\.{OVER}",
}


@true_of(words.brief, **BRIEF)
def brief(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    said = read(words.brief(scene.found, scene.ledger, scene.settings))
    _brief_is_true(scene, said.form, said.parts)


def _brief_is_true(scene: Scene, form: str, parts: tuple[str, ...]) -> None:
    found, settings, ledger = scene.found, scene.settings, scene.ledger
    enough = found.scores >= np.float32(settings.confidence)
    assert (form == "none") == (not len(found.scores))
    if form == "none":
        return
    wanted = enough if settings.classes is None else enough & np.isin(found.class_ids, list(settings.classes))
    assert (form == "below") == (not wanted.any())
    if form == "below":
        assert bool(parts[0]) == bool(enough.any())
        holds(parts[1], settings.confidence)
        asked = np.isin(found.class_ids, list(settings.classes)) if parts[0] and settings.classes else enough | True
        assert (found.scores[asked] < float(parts[1])).all()
        return
    holds(parts[0], len(scene.kept))
    same(parts[1], "box" if len(scene.kept) == 1 else "boxes")
    counts = Counter(found.labels[kind] for kind in found.class_ids[scene.kept])
    assert bool(parts[2]) == (len(found.labels) > 1)
    if parts[2]:
        _things_are_true(parts[2], counts)
    assert bool(parts[-2]) == bool(len(scene.over))
    if parts[-2]:
        holds(parts[-2], len(scene.over))
        same(parts[-1], "lies" if len(scene.over) == 1 else "lie")
    assert (form == "free") == (not found.needs_nms)
    assert (form == "soft") == (found.needs_nms and settings.method.startswith("soft"))
    if form in ("free", "clear"):
        assert not len(scene.lost)
    elif form == "soft":
        holds(parts[3], np.count_nonzero(ledger.scores < found.scores))
        holds(parts[4], np.count_nonzero(wanted))
        same(parts[5], "score" if np.count_nonzero(wanted) == 1 else "scores")
    else:
        holds(parts[3], len(scene.lost))
        same(parts[4], "duplicate" if len(scene.lost) == 1 else "duplicates")
        same(parts[5], "merged" if settings.method == "merge" else "removed")


def _things_are_true(text: str, counts: Counter[str]) -> None:
    rows = [part.split(" ", 1) for part in text.split(", ")]
    named = [row for row in rows if row[1] not in ("other", "others")]
    told = {name: next(one for one in counts if name in (one, MANY.get(one, one))) for _, name in named}
    assert len(named) == min(3, len(counts))
    for count, name in named:
        holds(count, counts[told[name]])
        same(name, told[name] if counts[told[name]] == 1 else MANY.get(told[name], told[name]))
    assert [number(count) for count, _ in named] == sorted(counts.values(), reverse=True)[:3]
    left = sum(counts.values()) - sum(counts[one] for one in told.values())
    assert [row for row in rows if row not in named] == (
        [[str(left), "other" if left == 1 else "others"]] if left else []
    )


@true_of(
    words.answer,
    scope.looks,
    scope.shows_none,
    nothing=r"(\w+) (looks? for|knows? only) (.+?)(, and this photo shows none)?"
    r"(\. Nothing was found, either\.| and found none here\.)",
    distrust=r"(\w+) (knows? only) (.+), and this photo shows none: (do not trust its one box|trust none of its [\d,]+ "
    r"boxes)\.",
    told=r"(\w+) (looks? for|knows? only) (.+?)(, and this photo shows none)?: ([\dn].+)",
    **{name: form for name, form in BRIEF.items() if name != "none"},
)
def answer(draw: np.random.Generator, read: Reader) -> None:
    scene, outside = random_scene(draw), bool(draw.random() < 0.3)
    scene = replace(scene, found=_known(draw, scene.found))
    text = words.answer(scene.found, scene.ledger, scene.settings, outside)
    said = read(text)
    same(said.parts[0], {"HOG + SVM": "HOG", "YOLOv8n, blood cells": "YOLOv8n"}.get(scene.found.title, "YOLO26n"))
    assert said.parts[1].startswith("know") == outside
    labels = scene.found.labels
    if labels == ("face",):
        same(said.parts[1], "know only" if outside else "look for")
        same(said.parts[2], "faces seen from the front" if outside else "faces")
    elif labels == ("person",):
        same(said.parts[1], "knows only" if outside else "looks for")
        same(said.parts[2], "people in full height" if outside else "upright people")
    elif labels != scope.CELL_LABELS:
        same(said.parts[1], "knows only" if outside else "looks for")
        _known_is_true(said.parts[2], labels, short=not outside)
    kept = len(scene.kept)
    assert (said.form == "nothing") == (not len(scene.found.scores))
    if said.form == "nothing":
        assert bool(said.parts[3]) == outside == said.parts[4].startswith(".")
        return
    assert (said.form == "distrust") == (outside and kept > 0)
    if said.form == "distrust":
        same(said.parts[3], "do not trust its one box" if kept == 1 else f"trust none of its {kept:,} boxes")
    else:
        assert bool(said.parts[3]) == outside
        rest = read(said.parts[4])
        _brief_is_true(scene, rest.form, rest.parts)


def _known(draw: np.random.Generator, found: Candidates) -> Candidates:
    """Return the same of a detector whose classes have a wording of their own, now and then."""
    if len(found.labels) == 3 and draw.random() < 0.5:
        return replace(found, labels=scope.CELL_LABELS)
    return replace(found, labels=("face",)) if len(found.labels) == 1 and draw.random() < 0.5 else found


def _known_is_true(text: str, labels: tuple[str, ...], short: bool = False) -> None:
    if len(labels) > 5 and short:
        same(text, f"{len(labels)} things")
    elif len(labels) > 5:
        count, _, names = text.partition(" kinds of things, such as ")
        holds(count, len(labels))
        assert len(listed_in(names)) == 3 and set(listed_in(names)) <= set(labels)
    else:
        assert listed_in(text) == list(labels)


@true_of(scope.knows, _=r"(.+)")
def knows(draw: np.random.Generator, read: Reader) -> None:
    labels = KINDS[: int(draw.integers(2, 8))]
    _known_is_true(read(scope.knows(labels)).parts[0], labels)
    read(scope.knows(()))


@true_of(
    scope.known_to,
    own=r"(people in full height|faces seen from the front|red and white blood cells and platelets)",
    coco=r"(\d+) kinds of everyday things, such as (people), (cars) and (cups)",
)
def known_to(draw: np.random.Generator, read: Reader) -> None:
    from torchvision.models.detection import FasterRCNN_MobileNet_V3_Large_FPN_Weights as Weights

    model = str(draw.choice([*scope.OWN, *scope.EVERYDAY]))
    said = read(scope.known_to(model))
    assert (said.form == "own") == (model in scope.OWN)
    if said.form == "coco":
        names = [name for name in Weights.DEFAULT.meta["categories"] if name not in ("__background__", "N/A")]
        holds(said.parts[0], len(names))
        assert {part.replace("people", "persons").removesuffix("s") for part in said.parts[1:]} <= set(names)
    else:
        same(said.parts[0].split()[0], {"hog_people": "people", "haar_faces": "faces"}.get(model, "red"))


@true_of(
    words.live,
    nothing=r"At ([\d.]+) nothing is removed: no two windows( of one class)? overlap by (.+) above that\.",
    hard=rf"At ([\d.]+): ({COUNT}) kept, ({COUNT}) (removed|merged) because (it overlaps|each overlaps) a "
    r"better box by (.+) above ([\d.]+)\.",
    lowered=rf"Soft-NMS removes nothing by itself; it lowered ({COUNT}) (score|scores), ({COUNT}) of them below your "
    r"confidence\.",
    linear=r"At ([\d.]+) Soft-NMS lowers nothing: no window overlaps one chosen before (it|your limit of boxes was "
    r"reached)(, of its class,)? by (.+) above that\.",
    gaussian=r"Soft-NMS lowers nothing here: no window overlaps one chosen before (it|your limit of boxes was reached)"
    r"(, of its class,)?\. The Gaussian has no limit to move\.",
)
def live(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    if not scene.found.needs_nms:
        return  # the page has no such line then
    settings, many = scene.settings, len(scene.found.labels) > 1
    said = read(words.live(scene.ledger, settings, many))
    part = dict(enumerate(said.parts))
    spoken = SPOKEN["diou" if settings.method == "diou" else settings.overlap]
    shared, rivals = scene.shared(), scene.rivals()
    asked = (scene.ledger.states > 0)[:, None] & (scene.ledger.states > 0)
    soft = settings.method.startswith("soft")
    assert soft == (said.form in ("lowered", "linear", "gaussian"))
    limit = settings.iou + 1e-5
    if said.form in ("nothing", "hard", "linear"):
        same(str(float(part[0])), settings.iou)
    if said.form == "nothing":
        same(part[2], spoken)
        assert bool(part[1]) == (many and not settings.class_agnostic)
        assert not (shared > limit)[rivals & asked].any()
    elif said.form == "hard":
        holds(part[1], len(scene.kept))
        holds(part[2], len(scene.lost))
        same(part[3], "merged" if settings.method == "merge" else "removed")
        same(part[4], "it overlaps" if len(scene.lost) == 1 else "each overlaps")
        same(part[5], spoken)
        same(str(float(part[6])), settings.iou)
        better = scene.found.scores >= scene.found.scores[:, None]
        assert ((shared > settings.iou - 1e-5) & rivals & better & asked).any(1)[scene.lost].all()
    elif said.form == "lowered":
        lower = scene.ledger.scores < scene.found.scores
        holds(part[0], lower.sum())
        same(part[1], "score" if lower.sum() == 1 else "scores")
        holds(part[2], len(scene.lost))
        assert lower[scene.lost].all() and (scene.ledger.scores[scene.lost] < np.float32(settings.confidence)).all()
    else:
        assert (scene.ledger.scores == scene.found.scores).all()
        at = int(said.form == "linear")
        same(part[at], "your limit of boxes was reached" if len(scene.over) else "it")
        assert bool(part[at + 1]) == (many and not settings.class_agnostic)
        if said.form == "linear":
            same(part[3], spoken)
        # a Gaussian's push at an overlap below a thousandth is lost in the seventh figure of the score
        overlap = rivals & asked & (shared > (limit if said.form == "linear" else 1e-3))
        assert not overlap[scene.ledger.kept].any()


@true_of(
    words.funnel,
    proposed=rf"Proposed ({COUNT})",
    used=rf"Best of them used ({COUNT})",
    enough=rf"Confident enough ({COUNT})",
    left=rf"Left by NMS ({COUNT})",
    kept=rf"Kept ({COUNT})",
)
def funnel(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    rows = [read(f"{name} {count}") for name, count in words.funnel(scene.found.found, scene.ledger)]
    real = {
        "proposed": scene.found.found,
        "used": len(scene.found.scores),
        "enough": np.count_nonzero(scene.ledger.states),
        "left": len(scene.kept) + len(scene.over),
        "kept": len(scene.kept),
    }
    for said in rows:
        holds(said.parts[0], real[said.form])
    counts = [real[said.form] for said in rows]
    assert counts == sorted(counts, reverse=True)
    assert {said.form for said in rows} >= {
        name for name, count in real.items() if name in ("proposed", "enough", "kept")
    }


@true_of(words.capped, none=r"", some=rf"({COUNT}) candidates; the best ({COUNT}) are used\.")
def capped(draw: np.random.Generator, read: Reader) -> None:
    found, used = int(draw.integers(0, 20000)), 8400
    said = read(words.capped(found, min(found, used)))
    assert (said.form == "some") == (found > used)
    if said.form == "some":
        holds(said.parts[0], found)
        holds(said.parts[1], used)


@true_of(
    words.empty,
    there="",
    nothing=r"The (.+) found nothing here\. It knows (.+)\.",
    chosen=rf"({COUNT}) (window|windows), none of the classes that you chose above ([\d.]+)\.",
    below=rf"({COUNT}) (window|windows), none above ([\d.]+)\.",
)
def empty(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    found, count = scene.found, len(scene.found.scores)
    best = float(found.scores[0]) if count else None
    said = read(words.empty(found.title, found.labels, count, scene.ledger, scene.settings, best))
    enough = found.scores >= np.float32(scene.settings.confidence)
    wanted = (
        enough if scene.settings.classes is None else enough & np.isin(found.class_ids, list(scene.settings.classes))
    )
    assert (said.form == "there") == bool(wanted.any())
    assert (said.form == "nothing") == (not count)
    if said.form == "nothing":
        same(said.parts[0], found.title)
        if found.labels != ("person",):
            _known_is_true(said.parts[1], found.labels)
        else:
            same(said.parts[1], "people in full height")
    elif said.form != "there":
        holds(said.parts[0], count)
        same(said.parts[1], "window" if count == 1 else "windows")
        holds(said.parts[2], scene.settings.confidence)
        assert (said.form == "chosen") == bool(enough.any())
        asked = np.isin(found.class_ids, list(scene.settings.classes or ())) if said.form == "chosen" else enough | True
        assert (found.scores[asked] < float(said.parts[2])).all()


@true_of(
    words.left_out,
    none="",
    some=rf"({COUNT}) labelled (box does|boxes do) not count: no area, or a class that this detector does not know\.",
)
def left_out(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(0, 3) * draw.choice([1, 700]))
    said = read(words.left_out(count))
    assert (said.form == "none") == (count == 0)
    if count:
        holds(said.parts[0], count)
        same(said.parts[1], "box does" if count == 1 else "boxes do")


SHARE = r"\d+\.\d %"


@true_of(
    words.with_labels,
    _=rf"({COUNT}) found, ({COUNT}) false, ({COUNT}) missed: (?:precision ({SHARE})|no precision without boxes), "
    rf"(?:recall ({SHARE})|no recall without labels)(?:, AP@50 ({SHARE}))?\.",
)
def with_labels(draw: np.random.Generator, read: Reader) -> None:
    found, false, missed = (int(one) for one in draw.integers(0, 30, 3) * draw.choice([0, 1, 60], 3))
    average = None if draw.random() < 0.3 else float(draw.random())
    said = read(words.with_labels(found, false, missed, average))
    for text, count in zip(said.parts, (found, false, missed), strict=False):
        holds(text, count)
    rates = [found / (found + other) if found + other else None for other in (false, missed)]
    for text, rate in zip(said.parts[3:], [*rates, average], strict=True):
        assert bool(text) == (rate is not None)
        if rate is not None:
            share(text, rate)

"""What Detect answers, and what it says a detector knows."""

from collections import Counter
from dataclasses import replace

import numpy as np

from cvdemo.detect import Candidates, scope, words
from tests.sentences.detect import COUNT, KINDS, MANY, Scene, random_scene
from tests.sentences.table import Reader, holds, listed_in, number, same, true_of

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
        known_is_true(said.parts[2], labels, short=not outside)
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


def known_is_true(text: str, labels: tuple[str, ...], short: bool = False) -> None:
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
    known_is_true(read(scope.knows(labels)).parts[0], labels)
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

"""What Detect says of one box and of one step; overlaps are torchvision's."""

import re

import numpy as np

from cvdemo.detect import box_words, suppress
from tests.sentences.detect import COUNT, SPOKEN, Scene, random_scene, random_settings
from tests.sentences.table import Reader, holds, listed_in, same, true_of

BOX = r"(#\d+|a box that is not shown)"
SCORE = r"([\d.]+)"
LIMITS = rf"your limit of ({COUNT}) (box|boxes)(?: or of ({COUNT}) per class)? was reached before it"
WINDOWS = rf"(nothing|1 window|{COUNT} windows)"
LIST = r"(nothing|#?.+)"
PUSHES = rf"(?:; it pushes {LIST} below your confidence)?"


@true_of(box_words.measure_name, _="(IoU|DIoU|a share of the smaller box)")
def measure(draw: np.random.Generator, read: Reader) -> None:
    settings = random_settings(draw)
    same(read(box_words.measure_name(settings)).parts[0], _spoken(Scene(None, settings, None)))  # type: ignore[arg-type]


def _spoken(scene: Scene) -> str:
    return SPOKEN["diou" if scene.settings.method == "diou" else scene.settings.overlap]


def _named(index: int, numbers: dict[int, int] | None) -> str:
    if numbers is None:
        return f"#{index + 1}"
    return f"#{numbers[index]}" if index in numbers else "a box that is not shown"


def _numbers(draw: np.random.Generator, scene: Scene) -> dict[int, int] | None:
    """Return what the page calls each box: it draws some of them only."""
    if draw.random() < 0.4:
        return None
    shown = np.flatnonzero(draw.random(len(scene.found.scores)) < 0.8)
    return {int(index): place + 1 for place, index in enumerate(shown)}


def _limits_are_true(scene: Scene, index: int, parts: tuple[str, ...]) -> None:
    settings, kinds = scene.settings, scene.found.class_ids
    holds(parts[0], settings.max_detections)
    same(parts[1], "box" if settings.max_detections == 1 else "boxes")
    assert bool(parts[2]) == (settings.max_per_class is not None)
    place = int(np.flatnonzero(scene.ledger.order == index)[0])
    before = [one for one in scene.ledger.order[:place] if one in scene.kept]
    full = len(before) >= settings.max_detections
    if settings.max_per_class is not None:
        holds(parts[2], settings.max_per_class)
        full |= np.count_nonzero(kinds[before] == kinds[index]) >= settings.max_per_class
    assert full


@true_of(
    box_words.inspector,
    lost=rf"{BOX} \(score {SCORE}\) (lost to|was merged into) {BOX} \(score {SCORE}\): they (?:overlap by (IoU|DIoU) "
    rf"(-?[\d.]+)|share {SCORE} of the smaller box), above the limit {SCORE}\.",
    pushed=rf"The score of {BOX} fell from {SCORE} to {SCORE}, below your confidence of {SCORE}, when {BOX} "
    rf"\(score {SCORE}\) was chosen, which it overlaps by (?:(IoU) {SCORE}|{SCORE} of the smaller box)\.",
    over=rf"{BOX} \(score {SCORE}\) lost to no box, but {LIMITS}\.",
    took=rf"{BOX} took in {WINDOWS}; it is now their mean, weighted by score\.",
    fell=rf"{BOX} was kept: its score fell from {SCORE} to {SCORE}\. It pushed {WINDOWS} below your confidence\.",
    stayed=rf"{BOX} was kept: its score stayed {SCORE}\. It pushed {WINDOWS} below your confidence\.",
    removed=rf"{BOX} removed {WINDOWS}\.",
    broken=rf"{BOX} is no valid box: its numbers are not finite\.",
    unchosen=rf"{BOX} \(score {SCORE}\) is of a class that you did not choose\.",
    below=rf"{BOX} \(score {SCORE}\) is below your confidence of {SCORE}\.",
)
def inspector(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    if draw.random() < 0.1 and len(scene.found.scores) > 1:
        scene.found.boxes_xyxy[0, 2] = np.inf
        scene = Scene(scene.found, scene.settings, _told_again(scene))
    numbers = _numbers(draw, scene)
    count = len(scene.found.scores)
    for index in (*np.flatnonzero(scene.ledger.states).tolist(), *range(min(3, count))):
        said = read(box_words.inspector(scene.ledger, index, scene.settings, numbers))
        same(said.parts[0], _named(index, numbers))
        _box_is_true(scene, index, said.form, said.parts, numbers)


def _told_again(scene: Scene) -> object:
    return suppress(scene.found.boxes_xyxy, scene.found.scores, scene.found.class_ids, scene.settings)


def _box_is_true(scene: Scene, index: int, form: str, parts: tuple[str, ...], numbers: dict[int, int] | None) -> None:
    found, ledger, settings = scene.found, scene.ledger, scene.settings
    before, after = float(found.scores[index]), float(ledger.scores[index])
    by, soft = int(ledger.by[index]), settings.method.startswith("soft")
    assert (form in ("lost", "pushed")) == (index in scene.lost)
    assert (form == "over") == (index in scene.over)
    assert (form in ("took", "fell", "stayed", "removed")) == (index in scene.kept)
    if form not in ("took", "removed", "broken"):
        holds(parts[1], before)
    if form == "lost":
        same(parts[2], "was merged into" if settings.method == "merge" else "lost to")
        same(parts[3], _named(by, numbers))
        holds(parts[4], found.scores[by])
        assert by < index and (scene.found.scores[by] >= before)
        shared, smaller = scene.shared()[by, index], _spoken(scene).startswith("a share")
        assert bool(parts[7]) == smaller
        if not smaller:
            same(parts[5], _spoken(scene))
        holds(parts[7] if smaller else parts[6], shared)
        holds(parts[8], settings.iou)
        assert shared > settings.iou - 1e-6
        assert float(parts[7] or parts[6]) > float(parts[8])
    elif form == "pushed":
        holds(parts[2], after)
        holds(parts[3], settings.confidence)
        assert float(parts[2]) < float(parts[3]) and float(parts[2]) < before
        same(parts[4], _named(by, numbers))
        holds(parts[5], found.scores[by])
        assert bool(parts[8]) == (settings.overlap == "smaller")
        holds(parts[7] or parts[8], scene.shared()[by, index])
        assert parts[7] == "" or parts[6] == "IoU"
    elif form == "over":
        assert by == -1
        _limits_are_true(scene, index, parts[2:])
    elif form in ("took", "fell", "stayed", "removed"):
        _winner_is_true(scene, index, form, parts)
    elif form == "broken":
        assert not np.isfinite(found.boxes_xyxy[index]).all()
    elif form == "unchosen":
        assert settings.classes is not None and found.class_ids[index] not in settings.classes
        assert np.float32(before) >= np.float32(settings.confidence)
    else:
        holds(parts[2], settings.confidence)
        assert float(parts[1]) < float(parts[2])
    assert soft or form not in ("pushed", "fell", "stayed")


def _winner_is_true(scene: Scene, index: int, form: str, parts: tuple[str, ...]) -> None:
    removed = np.count_nonzero(scene.ledger.by[scene.lost] == index)
    same(parts[-1], "1 window" if removed == 1 else f"{removed:,} windows" if removed else "nothing")
    before, after = scene.found.scores[index], scene.ledger.scores[index]
    if form == "took":
        assert scene.settings.method == "merge" and removed
    elif form == "removed":
        assert not removed or scene.settings.method in ("greedy", "diou")
    else:
        assert (form == "fell") == (after < before)
    if form == "fell":
        holds(parts[2], after)
        assert float(parts[2]) < float(parts[1])


@true_of(
    box_words.step,
    over=rf"Step ({COUNT}) of ({COUNT})\. {BOX} survives, but {LIMITS}; it (removes|takes in) {LIST}\.",
    over_soft=rf"Step ({COUNT}) of ({COUNT})\. {BOX} survives, but {LIMITS}{PUSHES}\.",
    soft=rf"Step ({COUNT}) of ({COUNT})\. Choose {BOX} \(score now {SCORE}\){PUSHES}\.",
    hard=rf"Step ({COUNT}) of ({COUNT})\. Keep {BOX}; it (removes|takes in) {LIST}\.",
)
def step(draw: np.random.Generator, read: Reader) -> None:
    scene = random_scene(draw)
    numbers, order = _numbers(draw, scene), scene.ledger.order
    verb = "takes in" if scene.settings.method == "merge" else "removes"
    for place in draw.permutation(len(order))[:6].tolist():
        said = read(box_words.step(scene.ledger, place, scene.settings, numbers))
        index = int(order[place])
        holds(said.parts[0], place + 1)
        holds(said.parts[1], len(order))
        same(said.parts[2], _named(index, numbers))
        soft = scene.settings.method.startswith("soft")
        assert said.form.startswith("over") == (index in scene.over)
        assert said.form.endswith("soft") == soft
        if said.form.startswith("over"):
            _limits_are_true(scene, index, said.parts[3:])
        if said.form == "soft":
            holds(said.parts[3], scene.ledger.scores[index])
        if not soft:
            same(said.parts[-2], verb)
        removed = [one for one in scene.lost.tolist() if scene.ledger.by[one] == index]
        _list_is_true(scene, said.parts[-1] or "nothing", index, removed, numbers)


def _list_is_true(scene: Scene, text: str, index: int, removed: list[int], numbers: dict[int, int] | None) -> None:
    assert (text == "nothing") == (not removed)
    if not removed:
        return
    best = sorted(removed, key=lambda one: -scene.found.scores[one])
    parts = listed_in(text)
    assert len(parts) == min(5, len(removed))
    if len(removed) > 4:
        same(parts[4], f"{len(removed) - 4:,} more")
    shared = scene.shared()[index]
    for part, one in zip(parts[:4], best, strict=False):
        name, overlap = re.fullmatch(rf"{BOX} \((-?[\d.]+)\)", part).groups()  # type: ignore[union-attr]
        same(name, _named(one, numbers))
        holds(overlap, shared[one])

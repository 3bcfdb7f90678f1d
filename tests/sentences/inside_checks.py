"""What Saliency says of how far its maps can be believed, and what a slow one costs."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from cvdemo.saliency import box_words
from cvdemo.saliency import words as saliency
from cvdemo.saliency.checks import Checks
from cvdemo.saliency.faithful import Curve
from tests.sentences.inside import SHARE
from tests.sentences.table import Reader, holds, number, same, share, true_of


def _curve(draw: np.random.Generator) -> Curve:
    start, end = draw.uniform(0.3, 1), draw.uniform(0, 0.4)
    return Curve(np.linspace(start, end, 11).astype(np.float32))


def _half(curve: Curve) -> float | None:
    """Return where a straight curve is at half of its start."""
    start, end = float(curve.values[0]), float(curve.values[-1])
    return None if end > start / 2 else (start / 2) / (start - end)


def _random_checks(draw: np.random.Generator) -> Checks:
    alike = None if draw.random() < 0.3 else float(draw.uniform(-0.2, 1))
    return Checks(_curve(draw), _curve(draw), _curve(draw), alike)


AREAS = r"\(deletion ([\d.]+), insertion ([\d.]+)\)"
STAYS = r"With random weights the map stays (-?[\d.]+) similar; a faithful map should change\."
CAREFUL = saliency.CAREFUL.replace(".", r"\.")


def _areas_are_true(checks: Checks, parts: tuple[str, ...]) -> None:
    for text, curve in zip(parts, (checks.deletion, checks.insertion), strict=True):
        holds(text, np.trapezoid(curve.values, dx=0.1))


def _rest_is_true(checks: Checks, rest: list[str], read: Reader) -> None:
    told = [read(text) for text in rest]
    alike = checks.random_similarity
    assert [said.form for said in told] == ([] if alike is None else ["stays", "careful"][: 1 + (alike > 0.8)])
    if alike is not None:
        holds(told[0].parts[0], alike)


@true_of(
    saliency.checked,
    saliency.random_weights,
    never=rf"Hiding the brightest first, the answer never falls to half; a plain blob in the centre (?:needs "
    rf"{SHARE}|(never brings it there)) {AREAS}\.",
    falls=rf"Hiding the brightest first, the answer falls to half after {SHARE} of the pixels; a plain blob in "
    rf"the centre (?:needs {SHARE}|(never brings it there)) {AREAS}\.",
    stays=STAYS,
    careful=CAREFUL,
)
def checked(draw: np.random.Generator, read: Reader) -> None:
    checks = _random_checks(draw)
    first, *rest = saliency.checked(checks)
    _rest_is_true(checks, rest, read)
    said = read(first)
    _areas_are_true(checks, said.parts[-2:])
    deletion, blob = _half(checks.deletion), _half(checks.blob)
    assert (said.form == "never") == (deletion is None) and bool(said.parts[-4]) == (blob is not None)
    same(said.parts[-3], "" if blob is not None else "never brings it there")
    if deletion is not None:
        share(said.parts[0], deletion)
    if blob is not None:
        share(said.parts[-4], blob)


@true_of(
    saliency.shared,
    none="",
    _=rf"The brightest fifths of both maps overlap by {SHARE} \(intersection over union\)(?:; their ranks agree "
    r"by (-?[\d.]+) \(Spearman, 1 = the same order\))?\.",
)
def shared(draw: np.random.Generator, read: Reader) -> None:
    overlap = None if draw.random() < 0.2 else float(draw.random())
    ranks = None if draw.random() < 0.3 else float(draw.uniform(-1, 1))
    said = read(saliency.shared(overlap, ranks))
    assert (said.form == "none") == (overlap is None)
    if overlap is not None:
        share(said.parts[0], overlap)
        assert bool(said.parts[1]) == (ranks is not None)
        if ranks is not None:
            holds(said.parts[1], ranks)


@true_of(
    saliency.cost,
    short=r"Score-CAM runs (.+) ([\d,]+) times, less than a second here\.",
    seconds=r"Score-CAM runs (.+) ([\d,]+) times, about (\d+ s) here\.",
    minutes=r"Score-CAM runs (.+) ([\d,]+) times, about (\d+ minutes) here\.",
)
def cost(draw: np.random.Generator, read: Reader) -> None:
    seconds, runs = float(10 ** draw.uniform(-1, 4)), int(draw.integers(2, 3000))
    said = read(saliency.cost("ResNet-50", runs, seconds))
    same(said.parts[0], "ResNet-50")
    holds(said.parts[1], runs)
    same(said.form, "short" if seconds < 1 else "seconds" if seconds < 90 else "minutes")
    if said.form != "short":
        holds(said.parts[2], seconds / (60 if said.form == "minutes" else 1), "minutes" if seconds >= 90 else "s")


def random_box(draw: np.random.Generator) -> Any:
    """Return what is known of one box: so much as the sentences use."""
    rows, columns = (int(one) for one in draw.integers(3, 9, 2))
    size = (8 * rows, 8 * columns)
    corner = draw.integers(0, 9, 2)
    box = (
        (*corner.tolist(), *(corner + draw.integers(4, 16, 2)).tolist()) if draw.random() < 0.7 else (0, 0, *size[::-1])
    )
    return SimpleNamespace(
        labels=("cat", "dog"), kind=int(draw.integers(2)), score=float(draw.random()), size_hw=size, stride=8,
        seen_box=lambda: box, activations=np.zeros((1, rows, columns), np.float32),
        cell=SimpleNamespace(row=int(draw.integers(rows)), column=int(draw.integers(columns))),
    )  # fmt: skip


@true_of(
    box_words.answer,
    none=r"(cat|dog), ([\d.]+): no place of this map speaks for it\.",
    _=rf"(cat|dog), ([\d.]+): {SHARE} of what speaks for it lies inside the box\.",
)
def box(draw: np.random.Generator, read: Reader) -> None:
    found = random_box(draw)
    values = (draw.random(found.size_hw) * (draw.random() < 0.8)).astype(
        np.float32
    )  # as large as the photo: no resizing
    said = read(box_words.answer(found, values))
    same(said.parts[0], found.labels[found.kind])
    holds(said.parts[1], found.score)
    assert (said.form == "none") == (not values.any())
    if values.any():
        x0, y0, x1, y1 = found.seen_box()
        inside = float(values[y0:y1, x0:x1].sum(dtype=np.float64)) / float(values.sum(dtype=np.float64))
        assert abs(number(said.parts[2]) - 100 * inside) < 0.0502


@true_of(
    box_words.origin,
    _=r"The box comes from one cell, row (\d+) and column (\d+) of a grid of (\d+) x (\d+), (\d+) pixels of the "
    r"model's picture a cell\.",
)
def origin(draw: np.random.Generator, read: Reader) -> None:
    found = random_box(draw)
    real = (found.cell.row + 1, found.cell.column + 1, *found.activations.shape[1:], found.stride)
    for text, value in zip(read(box_words.origin(found)).parts, real, strict=True):
        holds(text, value)


BLOB = rf"a plain blob in the middle of the box (?:needs {SHARE}|(never brings it there)) {AREAS}\."


@true_of(
    box_words.checked,
    never=r"Hiding the brightest first, the score never falls to half, not even with ([\d.]+) times the box's "
    rf"area hidden; {BLOB}",
    falls=rf"Hiding the brightest first, the score falls to half after {SHARE} of the box's area; {BLOB}",
    stays=STAYS,
    careful=CAREFUL,
)
def box_checked(draw: np.random.Generator, read: Reader) -> None:
    found, checks = random_box(draw), _random_checks(draw)
    first, *rest = box_words.checked(found, checks)
    _rest_is_true(checks, rest, read)
    said = read(first)
    _areas_are_true(checks, said.parts[-2:])
    deletion, blob = _half(checks.deletion), _half(checks.blob)
    assert (said.form == "never") == (deletion is None) and bool(said.parts[-4]) == (blob is not None)
    same(said.parts[-3], "" if blob is not None else "never brings it there")
    x0, y0, x1, y1 = found.seen_box()
    hidden = min(2.0, found.size_hw[0] * found.size_hw[1] / ((x1 - x0) * (y1 - y0)))  # of the box's area, in the end
    if deletion is None:
        holds(said.parts[0], hidden)
    else:
        share(said.parts[0], deletion * hidden)
    if blob is not None:
        share(said.parts[-4], blob * hidden)

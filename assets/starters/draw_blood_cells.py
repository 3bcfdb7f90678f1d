"""Draw blood_cells.png, a seeded blood smear, and blood_cells.json, the true box of every cell in it.

The light of a microscope passes through the cells, so what overlaps gets darker: every cell adds optical density per
colour, and the picture is background * exp(-density). Run ``python assets/starters/draw_blood_cells.py`` to redraw.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

WIDTH, HEIGHT, SEED = 640, 480, 20
SCALE = 2  # drawn twice as large, then reduced: smooth edges
SLIDE = np.array([238.0, 222.0, 220.0])
RED_CELL = np.array([0.10, 0.46, 0.40])  # optical density per colour: haemoglobin takes green and blue
CYTOPLASM = np.array([0.30, 0.30, 0.10])
NUCLEUS = np.array([0.80, 1.30, 0.42])
GRANULE = np.array([0.52, 0.90, 0.34])

Array = NDArray[np.float64]
Box = dict[str, object]


def _noise(rng: np.random.Generator, cells: int) -> Array:
    """Return smooth noise over the slide, mean 0 and about 1 at its peaks, with ``cells`` bumps across."""
    small = Image.fromarray((rng.random((max(2, cells * 3 // 4), cells)) * 255).astype(np.uint8))
    large = small.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC)
    return np.asarray(large, dtype=np.float64) / 127.5 - 1


def _polar(x: float, y: float) -> tuple[Array, Array]:
    rows, columns = np.mgrid[0 : HEIGHT * SCALE, 0 : WIDTH * SCALE] / SCALE
    return np.hypot(columns - x, rows - y), np.arctan2(rows - y, columns - x)


def _outline(rng: np.random.Generator, radius: float, uneven: float, angle: Array) -> Array:
    """Return the cell's radius in every direction: a circle with three gentle waves."""
    outline = np.full_like(angle, radius)
    for n in (2, 3, 4):
        outline += radius * rng.normal(0, uneven / n) * np.cos(n * angle + rng.uniform(0, 2 * np.pi))
    return outline


def _disc(distance: Array, outline: Array, softness: float = 1.2) -> Array:
    """Return 1 inside the outline and 0 outside, with an edge ``softness`` pixels wide."""
    return 0.5 - 0.5 * np.tanh((distance - outline) / softness)


def _box(inside: Array, label: str) -> Box | None:
    """Return the box of what is visible, or None if nothing is."""
    rows, columns = np.nonzero(inside > 0.5)
    if rows.size == 0:
        return None
    left, top = columns.min() / SCALE, rows.min() / SCALE
    right, bottom = (columns.max() + 1) / SCALE, (rows.max() + 1) / SCALE
    return {"label": label, "box_xyxy": [round(float(v), 1) for v in (left, top, right, bottom)]}


def _red_cell(rng: np.random.Generator, x: float, y: float) -> tuple[Array, Box | None]:
    distance, angle = _polar(x, y)
    outline = _outline(rng, rng.normal(31, 2.1), 0.055, angle)
    inside = _disc(distance, outline)
    share = np.clip(distance / outline, 0, 1.2)
    pale = 1 - rng.uniform(0.5, 0.72) * np.exp(-((share / rng.uniform(0.40, 0.5)) ** 2))
    rim = 1 + 0.22 * np.exp(-(((share - 0.88) / 0.09) ** 2))
    density = inside * pale * rim * rng.uniform(0.78, 1.14)
    return density[..., None] * RED_CELL, _box(inside, "RBC")


def _white_cell(rng: np.random.Generator, x: float, y: float, lobes: int) -> tuple[Array, Box | None]:
    distance, angle = _polar(x, y)
    outline = _outline(rng, rng.uniform(49, 55), 0.03, angle)
    inside = _disc(distance, outline, 1.8)
    nucleus = np.zeros_like(distance)
    start = rng.uniform(0, 2 * np.pi)
    for lobe in range(lobes):
        turn = start + lobe * 1.25
        reach = 0 if lobes == 1 else 21
        apart, around = _polar(x + reach * np.cos(turn), y + reach * np.sin(turn))
        size = 37 if lobes == 1 else rng.uniform(19, 23)
        nucleus = np.maximum(nucleus, _disc(apart, _outline(rng, size, 0.05, around), 1.8))
    chromatin = 1 + 0.16 * _noise(rng, 90) + 0.12 * _noise(rng, 36)
    dusty = 1 + 0.35 * _noise(rng, 150)
    density = (inside * dusty)[..., None] * CYTOPLASM + (nucleus * chromatin)[..., None] * NUCLEUS
    return density, _box(inside, "WBC")


def _platelet(rng: np.random.Generator, x: float, y: float) -> tuple[Array, Box | None]:
    distance, angle = _polar(x, y)
    inside = _disc(distance, _outline(rng, rng.uniform(7, 10.5), 0.10, angle), 1.6)
    density = inside * (0.75 + 0.4 * np.exp(-((distance / 5) ** 2))) * (1 + 0.25 * _noise(rng, 160))
    return density[..., None] * GRANULE, _box(inside, "Platelets")


def _places(
    rng: np.random.Generator, count: int, apart: float, taken: list[tuple[float, float, float]], margin: float
) -> list[tuple[float, float]]:
    """Throw ``count`` centres that keep ``apart`` from each other and the given distance from those ``taken``."""
    found: list[tuple[float, float]] = []
    for _ in range(20_000):
        x, y = rng.uniform(margin, WIDTH - margin), rng.uniform(margin, HEIGHT - margin)
        free = all(np.hypot(x - a, y - b) > gap for a, b, gap in taken)
        if free and all(np.hypot(x - a, y - b) > apart for a, b in found):
            found.append((x, y))
        if len(found) == count:
            break
    return found


def draw() -> tuple[Image.Image, list[Box]]:
    """Return the smear, 640 x 480 RGB, and the box of every cell in it."""
    rng = np.random.default_rng(SEED)
    white = [(196.0, 168.0), (452.0, 322.0), (560.0, 92.0)]
    red = _places(rng, 66, 44, [(x, y, 72.0) for x, y in white], -6)
    spots = _places(rng, 9, 60, [(x, y, 70.0) for x, y in white] + [(x, y, 41.0) for x, y in red], 14)
    drawn = [_red_cell(rng, x, y) for x, y in red]
    drawn += [_white_cell(rng, x, y, lobes) for (x, y), lobes in zip(white, (3, 1, 4), strict=True)]
    drawn += [_platelet(rng, x, y) for x, y in spots]
    density = np.sum([layer for layer, _ in drawn], axis=0)
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * SCALE * 1j, -1 : 1 : WIDTH * SCALE * 1j]
    light = 1 - 0.07 * (rows**2 + columns**2) / 2 + 0.012 * _noise(rng, 6)
    pixels = SLIDE * light[..., None] * np.exp(-density)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    picture = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.5))
    return picture, [box for _, box in drawn if box is not None]


def main() -> None:
    """Write both files beside this script."""
    folder = Path(__file__).parent
    picture, boxes = draw()
    picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG).save(
        folder / "blood_cells.png", optimize=True
    )
    lines = ",\n    ".join(json.dumps(box) for box in boxes)
    (folder / "blood_cells.json").write_text(
        f'{{\n  "image": "blood_cells.png",\n  "size_wh": [{WIDTH}, {HEIGHT}],\n  "boxes": [\n    {lines}\n  ]\n}}\n'
    )


if __name__ == "__main__":
    main()

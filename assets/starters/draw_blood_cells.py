"""Draw seeded blood smears, a PNG each, and beside it a JSON file with the true box of every cell in it.

The light of a microscope passes through the cells, so what overlaps gets darker: every cell adds optical density per
colour, and the picture is background * exp(-density). Run ``python assets/starters/draw_blood_cells.py`` to redraw.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 640, 480
SCALE = 2  # drawn twice as large, then reduced: smooth edges
SLIDE = np.array([238.0, 222.0, 220.0])
RED_CELL = np.array([0.10, 0.46, 0.40])  # optical density per colour: haemoglobin takes green and blue
CYTOPLASM = np.array([0.30, 0.30, 0.10])
NUCLEUS = np.array([0.80, 1.30, 0.42])
GRANULE = np.array([0.52, 0.90, 0.34])

Array = NDArray[np.float64]
Box = dict[str, object]
Places = list[tuple[float, float]]
Cell = tuple["_Window", Array, Box | None]


@dataclass(frozen=True)
class Layout:
    """Where the cells of one smear lie: centres in pixels; white ones as (x, y, lobes of the nucleus)."""

    red: Places
    white: list[tuple[float, float, int]]
    platelets: Places


@dataclass(frozen=True)
class Smear:
    """One picture.

    Args:
        zoom: how large its cells are, in those of the first smear.
        uneven: how far red cells are from round.
        thickness: how much light red cells take, in those of the first smear.
        platelet: how large its platelets are.
    """

    name: str
    seed: int
    zoom: float
    uneven: float
    thickness: float
    platelet: float
    layout: Callable[[np.random.Generator], Layout]


class _Window:
    """The part of the slide around one cell: nothing beyond it is drawn, so that a smear takes a second."""

    def __init__(self, x: float, y: float, reach: float) -> None:
        low = [max(0, int((value - reach) * SCALE)) for value in (x, y)]
        self.columns = slice(low[0], max(low[0], min(WIDTH * SCALE, int((x + reach) * SCALE))))
        self.rows = slice(low[1], max(low[1], min(HEIGHT * SCALE, int((y + reach) * SCALE))))

    def polar(self, x: float, y: float) -> tuple[Array, Array]:
        """Return distance from and angle around a place."""
        rows, columns = np.mgrid[self.rows, self.columns] / SCALE
        return np.hypot(columns - x, rows - y), np.arctan2(rows - y, columns - x)

    def noise(self, rng: np.random.Generator, cells: int) -> Array:
        """Return what lies here of smooth noise over the slide."""
        return _noise(rng, cells)[self.rows, self.columns]

    def box(self, inside: Array, label: str) -> Box | None:
        """Return the box of what is visible, or None if nothing is."""
        rows, columns = np.nonzero(inside > 0.5)
        if rows.size == 0:
            return None
        rows, columns = rows + self.rows.start, columns + self.columns.start
        edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        return {"label": label, "box_xyxy": [round(float(edge) / SCALE, 1) for edge in edges]}


def _noise(rng: np.random.Generator, cells: int) -> Array:
    """Return smooth noise over the slide, mean 0 and about 1 at its peaks, with ``cells`` bumps across."""
    small = Image.fromarray((rng.random((max(2, cells * 3 // 4), cells)) * 255).astype(np.uint8))
    large = small.resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.BICUBIC)
    return np.asarray(large, dtype=np.float64) / 127.5 - 1


def _outline(rng: np.random.Generator, radius: float, uneven: float, angle: Array) -> Array:
    """Return the cell's radius in every direction: a circle with three gentle waves."""
    outline = np.full_like(angle, radius)
    for n in (2, 3, 4):
        outline += radius * rng.normal(0, uneven / n) * np.cos(n * angle + rng.uniform(0, 2 * np.pi))
    return outline


def _disc(distance: Array, outline: Array, softness: float = 1.2) -> Array:
    """Return 1 inside the outline and 0 outside, with an edge ``softness`` pixels wide."""
    return 0.5 - 0.5 * np.tanh((distance - outline) / softness)


def _red_cell(rng: np.random.Generator, x: float, y: float, smear: Smear) -> Cell:
    window = _Window(x, y, 75 * smear.zoom)
    distance, angle = window.polar(x, y)
    outline = _outline(rng, rng.normal(31, 2.1) * smear.zoom, smear.uneven, angle)
    inside = _disc(distance, outline)
    share = np.clip(distance / outline, 0, 1.2)
    pale = 1 - rng.uniform(0.5, 0.72) * np.exp(-((share / rng.uniform(0.40, 0.5)) ** 2))
    rim = 1 + 0.22 * np.exp(-(((share - 0.88) / 0.09) ** 2))
    density = inside * pale * rim * rng.uniform(0.78, 1.14) * smear.thickness
    return window, density[..., None] * RED_CELL, window.box(inside, "RBC")


def _white_cell(rng: np.random.Generator, x: float, y: float, lobes: int, zoom: float) -> Cell:
    window = _Window(x, y, 110 * zoom)
    distance, angle = window.polar(x, y)
    outline = _outline(rng, rng.uniform(49, 55) * zoom, 0.03, angle)
    inside = _disc(distance, outline, 1.8)
    nucleus = np.zeros_like(distance)
    start = rng.uniform(0, 2 * np.pi)
    for lobe in range(lobes):
        turn = start + lobe * 1.25
        reach = 0 if lobes == 1 else 21 * zoom
        apart, around = window.polar(x + reach * np.cos(turn), y + reach * np.sin(turn))
        size = 37 if lobes == 1 else rng.uniform(19, 23)
        nucleus = np.maximum(nucleus, _disc(apart, _outline(rng, size * zoom, 0.05, around), 1.8))
    chromatin = 1 + 0.16 * window.noise(rng, 90) + 0.12 * window.noise(rng, 36)
    dusty = 1 + 0.35 * window.noise(rng, 150)
    density = (inside * dusty)[..., None] * CYTOPLASM + (nucleus * chromatin)[..., None] * NUCLEUS
    return window, density, window.box(inside, "WBC")


def _platelet(rng: np.random.Generator, x: float, y: float, zoom: float) -> Cell:
    window = _Window(x, y, 60 * zoom)
    distance, angle = window.polar(x, y)
    inside = _disc(distance, _outline(rng, rng.uniform(7, 10.5) * zoom, 0.10, angle), 1.6)
    dense_middle = 0.75 + 0.4 * np.exp(-((distance / (5 * zoom)) ** 2))
    density = inside * dense_middle * (1 + 0.25 * window.noise(rng, 160))
    return window, density[..., None] * GRANULE, window.box(inside, "Platelets")


def _places(
    rng: np.random.Generator, count: int, apart: float, taken: list[tuple[float, float, float]], margin: float
) -> Places:
    """Throw ``count`` centres that keep ``apart`` from each other and the given distance from those ``taken``."""
    found: Places = []
    for _ in range(20_000):
        x, y = rng.uniform(margin, WIDTH - margin), rng.uniform(margin, HEIGHT - margin)
        free = all(np.hypot(x - a, y - b) > gap for a, b, gap in taken)
        if free and all(np.hypot(x - a, y - b) > apart for a, b in found):
            found.append((x, y))
        if len(found) == count:
            break
    return found


def _scattered(rng: np.random.Generator) -> Layout:
    """Red cells side by side, three white ones, a few platelets."""
    white = [(196.0, 168.0, 3), (452.0, 322.0, 1), (560.0, 92.0, 4)]
    red = _places(rng, 66, 44, [(x, y, 72.0) for x, y, _ in white], -6)
    taken = [(x, y, 70.0) for x, y, _ in white] + [(x, y, 41.0) for x, y in red]
    return Layout(red, white, _places(rng, 9, 60, taken, 14))


def _piled(rng: np.random.Generator) -> Layout:
    """Red cells in stacks (rouleaux): neighbours overlap by half and more, which NMS takes for duplicates."""
    middle_x, middle_y = 505.0, 345.0  # of the white cell
    red: Places = []
    for x, y in _places(rng, 16, 92, [(middle_x, middle_y, 150.0)], 24):
        others, turn = list(red), rng.uniform(0, 2 * np.pi)
        for _ in range(rng.integers(2, 5)):
            inside = 16 < x < WIDTH - 16 and 16 < y < HEIGHT - 16
            alone = np.hypot(x - middle_x, y - middle_y) > 122 and all(np.hypot(x - a, y - b) > 62 for a, b in others)
            if not inside or not alone:
                break
            red.append((x, y))
            turn, step = turn + rng.normal(0, 0.3), rng.uniform(24, 42)
            x, y = x + step * np.cos(turn), y + step * np.sin(turn)
    taken = [(middle_x, middle_y, 110.0)] + [(x, y, 64.0) for x, y in red]
    return Layout(red, [(middle_x, middle_y, 3)], _places(rng, 4, 60, taken, 16))


def _clotting(rng: np.random.Generator) -> Layout:
    """Many platelets, alone and in clumps, four white cells, few red ones."""
    white = [(120.0, 130.0, 4), (330.0, 350.0, 1), (545.0, 130.0, 3)]
    red = _places(rng, 7, 110, [(x, y, 145.0) for x, y, _ in white], 30)
    taken = [(x, y, 110.0) for x, y, _ in white] + [(x, y, 68.0) for x, y in red]
    alone = _places(rng, 14, 56, taken, 22)
    beside = [(x + rng.uniform(22, 32), y + rng.uniform(-24, 24)) for x, y in alone[:5]]
    return Layout(red, white, alone + beside)


SMEARS = (
    Smear("blood_cells", 20, 1.0, 0.055, 1.0, 1.0, _scattered),
    Smear("cells_crowded", 7, 1.5, 0.075, 0.72, 2.0, _piled),
    Smear("cells_platelets", 3, 1.55, 0.075, 0.9, 2.1, _clotting),
)


def draw(smear: Smear) -> tuple[Image.Image, list[Box]]:
    """Return the smear, 640 x 480 RGB, and the box of every cell in it."""
    rng = np.random.default_rng(smear.seed)
    layout = smear.layout(rng)
    drawn = [_red_cell(rng, x, y, smear) for x, y in layout.red]
    drawn += [_white_cell(rng, x, y, lobes, smear.zoom) for x, y, lobes in layout.white]
    drawn += [_platelet(rng, x, y, smear.platelet) for x, y in layout.platelets]
    density = np.zeros((HEIGHT * SCALE, WIDTH * SCALE, 3))
    for window, layer, _ in drawn:
        density[window.rows, window.columns] += layer
    rows, columns = np.mgrid[-1 : 1 : HEIGHT * SCALE * 1j, -1 : 1 : WIDTH * SCALE * 1j]
    light = 1 - 0.07 * (rows**2 + columns**2) / 2 + 0.012 * _noise(rng, 6)
    pixels = SLIDE * light[..., None] * np.exp(-density)
    picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    picture = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.5))
    return picture, [box for _, _, box in drawn if box is not None]


def main() -> None:
    """Write both files of every smear beside this script."""
    folder = Path(__file__).parent
    for smear in SMEARS:
        picture, boxes = draw(smear)
        picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG).save(
            folder / f"{smear.name}.png", optimize=True
        )
        lines = ",\n    ".join(json.dumps(box) for box in boxes)
        head = f'"image": "{smear.name}.png",\n  "size_wh": [{WIDTH}, {HEIGHT}]'
        (folder / f"{smear.name}.json").write_text(f'{{\n  {head},\n  "boxes": [\n    {lines}\n  ]\n}}\n')


if __name__ == "__main__":
    main()

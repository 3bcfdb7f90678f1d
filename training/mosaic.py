"""Changes the blood cell photos a little: turned, mirrored, scaled, recoloured, and four of them in one picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.cells import Scene

GREY = 114
SMALLEST_SIDE = 4.0  # px of what is left of a cell at an edge
SMALLEST_SHARE = 0.3  # of its area


@dataclass(frozen=True, eq=False)
class Picture:
    """What one training step sees: ``pixels`` uint8 (side, side, 3), the boxes in them and their classes."""

    pixels: NDArray[np.uint8]
    boxes_xyxy: NDArray[np.float32]
    classes: NDArray[np.int32]


def picture(scenes: list[Scene], first: int, side: int, mosaic: bool, random: Generator) -> Picture:
    """Return the scene ``first``, changed, in a square; as a mosaic with three others (Bochkovskiy et al. 2020)."""
    pixels = np.full((side, side, 3), GREY, np.uint8)
    boxes, classes = [], []
    middle_x, middle_y = random.integers(int(0.3 * side), int(0.7 * side), 2) if mosaic else (side, side)
    windows = [(0, 0, middle_x, middle_y), (middle_x, 0, side, middle_y)]
    windows += [(0, middle_y, middle_x, side), (middle_x, middle_y, side, side)]
    for number, (x0, y0, x1, y1) in enumerate(windows if mosaic else windows[:1]):
        scene = turned(scenes[first if number == 0 else random.integers(len(scenes))], random)
        part = window(scene, (x1 - x0, y1 - y0), _scale(scene, side, random), random)
        pixels[y0:y1, x0:x1] = part.pixels
        boxes.append(part.boxes_xyxy + np.array([x0, y0, x0, y0], np.float32))
        classes.append(part.classes)
    return Picture(recoloured(pixels, random), np.concatenate(boxes), np.concatenate(classes))


def _scale(scene: Scene, side: int, random: Generator) -> float:
    """Return a scale around the one at which the page looks at photos."""
    return float(side / max(scene.pixels.shape[:2]) * np.exp(random.uniform(np.log(0.7), np.log(1.5))))


def turned(scene: Scene, random: Generator) -> Scene:
    """Return one of the eight ways to lay a photo down: blood has no up and no left."""
    pixels, boxes = scene.pixels, scene.boxes_xyxy
    if random.random() < 0.5:  # over the diagonal
        pixels, boxes = pixels.transpose(1, 0, 2), boxes[:, [1, 0, 3, 2]]
    for axis in (0, 1):  # top to bottom, left to right
        if random.random() < 0.5:
            pixels, length = np.flip(pixels, axis), pixels.shape[axis]
            boxes = boxes.copy()
            boxes[:, [1 - axis, 3 - axis]] = length - boxes[:, [3 - axis, 1 - axis]]
    return Scene(scene.name, np.ascontiguousarray(pixels), boxes, scene.classes)


def window(scene: Scene, size_wh: tuple[int, int], scale: float, random: Generator) -> Picture:
    """Return a random window of the scaled scene; cells of which little is left at its edges are no cells any more."""
    width, height = size_wh
    shifts = [size - scale * full for size, full in zip(size_wh, scene.pixels.shape[1::-1], strict=True)]
    left, top = (random.uniform(min(0.0, shift), max(0.0, shift)) for shift in shifts)
    matrix = np.array([[scale, 0, left], [0, scale, top]], np.float32)
    pixels = cv2.warpAffine(scene.pixels, matrix, (int(width), int(height)), borderValue=(GREY, GREY, GREY))
    boxes = scene.boxes_xyxy * scale + np.array([left, top, left, top], np.float32)
    inside = np.clip(boxes, 0, np.array([width, height, width, height], np.float32)).astype(np.float32)
    sides = inside[:, 2:] - inside[:, :2]
    share = sides.prod(axis=1) / (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    kept = (sides.min(axis=1) >= SMALLEST_SIDE) & (share >= SMALLEST_SHARE)
    return Picture(np.asarray(pixels, np.uint8), inside[kept], scene.classes[kept])


def recoloured(pixels: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """Change brightness, contrast, saturation and tint: every laboratory stains and lights its own way."""
    values = pixels.astype(np.float32) * random.uniform(0.9, 1.1, 3).astype(np.float32)
    grey = values.mean(axis=2, keepdims=True)
    values = grey + (values - grey) * np.float32(random.uniform(0.6, 1.4))
    middle = values.mean()
    values = middle + (values - middle) * np.float32(random.uniform(0.8, 1.2)) + np.float32(random.uniform(-25, 25))
    return np.clip(values, 0, 255).astype(np.uint8)

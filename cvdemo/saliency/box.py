"""Explains one box of a detector: which places of the map that its cell reads speak for its class."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, images, models, runs
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import SettingError
from cvdemo.images import Photo
from cvdemo.inside.cams import CAMS
from cvdemo.preprocess import detector_side
from cvdemo.results import Results
from cvdemo.saliency.measures import resized, scaled
from cvdemo.saliency.targets import Target, number_of
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyDetector
    from cvdemo.loading.parts import Entry
    from cvdemo.saliency.cells import Cell

Box = tuple[float, float, float, float]
OnProgress = Callable[[Progress], None]

METHODS = ("gradcam", "layercam")
SAME = 0.5  # a candidate that overlaps the asked box by less is another one

_found = Results("box evidence")


@dataclass(frozen=True)
class BoxAsked:
    """What the explanation of a box depends on.

    Args:
        digest: of the photo.
        box_xyxy: in pixels of the upright photo.
        kind: number of the class, or None for the best one of the candidate there.
    """

    digest: str
    model: str
    box_xyxy: Box
    kind: int | None


@dataclass(frozen=True)
class BoxEvidence:
    """One run of a detector, and back from one candidate's class to the map that its cell reads.

    Args:
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        array: float32 (1, 3, h, w), 0..1, what the network saw: the photo with grey around it.
        to_photo: a place (x, y) of ``array`` lies at (x, y) * the first pair + the second in the upright photo.
        box_xyxy: of the candidate that was found, in pixels of the upright photo.
        cell: from which it comes.
        activations, gradients: float32 (C, h', w'), of that cell's grid.
        logit: of the class, before the sigmoid.
        stride: pixels of ``array`` a place of the map.
    """

    asked: BoxAsked
    weights: str
    array: NDArray[np.float32]
    to_photo: tuple[tuple[float, float], tuple[float, float]]
    photo_wh: tuple[int, int]
    box_xyxy: Box
    cell: "Cell"
    kind: int
    labels: tuple[str, ...]
    activations: NDArray[np.float32]
    gradients: NDArray[np.float32]
    logit: float
    network_ms: float

    @property
    def size_hw(self) -> tuple[int, int]:
        """Height and width of what the network saw."""
        return self.array.shape[2], self.array.shape[3]

    @property
    def score(self) -> float:
        """The candidate's score for the class, 0..1."""
        return float(1 / (1 + np.exp(-self.logit)))

    @property
    def stride(self) -> int:
        """Pixels of what the network saw along one place of the map."""
        return self.size_hw[1] // self.activations.shape[2]

    def seen_box(self) -> Box:
        """Return the box in pixels of what the network saw."""
        (scale_x, scale_y), (left, top) = self.to_photo
        x0, y0, x1, y1 = self.box_xyxy
        return (x0 - left) / scale_x, (y0 - top) / scale_y, (x1 - left) / scale_x, (y1 - top) / scale_y


def can_explain(spec: ModelSpec) -> bool:
    """Return whether boxes of a detector can be explained: YOLO's, each of which is one cell of one map."""
    return spec.task == "detect" and spec.source in ("ultralytics", "bundled")


def explain_box(
    path: Path, model: str, box_xyxy: Box, kind: Target = None, progress: OnProgress | None = None
) -> BoxEvidence:
    """Return what speaks for the class of a detector's candidate; what is known runs nothing.

    Args:
        box_xyxy: of the candidate, in pixels of the upright photo; the one that overlaps it most is explained.
        kind: the class, by name or number; None = the candidate's best one.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: a model whose boxes cannot be explained, an unknown class, or no candidate there.
        ModelUnavailable: the model cannot be had, or its numbers are none.
    """
    spec = get(model)
    if not can_explain(spec):
        raise SettingError(f"{spec.title} has no boxes that a map could explain. Choose a YOLO.")
    photo = images.open(path).at(detector_side(spec))
    with models.borrow_detector(model, progress) as ready:
        number = None if kind is None else number_of(kind, ready.labels, spec.title)
        asked = BoxAsked(photo.digest, model, box_xyxy, number)
        known = known_box(asked)
        if known is not None:
            return known
        found = _run(ready, photo, asked)
    _found.put(asked, found)
    return found


def known_box(asked: BoxAsked) -> BoxEvidence | None:
    """Return the answer to ``asked`` if it is known; never runs anything."""
    return _found.get(asked)


def _run(ready: "ReadyDetector", photo: Photo, asked: BoxAsked) -> BoxEvidence:
    from cvdemo.saliency import cells

    assert ready.prepare is not None
    entry = ready.prepare(photo.pixels)
    array, to_photo = np.ascontiguousarray(entry.array.numpy()), _to_photo(photo, entry)
    started = time.perf_counter()
    with compute.turn():
        grids = cells.run(ready, array)
        boxes = _on_photo(grids.boxes.cpu().numpy(), to_photo, photo.full_size_wh)
        kinds = grids.kinds.cpu().numpy()
        candidate = _nearest(boxes, kinds, asked)
        kind = int(kinds[candidate]) if asked.kind is None else asked.kind
        cell = grids.cell(candidate, kind)
        activations, gradients, logit = cells.look_back(grids, cell, kind)
    network_ms = 1000 * (time.perf_counter() - started)
    runs.check_finite(ready.spec, activations, gradients, logit)
    x0, y0, x1, y1 = boxes[candidate].tolist()
    return BoxEvidence(
        asked, ready.weights, array, to_photo, photo.full_size_wh, (x0, y0, x1, y1), cell, kind, ready.labels,
        activations, gradients, logit, network_ms,
    )  # fmt: skip


def _to_photo(photo: Photo, entry: "Entry") -> tuple[tuple[float, float], tuple[float, float]]:
    """Return scale and shift from what the network saw to the upright photo, each along x and y."""
    width, height = photo.full_size_wh
    left, top, right, bottom = photo.covers_xyxy or (0, 0, width, height)
    rows, columns = photo.pixels.shape[:2]
    scale = ((right - left) / columns / entry.scale_wh[0], (bottom - top) / rows / entry.scale_wh[1])
    return scale, (left - entry.shift_wh[0] * scale[0], top - entry.shift_wh[1] * scale[1])


def _on_photo(
    boxes: NDArray[np.float32], to_photo: tuple[tuple[float, float], tuple[float, float]], size_wh: tuple[int, int]
) -> NDArray[np.float64]:
    scale, shift = (np.array(pair * 2) for pair in to_photo)
    return np.clip(boxes * scale + shift, 0, size_wh * 2)


def _nearest(boxes: NDArray[np.float64], kinds: NDArray[np.int32], asked: BoxAsked) -> int:
    """Return the candidate of the asked class, if one is asked for, that overlaps the asked box most."""
    x0, y0, x1, y1 = asked.box_xyxy
    wide = np.minimum(boxes[:, 2], x1) - np.maximum(boxes[:, 0], x0)
    high = np.minimum(boxes[:, 3], y1) - np.maximum(boxes[:, 1], y0)
    shared = np.maximum(wide, 0) * np.maximum(high, 0)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    overlap = shared / np.maximum(areas + (x1 - x0) * (y1 - y0) - shared, 1e-9)
    if asked.kind is not None:
        overlap = np.where(kinds == asked.kind, overlap, 0)
    best = int(overlap.argmax())
    if overlap[best] < SAME:
        raise SettingError("The detector proposes no such box there. Take a box as /detect gives it.")
    return best


def box_map(found: BoxEvidence, method: str) -> NDArray[np.float32]:
    """Return the map of a method, float32 (h', w') over ``array``, not negative.

    Raises:
        SettingError: the method is none of `METHODS`.
    """
    if method not in METHODS:
        raise SettingError(f"{str(method)[:40]} is no method for a box. It can be explained by {', '.join(METHODS)}.")
    return CAMS[method](found.activations, found.gradients)


def over_photo(found: BoxEvidence, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a map over what the network saw as a map over the photo alone, without the grey around it.

    Returns:
        float32 (h, w), one value a pixel that the network saw of the photo, from 0 to 1.
    """
    (scale_x, scale_y), (left, top) = found.to_photo
    x0, y0 = max(0, round(-left / scale_x)), max(0, round(-top / scale_y))
    x1, y1 = round((found.photo_wh[0] - left) / scale_x), round((found.photo_wh[1] - top) / scale_y)
    return scaled(resized(values, found.size_hw))[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]


def within(found: BoxEvidence, values: NDArray[np.float32]) -> float | None:
    """Return the share of a map's sum, 0..1, that lies inside the box, bilinear; None for a map dark everywhere."""
    large = resized(values, found.size_hw).astype(np.float64)
    total = float(large.sum())
    x0, y0, x1, y1 = found.seen_box()
    down, across = (
        np.clip(np.minimum(np.arange(side) + 1, high) - np.maximum(np.arange(side), low), 0, 1)
        for side, low, high in ((found.size_hw[0], y0, y1), (found.size_hw[1], x0, x1))
    )
    return float(down @ large @ across) / total if total > 0 else None

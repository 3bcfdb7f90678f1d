"""Random heaps of boxes, and what became of them, for what Detect says; overlaps are torchvision's."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import box_iou, distance_box_iou

from cvdemo.detect import Candidates, Ledger, Settings, State, suppress
from cvdemo.detect.settings import METHODS
from tests.scenes import heaps, scene, squares

KINDS = ("person", "bus", "knife", "sheep", "mouse", "box", "RBC")
MANY = {"person": "people", "bus": "buses", "knife": "knives", "sheep": "sheep", "mouse": "mice", "box": "boxes"}
TITLES = ("HOG + SVM", "YOLOv8n, blood cells", "YOLO26n")
CONFIDENCES = (0.25, 0.25, 0.6, 0.05, 0.995, 0.9049)
SPOKEN = {"iou": "IoU", "smaller": "a share of the smaller box", "diou": "DIoU"}
COUNT = r"[\d,]+"
SHARE = r"\d+\.\d %"


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
    boxes, scores, _ = (
        heaps(seed, count, int(draw.integers(1, 6))),
        scene(2 * seed, count, 200),
        squares(count),
    )[draw.choice(3, p=[0.5, 0.3, 0.2])]
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

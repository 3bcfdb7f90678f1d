"""Average precision of the cell detector on whole photos, by ultralytics' own matching and metric."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torchvision.ops import box_iou

from cvdemo.loading.from_ultralytics import BLOOD_CELLS, letterbox
from cvdemo.loading.untouched import untouched
from training.cells import Scene

with untouched():
    from ultralytics.models.yolo.detect import DetectionValidator
    from ultralytics.utils.metrics import ap_per_class
    from ultralytics.utils.nms import non_max_suppression

THRESHOLDS = torch.linspace(0.5, 0.95, 10)
LOWEST_CONFIDENCE, IOU = 0.001, 0.7  # as ultralytics measures


@dataclass(frozen=True)
class Precision:
    """Shares 0..1: mean over the classes at IoU 0.50 and over 0.50:0.95, and each class at 0.50."""

    map50: float
    map50_95: float
    ap50: dict[str, float]


@torch.inference_mode()
def precision(network: nn.Module, scenes: list[Scene], side: int) -> Precision:
    """Measure ``network``, in eval mode, on each photo as the page would show it to it."""
    hits, scores, found, wanted = [], [], [], []
    for scene in scenes:
        entry = letterbox(scene.pixels, side)
        rows = non_max_suppression(network(entry.array), LOWEST_CONFIDENCE, IOU, multi_label=True)[0]
        boxes = (rows[:, :4] - torch.tensor(entry.shift_wh * 2)) / torch.tensor(entry.scale_wh * 2)
        overlaps = box_iou(torch.from_numpy(scene.boxes_xyxy), boxes)
        truth = torch.from_numpy(scene.classes)
        hits.append(DetectionValidator.match_predictions(SimpleNamespace(iouv=THRESHOLDS), rows[:, 5], truth, overlaps))
        scores.append(rows[:, 4])
        found.append(rows[:, 5])
        wanted.append(truth)
    columns = [torch.cat(column).numpy() for column in (hits, scores, found, wanted)]
    *_, ap, classes = ap_per_class(*columns)[:7]
    return _summary(ap, classes)


def _summary(ap: np.ndarray, classes: np.ndarray) -> Precision:
    """``ap`` is (classes that occur, 10); where nothing was found, ultralytics gives zeros."""
    ap50 = {BLOOD_CELLS[number]: round(float(row[0]), 4) for number, row in zip(classes, ap, strict=True)}
    return Precision(float(ap[:, 0].mean()), float(ap.mean()), ap50)

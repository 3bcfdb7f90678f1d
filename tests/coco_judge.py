"""What pycocotools says about detections: the reference for average precision."""

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from cvdemo.detect.matches import LabelledDetections

CLASSES = 4


def coco(pictures: list[LabelledDetections]) -> tuple[float | None, float | None, dict[int, float]]:
    """Return AP@50, AP@50:95 and AP@50 by class from pycocotools."""
    truth, found = COCO(), COCO()
    kinds = [{"id": kind + 1} for kind in range(CLASSES)]
    images = [{"id": number} for number in range(1, len(pictures) + 1)]
    labels = [
        row for number, one in enumerate(pictures, 1) for row in _rows(number, one.truth_boxes, one.truth_classes)
    ]
    boxes = [
        {**row, "score": float(score)}
        for number, one in enumerate(pictures, 1)
        for row, score in zip(_rows(number, one.boxes_xyxy, one.class_ids), one.scores, strict=True)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        for side, rows in ((truth, labels), (found, boxes)):
            side.dataset = {"images": images, "categories": kinds, "annotations": _numbered(rows)}
            side.createIndex()
        judge = COCOeval(truth, found, "bbox")
        judge.params.maxDets, judge.params.areaRng, judge.params.areaRngLbl = [1000], [[0, 1e10]], ["all"]
        judge.evaluate()
        judge.accumulate()
    table = judge.eval["precision"][:, :, :, 0, 0]
    known = [kind for kind in range(CLASSES) if (table[0, :, kind] > -1).any()]
    if not known:
        return None, None, {}
    return table[0][:, known].mean(), table[:, :, known].mean(), {kind: table[0, :, kind].mean() for kind in known}


def _rows(image: int, boxes: np.ndarray, kinds: np.ndarray) -> list[dict[str, object]]:
    rows = []
    for (x0, y0, x1, y1), kind in zip(boxes.astype(float), kinds, strict=True):
        area = (x1 - x0) * (y1 - y0)
        rows.append({"image_id": image, "category_id": int(kind) + 1, "bbox": [x0, y0, x1 - x0, y1 - y0], "area": area})
    return rows


def _numbered(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{"id": number, "iscrowd": 0, **row} for number, row in enumerate(rows, 1)]

"""Detections as plain values: what /detect returns, with the suppressor of every removed box."""

import math
import time
from typing import Any

from cvdemo.detect.ledger import Ledger
from cvdemo.detect.nms import suppress
from cvdemo.detect.result import Candidates
from cvdemo.detect.settings import Settings


def detections(found: Candidates, settings: Settings, cached: bool) -> dict[str, Any]:
    """Return the design's answer of /detect; boxes are named by their place among the candidates.

    Args:
        cached: the detector had run on this photo before.
    """
    started = time.perf_counter()
    ledger = suppress(found.boxes_xyxy, found.scores, found.class_ids, found.acting(settings))
    nms_ms = 1000 * (time.perf_counter() - started)
    return {
        "model": found.model,
        "needs_nms": found.needs_nms,
        "image_size": list(found.size_wh),
        "candidates": found.found,
        "above_confidence": ledger.above_confidence,
        "kept": [_box(found, ledger, index) for index in map(int, ledger.kept)],
        "suppressed": [
            {**_box(found, ledger, index), "by": int(ledger.by[index]), "iou": _number(ledger.overlap[index])}
            for index in map(int, ledger.suppressed)
        ],
        "over_limit": len(ledger.over_limit),
        "network_ms": round(found.network_ms, 3),
        "nms_ms": round(nms_ms, 3),
        "cached": cached,
    }


def _box(found: Candidates, ledger: Ledger, index: int) -> dict[str, Any]:
    return {
        "id": index,
        "label": found.labels[int(found.class_ids[index])],
        "score": _number(ledger.scores[index]),
        "box_xyxy": [round(float(edge), 2) for edge in ledger.boxes_xyxy[index]],
    }


def _number(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None

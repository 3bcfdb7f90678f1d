"""Detections as plain values: what /detect returns, and files that tell who removed every removed box."""

import csv
import io
import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from cvdemo.catalogue import get
from cvdemo.detect.ledger import Ledger, State
from cvdemo.detect.nms import suppress_ranked
from cvdemo.detect.result import Candidates
from cvdemo.detect.settings import Settings
from cvdemo.versions import versions

COLUMNS = ("id", "label", "score", "x0", "y0", "x1", "y1", "state", "by", "overlap")
STATES = {State.KEPT: "kept", State.SUPPRESSED: "suppressed", State.OVER_LIMIT: "over_limit"}
FORMULAS = tuple("=+-@＝＋－＠\t\r\n")  # a cell that begins so is computed by a spreadsheet (OWASP, "CSV Injection")

_YOLO = ("torch", "ultralytics", "opencv")
_LIBRARIES = {
    "bundled": _YOLO,
    "ultralytics": _YOLO,
    "opencv": ("opencv",),
    "torchvision": ("torch", "torchvision"),
    "transformers": ("torch", "transformers"),
}


def detections(found: Candidates, settings: Settings, cached: bool) -> dict[str, Any]:
    """Return the design's answer of /detect; boxes are named by their place among the candidates.

    Args:
        cached: the detector had run on this photo before.
    """
    started = time.perf_counter()
    ledger = _ledger(found, settings)
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
        "engine": found.engine,
        "network_ms": round(found.network_ms, 3),
        "nms_ms": round(nms_ms, 3),
        "cached": cached,
    }


def csv_table(found: Candidates, settings: Settings) -> str:
    """Return the boxes as CSV (RFC 4180): kept ones first, then suppressed ones, then those over the limit.

    ``id`` and ``by`` are the numbers of `detections`; ``by`` and ``overlap`` are empty where no box removed this one.
    A label that a spreadsheet would take for a formula gets an apostrophe in front: labels come with a model, they
    are data.
    """
    ledger = _ledger(found, settings)
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(found, ledger))
    return sheet.getvalue()


def settings_of_export(found: Candidates, settings: Settings) -> dict[str, Any]:
    """Return what is needed to get the same boxes again: model, image_size, the settings that acted, versions.

    ``{**detections(...), **settings_of_export(...)}`` is the JSON file. Chosen classes go by their names. Where the
    model needs no NMS, the IoU limit that acted is 1: no box removes another.
    """
    acting = found.acting(settings)
    chosen = None if acting.classes is None else sorted(acting.classes)
    names = None if chosen is None else [found.labels[index] for index in chosen if index < len(found.labels)]
    return {
        "model": found.model,
        "image_size": list(found.size_wh),
        "settings": {**asdict(acting), "classes": names},
        "versions": versions(_used(found.model)),
    }


def _ledger(found: Candidates, settings: Settings) -> Ledger:
    return suppress_ranked(found.ranked, found.acting(settings))


def _box(found: Candidates, ledger: Ledger, index: int) -> dict[str, Any]:
    return {
        "id": index,
        "label": found.labels[int(found.class_ids[index])],
        "score": _number(ledger.scores[index]),
        "box_xyxy": [round(float(edge), 2) for edge in ledger.boxes_xyxy[index]],
    }


def _number(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None


def _cells(found: Candidates, ledger: Ledger) -> Iterator[tuple[Any, ...]]:
    for indices in (ledger.kept, ledger.suppressed, ledger.over_limit):
        for index in map(int, indices):
            box, by = _box(found, ledger, index), int(ledger.by[index])
            yield (
                *(index, _harmless(box["label"]), box["score"], *box["box_xyxy"], STATES[State(ledger.states[index])]),
                *((by, _number(ledger.overlap[index])) if by >= 0 else (None, None)),
            )


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) or text.lstrip().startswith(FORMULAS) else text


def _used(model: str) -> tuple[str, ...]:
    return (*_LIBRARIES.get(get(model).source, ()), "numpy", "pillow")

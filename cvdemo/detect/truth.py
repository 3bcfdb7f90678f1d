"""The true boxes of the scenes that we drew ourselves, as a detector numbers their classes."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from cvdemo import starters
from cvdemo.detect.labels_file import GroundTruth


def bundled_truth(photo_path: Path, labels: Sequence[str]) -> GroundTruth | None:
    """Return what is in a scene that we drew, or None: it is another photo, or a detector of other things.

    Args:
        photo_path: only `starters.scenes` have true boxes; no other file is read.
        labels: the detector's class names; all that the scene shows must be among them, in whatever case.
    """
    scene = next((one for one in starters.scenes() if one.path == photo_path), None)
    if scene is None:
        return None
    boxes = _boxes(scene.path.with_suffix(".json"))
    numbers = {label.casefold(): number for number, label in reversed(list(enumerate(labels)))}
    if not {name.casefold() for name, _ in boxes} <= set(numbers):
        return None
    return GroundTruth(
        np.array([box for _, box in boxes], np.float32).reshape(-1, 4),
        np.array([numbers[name.casefold()] for name, _ in boxes], np.int32),
        tuple(labels),
    )


@cache
def _boxes(path: Path) -> tuple[tuple[str, tuple[float, ...]], ...]:
    return tuple((row["label"], tuple(row["box_xyxy"])) for row in json.loads(path.read_text())["boxes"])

"""One map with its checks, as the API gives it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.activations import check
from cvdemo.saliency.checks import Checks, check_map
from cvdemo.saliency.faithful import FILL, STEPS
from cvdemo.saliency.measures import half_share, scaled
from cvdemo.saliency.methods import method_for
from cvdemo.saliency.study import Evidence, explain, map_of, uses_centred
from cvdemo.saliency.targets import Target


def saliency_of(
    path: Path, model: str, method: str, target: Target, against: Target, labels: tuple[str, ...], random: bool
) -> dict[str, Any]:
    """Return map and checks as plain values; see `study.explain` for arguments and errors."""
    method_for(check(model), method)
    found = explain(path, model, target, against, labels, random)
    return {**_told(found, method), **_checked(check_map(found, method))}


def _told(found: Evidence, method: str) -> dict[str, Any]:
    values = map_of(found, method)
    crop = found.picture.crop
    edges = (crop.left, crop.top, crop.left + crop.width, crop.top + crop.height)
    return {
        "model": found.asked.model,
        "weights": found.weights,
        "method": method,
        "target": found.target_name,
        "target_number": found.target,
        "against": found.against_name,
        **told_map(values, edges),
        "against_mean": uses_centred(found, method),
        "half_share": maybe(half_share(values)),
    }


def _checked(checks: Checks) -> dict[str, Any]:
    return {
        "deletion_auc": short(checks.deletion.area),
        "insertion_auc": short(checks.insertion.area),
        "blob_deletion_auc": short(checks.blob.area),
        "deletion_half_at": maybe(checks.deletion.half_at),
        "blob_half_at": maybe(checks.blob.half_at),
        "curves": {
            "steps": STEPS,
            "fill": FILL,
            "deletion": [short(value) for value in checks.deletion.values.tolist()],
            "insertion": [short(value) for value in checks.insertion.values.tolist()],
            "blob": [short(value) for value in checks.blob.values.tolist()],
        },
        "random_weights_similarity": maybe(checks.random_similarity),
        "similarity_measure": "Spearman's rank correlation",
    }


def told_map(values: NDArray[np.float32], crop_xyxy: tuple[float, float, float, float]) -> dict[str, Any]:
    """Return a map from 0 to 1 as rows of numbers, and where it lies in the photo."""
    return {
        "grid": list(values.shape),
        "map": [[short(value) for value in row] for row in scaled(values).tolist()],
        "crop_xyxy": [short(value) for value in crop_xyxy],
    }


def maybe(value: float | None) -> float | None:
    """Return a number as `short`, or None."""
    return None if value is None else short(value)


def short(value: float) -> float:
    """Return a number with six figures."""
    return float(f"{value:.6g}")

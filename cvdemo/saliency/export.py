"""One map with its checks, as the API gives it."""

from pathlib import Path
from typing import Any

from cvdemo.inside.seeing import check
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
    return {
        "model": found.asked.model,
        "weights": found.weights,
        "method": method,
        "target": found.target_name,
        "target_number": found.target,
        "against": found.against_name,
        "grid": list(values.shape),
        "map": [[_short(value) for value in row] for row in scaled(values).tolist()],
        "crop_xyxy": [_short(value) for value in (crop.left, crop.top, crop.left + crop.width, crop.top + crop.height)],
        "against_mean": uses_centred(found, method),
        "half_share": _maybe(half_share(values)),
    }


def _checked(checks: Checks) -> dict[str, Any]:
    return {
        "deletion_auc": _short(checks.deletion.area),
        "insertion_auc": _short(checks.insertion.area),
        "blob_deletion_auc": _short(checks.blob.area),
        "deletion_half_at": _maybe(checks.deletion.half_at),
        "blob_half_at": _maybe(checks.blob.half_at),
        "curves": {
            "steps": STEPS,
            "fill": FILL,
            "deletion": [_short(value) for value in checks.deletion.values.tolist()],
            "insertion": [_short(value) for value in checks.insertion.values.tolist()],
            "blob": [_short(value) for value in checks.blob.values.tolist()],
        },
        "random_weights_similarity": _maybe(checks.random_similarity),
        "similarity_measure": "Spearman's rank correlation",
    }


def _maybe(value: float | None) -> float | None:
    return None if value is None else _short(value)


def _short(value: float) -> float:
    return float(f"{value:.6g}")

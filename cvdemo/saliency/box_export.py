"""The map of one box with its checks, as the API gives it."""

from pathlib import Path
from typing import Any

from cvdemo.errors import SettingError
from cvdemo.saliency.box import METHODS, Box, BoxEvidence, box_map, explain_box, within
from cvdemo.saliency.box_checks import BOX_FILL, check_box, hidden_in_the_end, of_the_box
from cvdemo.saliency.checks import Checks
from cvdemo.saliency.export import maybe, short, told_map
from cvdemo.saliency.faithful import STEPS
from cvdemo.saliency.targets import Target


def saliency_of_box(path: Path, model: str, method: str, target: Target, box: Box | None) -> dict[str, Any]:
    """Return map and checks as plain values; see `box.explain_box` for arguments and errors.

    Raises:
        SettingError: also without a box, and for a method that boxes do not know.
    """
    if box is None:
        raise SettingError("Name the box of the detector to explain, as /detect gives it: box=[x0, y0, x1, y1].")
    if method not in METHODS:
        raise SettingError(f"{method[:40]} is no method for a box. It can be explained by {', '.join(METHODS)}.")
    found = explain_box(path, model, box, target)
    return {**_told(found, method), **_checked(found, check_box(found, method))}


def _told(found: BoxEvidence, method: str) -> dict[str, Any]:
    values = box_map(found, method)
    (scale_x, scale_y), (left, top) = found.to_photo
    right, bottom = left + scale_x * found.size_hw[1], top + scale_y * found.size_hw[0]
    return {
        "model": found.asked.model,
        "weights": found.weights,
        "method": method,
        "target": found.labels[found.kind],
        "target_number": found.kind,
        "against": None,
        "score": short(found.score),
        "box_xyxy": [short(edge) for edge in found.box_xyxy],
        "cell": {"stride": found.stride, "row": found.cell.row, "column": found.cell.column},
        **told_map(values, (left, top, right, bottom)),
        "inside_box": maybe(within(found, values)),
    }


def _checked(found: BoxEvidence, checks: Checks) -> dict[str, Any]:
    curves = {"deletion": checks.deletion, "insertion": checks.insertion, "blob": checks.blob}
    return {
        "deletion_auc": short(checks.deletion.area),
        "insertion_auc": short(checks.insertion.area),
        "blob_deletion_auc": short(checks.blob.area),
        "deletion_half_at_box_areas": maybe(of_the_box(found, checks.deletion.half_at)),
        "blob_half_at_box_areas": maybe(of_the_box(found, checks.blob.half_at)),
        "curves": {
            "steps": STEPS,
            "fill": BOX_FILL,
            "share_of_pixels": short(hidden_in_the_end(found)),
            **{name: [short(value) for value in one.values.tolist()] for name, one in curves.items()},
        },
        "random_weights_similarity": maybe(checks.random_similarity),
        "similarity_measure": "Spearman's rank correlation; for layercam among the places that the cell can see",
    }

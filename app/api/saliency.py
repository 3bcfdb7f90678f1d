"""`/saliency`."""

from typing import Any

import gradio as gr

from app.api.arguments import flag, is_number, labels_from, photo, text
from app.errors import shows_errors
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.saliency.box import Box
from cvdemo.saliency.box_export import saliency_of_box
from cvdemo.saliency.export import saliency_of


@shows_errors
def saliency(
    image: gr.FileData,
    model: str,
    method: str = "gradcam",
    target: str | int | None = None,
    against: str | int | None = None,
    labels: list[str] | None = None,
    random_weights: bool = False,
    box: list[float] | None = None,
) -> dict[str, Any]:
    """Tell which parts of a photo a method holds responsible for a class, and how far that map can be trusted.

    Args:
        image: the photo, uploaded before, or by MCP a data: URL (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        model: a name from /models with task "classify"; or a YOLO, whose ``box`` is explained.
        method: gradcam, layercam, eigencam; for CNNs also gradcampp and scorecam (one network run a channel: slow).
        target: the class to explain, by name or number; null = the predicted one.
        against: "why target and not this class"; null = none.
        labels: your own classes, for zero-shot models.
        random_weights: use seeded random weights: an answer without meaning, for any architecture.
        box: of a YOLO, as /detect gives its box_xyxy: the candidate that overlaps it most is explained, by gradcam or
            layercam (which keeps to what the box's cell can see). ``target`` is its class then; against, labels and
            random_weights do not apply.

    Returns:
        target, map (rows of numbers from 0 to 1), crop_xyxy (where it lies in the photo), half_share, deletion_auc,
        insertion_auc, blob_deletion_auc, curves, random_weights_similarity (rank correlation with the map of random
        weights; null where it is not known), against_mean (the class was held against the mean of all classes, because
        its logit alone speaks for no place), model, weights, method, against. For a box instead of half_share and
        against_mean: box_xyxy and score of the candidate, cell, inside_box (the share of the map inside the box); the
        curves end at share_of_pixels, twice the box's area, and the blob lies in the box.
    """
    name, how = text(model, "model", "mini_resnet"), text(method, "method", "gradcam")
    wanted = _class(target, "target")
    if get(name).task == "detect":
        return saliency_of_box(photo(image), name, how, wanted, _box(box))
    if box is not None:
        raise SettingError("Only boxes of a detector can be explained. Leave box out, or choose a YOLO.")
    return saliency_of(
        photo(image),
        name,
        how,
        wanted,
        _class(against, "against"),
        labels_from(labels),
        flag(random_weights, "random_weights"),
    )


def _class(value: Any, name: str) -> str | int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise SettingError(f"{name} must be the name or number of a class, or null.")


def _box(value: Any) -> Box | None:
    if value is None:
        return None
    right = isinstance(value, list) and len(value) == 4
    if not right or not all(map(is_number, value)):
        raise SettingError("box must be four numbers: left, top, right and bottom edge in pixels of the photo.")
    x0, y0, x1, y1 = (float(edge) for edge in value)
    if x1 <= x0 or y1 <= y0:
        raise SettingError("box must be left, top, right and bottom edge, in that order.")
    return x0, y0, x1, y1

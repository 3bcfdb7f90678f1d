"""`/saliency`."""

from typing import Any

import gradio as gr

from app.api.arguments import flag, labels_from, photo, text
from app.errors import shows_errors
from cvdemo.errors import SettingError
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
) -> dict[str, Any]:
    """Tell which parts of a photo a method holds responsible for a class, and how far that map can be trusted.

    Args:
        image: the photo, uploaded before (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        model: a name from /models with task "classify".
        method: gradcam, layercam, eigencam; for CNNs also gradcampp and scorecam (one network run a channel: slow).
        target: the class to explain, by name or number; null = the predicted one.
        against: "why target and not this class"; null = none.
        labels: your own classes, for zero-shot models.
        random_weights: use seeded random weights: an answer without meaning, for any architecture.

    Returns:
        target, map (rows of numbers from 0 to 1), crop_xyxy (where it lies in the photo), half_share, deletion_auc,
        insertion_auc, blob_deletion_auc, curves, random_weights_similarity (rank correlation with the map of random
        weights; null where it is not known), against_mean (the class was held against the mean of all classes, because
        its logit alone speaks for no place), model, weights, method, against.
    """
    return saliency_of(
        photo(image),
        text(model, "model", "mini_resnet"),
        text(method, "method", "gradcam"),
        _class(target, "target"),
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

"""The public endpoints: the same functions as behind the tabs, as typed JSON."""

import math
from pathlib import Path
from typing import Any

import gradio as gr

from app.errors import shows_errors
from app.uploads import uploaded
from cvdemo import catalogue, weights
from cvdemo.classify import classify as classify_photo
from cvdemo.classify.export import to_dict
from cvdemo.detect import Settings
from cvdemo.detect.export import detections
from cvdemo.detect.find import find
from cvdemo.errors import SettingError
from cvdemo.receptive_field.export import layers
from cvdemo.receptive_field.one import effective_field
from cvdemo.receptive_field.study import table


def add_endpoints() -> None:
    """Register the public endpoints; call inside ``gr.Blocks``."""
    gr.api(models, api_name="models", queue=False)
    gr.api(classify, api_name="classify", concurrency_id="compute", concurrency_limit=4)
    gr.api(detect, api_name="detect", concurrency_id="compute", concurrency_limit=4)
    gr.api(receptive_field, api_name="receptive_field", concurrency_id="compute", concurrency_limit=4)
    gr.api(
        effective_receptive_field, api_name="effective_receptive_field", concurrency_id="compute", concurrency_limit=4
    )


@shows_errors
def models() -> list[dict[str, Any]]:
    """List every model of the catalogue with its state on this machine.

    Returns:
        One object a model: name, task, family, source, state, params_m, gmacs, input_size, licence;
        what is not known is null.
    """
    return [_row(spec) for spec in catalogue.MODELS]


def _row(spec: catalogue.ModelSpec) -> dict[str, Any]:
    known = catalogue.figures(spec.name)
    return {
        "name": spec.name,
        "task": spec.task,
        "family": spec.family,
        "source": spec.source,
        "state": weights.state(spec),
        "params_m": round(known.parameter_count / 1e6, 3) if known else None,
        "gmacs": round(known.multiply_adds / 1e9, 3) if known and known.multiply_adds else None,
        "input_size": max(known.input_size_hw) if known else None,
        "licence": spec.licence,
    }


@shows_errors
def classify(image: gr.FileData, models: list[str] = list(catalogue.BUNDLED_PAIR), top_k: int = 5) -> dict[str, Any]:  # noqa: B006
    """Classify one photo with 1 to 4 models, side by side.

    Args:
        image: the photo, uploaded before (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        models: names from /models with task "classify".
        top_k: how many classes of each model to return, 1 to 10.

    Returns:
        results (model, family, weights, engine, top, decode_ms, preprocess_ms, network_ms), missing, and agree.
    """
    lines = whole(top_k, "top_k", 1, 10)
    return to_dict(classify_photo(photo(image), names(models)), lines)


@shows_errors
def detect(
    image: gr.FileData,
    model: str,
    confidence: float = 0.25,
    iou: float = 0.45,
    method: str = "greedy",
    class_agnostic: bool = False,
    max_detections: int = 300,
) -> dict[str, Any]:
    """Find objects, and tell which boxes NMS removed, by which better box, at which IoU.

    Args:
        image: the photo, uploaded before (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        model: a name from /models with task "detect".
        confidence: lowest score that counts, 0 to 1.
        iou: a box that overlaps a better one by more than this is removed, 0 to 1: lower is stricter.
        method: greedy, soft_linear, soft_gaussian, diou or merge.
        class_agnostic: whether boxes of different classes remove each other.
        max_detections: most boxes kept, 1 to 1,000.

    Returns:
        model, needs_nms, image_size [w, h], candidates, above_confidence, kept, suppressed (each with ``by`` and
        ``iou``), over_limit, network_ms, nms_ms, cached; kept + suppressed + over_limit = above_confidence.
    """
    if not isinstance(model, str):
        raise SettingError("model must be the name of a detector, such as hog_people.")
    wanted = {"confidence": confidence, "iou": iou, "method": method, "class_agnostic": class_agnostic}
    settings = Settings(**wanted, max_detections=max_detections)  # type: ignore[arg-type]
    found, known = find(photo(image), model)
    return detections(found, settings, known)


@shows_errors
def receptive_field(model: str, input_size: int = 224) -> dict[str, Any]:
    """Tell how far a unit of each layer can see in theory; needs no weights.

    Args:
        model: a name from /models; of detectors all but the head is told.
        input_size: side of the picture in pixels, 32 to 1,024; the nearest one that the model takes is used.

    Returns:
        model, input_size, and layers in the order of computation: name, kind, output_size [rows, columns], size (side
        of the field in pixels, the longer one; null: the whole picture), stride (pixels from unit to unit), start (the
        middle of the first unit's field; the first pixel's middle is 0), padding (pixels by which it begins before the
        picture), shortest_size (through every skip), global_gate (squeeze-and-excitation was left out).
    """
    return layers(table(text(model, "model", "resnet50"), whole(input_size, "input_size", 32, 1024)))


@shows_errors
def effective_receptive_field(
    image: gr.FileData, model: str, layer: str, row: int, col: int, input_size: int = 224
) -> dict[str, Any]:
    """Measure which pixels move one unit, by its gradient.

    Args:
        image: the photo, uploaded before; its centred square is what the model gets.
        model: a name from /models with task "classify" or "features".
        layer: a name from /receptive_field.
        row: of the unit in the layer's map, from 0.
        col: likewise.
        input_size: side of the picture in pixels, 32 to 512.

    Returns:
        model, weights (trained or random), layer, unit, input_size, centre, theoretical_size (null: the whole
        picture), global_gate, side_for_mass (sides of the smallest centred squares that hold 0.2, 0.5 and 0.95 of the
        gradient), map (rows of pixels; all numbers add up to 1).
    """
    unit = (whole(row, "row", 0, 4096), whole(col, "col", 0, 4096))
    side = whole(input_size, "input_size", 32, 512)
    return effective_field(photo(image), text(model, "model", "resnet50"), text(layer, "layer", "layer3"), unit, side)


def photo(value: Any) -> Path:
    """Return the uploaded file that a file argument names: Gradio hands over file data or a bare text, unchecked."""
    return uploaded(value.get("path") if isinstance(value, dict) else value)


def names(value: Any) -> tuple[str, ...]:
    """Return a list of model names; Gradio does not check JSON types.

    Raises:
        SettingError: it is no list of texts.
    """
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise SettingError('models must be a list of names, such as ["mini_resnet", "mini_vit"].')
    return tuple(value)


def text(value: Any, name: str, example: str) -> str:
    """Return a text argument.

    Raises:
        SettingError: it is none.
    """
    if not isinstance(value, str):
        raise SettingError(f"{name} must be a name, such as {example}.")
    return value


def whole(value: Any, name: str, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``.

    Raises:
        SettingError: it is none; ``true`` and NaN are none either.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or value != int(value) or not low <= value <= high:
        raise SettingError(f"{name} must be a whole number from {low} to {high}.")
    return int(value)

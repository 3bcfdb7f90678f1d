"""`/models` and `/classify`."""

from typing import Any

import gradio as gr

from app.api.arguments import PAIR, names, photo, whole
from app.errors import shows_errors
from cvdemo import catalogue, weights
from cvdemo.classify import classify as classify_photo
from cvdemo.classify.export import to_dict


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
def classify(image: gr.FileData, models: list[str] = PAIR, top_k: int = 5) -> dict[str, Any]:
    """Classify one photo with 1 to 4 models, side by side.

    Args:
        image: the photo, uploaded before, or by MCP a data: URL (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        models: names from /models with task "classify"; without, the pair that the page opened with when it started.
        top_k: how many classes of each model to return, 1 to 10.

    Returns:
        results (model, family, weights, engine, top, decode_ms, preprocess_ms, network_ms), missing, and agree.
    """
    lines = whole(top_k, "top_k", 1, 10)
    return to_dict(classify_photo(photo(image), names(models)), lines)

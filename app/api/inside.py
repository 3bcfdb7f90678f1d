"""`/feature_maps` and `/patch_similarity`."""

from typing import Any

import gradio as gr

from app.api.arguments import photo, text, whole
from app.errors import shows_errors
from cvdemo.feature_maps.export import channel_rows
from cvdemo.inside.activations import forward_pass
from cvdemo.inside.layers import find
from cvdemo.similarity.export import from_patch


@shows_errors
def feature_maps(image: gr.FileData, model: str, layer: str = "") -> dict[str, Any]:
    """Run a model once and tell what each channel of one layer answers.

    Args:
        image: the photo, uploaded before, or by MCP a data: URL (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        model: a name from /models with task "classify" or "features".
        layer: one of ``layers``; the last one without.

    Returns:
        model, weights, layer, shape [channels, rows, columns], channels (index, mean, max, dead_fraction: the share of
        the map where the channel's value is not above 0), layers: the names of all layers that have maps.
    """
    seen = forward_pass(photo(image), text(model, "model", "mini_resnet"))
    wanted = text(layer, "layer", seen.stops[-1].name)
    return channel_rows(seen, find(seen.stops, wanted, seen.spec.title) if wanted else len(seen.stops) - 1)


@shows_errors
def patch_similarity(image: gr.FileData, model: str, row: int, col: int) -> dict[str, Any]:
    """Tell how like one patch all others are, to a model.

    Args:
        image: the photo, uploaded before, or by MCP a data: URL.
        model: a name from /models with task "classify" or "features".
        row: of the patch in the last grid of at least 4 x 4, from 0.
        col: likewise.

    Returns:
        model, weights, layer, grid [rows, columns], similarity (rows of cosines, -1 to 1), best [row, column].
    """
    patch = (whole(row, "row", 0, 4096), whole(col, "col", 0, 4096))
    return from_patch(forward_pass(photo(image), text(model, "model", "mini_vit")), patch)

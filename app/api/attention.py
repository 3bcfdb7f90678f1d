"""`/attention`."""

from typing import Any

import gradio as gr

from app.api.arguments import flag, photo, text, whole
from app.errors import shows_errors
from cvdemo.attention.export import attention_from
from cvdemo.errors import SettingError


@shows_errors
def attention(
    image: gr.FileData, model: str, layer: str | int, row: int, col: int, random_weights: bool = False
) -> dict[str, Any]:
    """Tell where one patch looks in one attention layer, head by head.

    Args:
        image: the photo, uploaded before, or by MCP a data: URL (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        model: a name from /models of the family "vit" or "hybrid".
        layer: its number from 0 (-1 is the last), or its name, such as blocks.6.
        row: of the patch in the layer's grid, from 0.
        col: likewise.
        random_weights: use seeded random weights.

    Returns:
        heads, grid [rows, columns], attention (a row for each head: its attention on the patches, row after row of the
        grid, scaled to sum to 1), class_token_share (a head: what went to tokens that are no patch, before scaling),
        mean_distance_px (a head, in pixels of the photo, over all patches), entropy_bits, row_sum_deviation (the
        largest distance of any row's sum from 1, before scaling), model, weights, layer.
    """
    if not isinstance(layer, str | int) or isinstance(layer, bool):
        raise SettingError("layer must be a number, such as -1 for the last, or a name, such as blocks.6.")
    cell = (whole(row, "row", 0, 4096), whole(col, "col", 0, 4096))
    random = flag(random_weights, "random_weights")
    return attention_from(photo(image), text(model, "model", "mini_vit"), layer, cell, random)

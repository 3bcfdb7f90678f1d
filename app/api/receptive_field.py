"""`/receptive_field` and `/effective_receptive_field`."""

from typing import Any

import gradio as gr

from app.api.arguments import photo, text, whole
from app.errors import shows_errors
from cvdemo.receptive_field.export import effective_field, layers
from cvdemo.receptive_field.study import table


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
        image: the photo, uploaded before, or by MCP a data: URL; its centred square is what the model gets.
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

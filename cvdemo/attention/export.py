"""Attention of one layer from one patch, as the API gives it."""

from pathlib import Path
from typing import Any

import numpy as np

from cvdemo.attention.layer import AttentionLayer
from cvdemo.attention.study import Attended, attend
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.inside.layer_names import without_counts


def attention_from(
    path: Path, model: str, layer: str | int, cell_rc: tuple[int, int], random: bool = False
) -> dict[str, Any]:
    """Return where the patch at row and column ``cell_rc`` of a layer's grid looks, as plain values.

    Raises:
        CvDemoError: see `study.attend`; or a layer or patch that does not exist.
    """
    found = attend(path, model, random)
    number = layer_number(found, layer)
    chosen, figures = found.layers[number], found.figures[number]
    cell = _cell(chosen, *cell_rc)
    spread, other = chosen.from_cell(cell)
    onto = spread / np.maximum(spread.sum(1, keepdims=True), 1e-12)
    return {
        "model": model,
        "weights": found.weights,
        "layer": chosen.name,
        "heads": chosen.heads,
        "grid": list(chosen.grid_hw),
        "attention": [[_short(value) for value in head] for head in onto.tolist()],
        "class_token_share": [_short(value) for value in other.tolist()],
        "mean_distance_px": [_short(value) for value in figures.distance_px.tolist()],
        "entropy_bits": [_short(value) for value in figures.entropy_bits.tolist()],
        "row_sum_deviation": figures.deviation,
    }


def layer_number(found: Attended, layer: str | int) -> int:
    """Return the number of a layer: by its module's path, by that of the block around it, by its label, or itself.

    Raises:
        SettingError: there is none such.
    """
    count = len(found.layers)
    if isinstance(layer, int) and not isinstance(layer, bool) and -count <= layer < count:
        return layer % count
    wanted = str(layer).strip()
    if wanted.lstrip("-").isdecimal() and -count <= int(wanted) < count:
        return int(wanted) % count
    for number, one in enumerate(found.layers):
        if wanted in (one.name, one.library_name, one.label, without_counts(one.label)):
            return number
    some = " or ".join(f"{one.name} ({one.label})" for one in (found.layers[0], found.layers[-1]))
    raise SettingError(
        f"{get(found.asked.model).title} has no attention layer {wanted[:60]!r}. It has {count}: ask for 0 to "
        f"{count - 1}, or by name, such as {some}."
    )


def _cell(layer: AttentionLayer, row: int, col: int) -> int:
    rows, columns = layer.grid_hw
    if not (0 <= row < rows and 0 <= col < columns):
        raise SettingError(
            f"This layer has {rows} x {columns} patches: row must be from 0 to {rows - 1} "
            f"and col from 0 to {columns - 1}."
        )
    return row * columns + col


def _short(value: float) -> float:
    return float(f"{value:.6g}")

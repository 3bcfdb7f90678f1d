"""What can be taken away: layers and one unit's effective field as plain values for the API, the curves as a table."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvdemo import runs
from cvdemo.catalogue import get
from cvdemo.inside.model_input import square_photo
from cvdemo.receptive_field.graph import Pair
from cvdemo.receptive_field.growth_chart import sides
from cvdemo.receptive_field.mass import SHARES, sides_for
from cvdemo.receptive_field.study import Study, influence_of, table
from cvdemo.receptive_field.table import Layer, LayerTable, check
from cvdemo.receptive_field.units import centre_of, check_unit

COLUMNS = (
    "model", "weights", "input_side", "layer", "kind", "rows", "columns", "theoretical_side", "shortest_side", "stride",
    "start", "padding", "global_gate", "copies", "side_for_20", "side_for_50", "side_for_95", "log_side_for_50",
)  # fmt: skip


def layers(known: LayerTable) -> dict[str, Any]:
    """Return every layer of a model as JSON; a size that is the whole photo is None."""
    return {"model": known.model, "input_size": known.side, "layers": [_row(layer) for layer in known.layers]}


def _row(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "output_size": list(layer.output_hw),
        "size": layer.field.size,
        "stride": layer.field.stride,
        "start": layer.field.start,
        "padding": layer.field.padding,
        "shortest_size": layer.shortest.size,
        "global_gate": layer.field.global_gate,
    }


def effective_field(path: Path, model: str, layer: str, unit: Pair, side: int) -> dict[str, Any]:
    """Return what moves ``unit`` (row, column) of ``layer`` most in the photo at ``path``, as JSON.

    Trained weights where they are on this machine, else random ones; ``weights`` tells which.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model or layer, a unit outside its map, a side that the model cannot take.
        ModelUnavailable: the model cannot be had, or computed something that is no number.
    """
    check(model)
    layers = table(model, side)
    found = layers.layer(layer)
    place = check_unit(found, *unit)
    shown = square_photo(path, layers.side)
    spec = get(model)
    random = runs.invented(spec, "random where absent")
    known = influence_of(shown, spec, random, found, place)
    return {"model": model, "weights": "random" if random else "trained", **_told(found, place, layers.side, known)}


def _told(layer: Layer, unit: Pair, side: int, influence: NDArray[np.float32]) -> dict[str, Any]:
    centre = centre_of(layer, unit, side)
    total = float(influence.sum(dtype=np.float64)) or 1.0
    held = sides_for(influence, centre)
    return {
        "layer": layer.name,
        "unit": list(unit),
        "input_size": side,
        "centre": list(centre),
        "theoretical_size": layer.field.size,
        "global_gate": layer.field.global_gate,
        "side_for_mass": {f"{share:g}": side for share, side in zip(SHARES, held, strict=True)},
        "map": [[float(f"{value:.5g}") for value in row] for row in (influence / total).tolist()],
    }


def as_csv(studies: Sequence[Study | None]) -> str:
    """Return one line a stop of each study, with what is measured so far; empty where nothing is, or it is global."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for study in studies:
        if study is not None:
            stops = table(study.asked.model, study.asked.side).stops
            writer.writerows(_line(study, number, layer) for number, layer in enumerate(stops))
    return out.getvalue()


def _line(study: Study, number: int, layer: Layer) -> list[object]:
    stop, asked, field = study.stops[number], study.asked, layer.field
    raw, log = sides(study, number, layer), sides(study, number, layer, True)
    held: list[object] = [*(raw or ("",) * len(SHARES)), log[1] if log else ""]
    theory = ["" if value is None else value for value in (field.size, layer.shortest.size, field.stride, field.start,
                                                           field.padding)]  # fmt: skip
    start = [asked.model, study.weights, asked.side, layer.name, layer.kind, *layer.output_hw]
    return [*start, *theory, field.global_gate, stop.copies if stop else 0, *held]

"""What can be taken away: the layers as plain values for the API, and the measured curves as a table."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from cvdemo.receptive_field.growth import sides
from cvdemo.receptive_field.squares import SHARES
from cvdemo.receptive_field.study import Study, table
from cvdemo.receptive_field.table import Layer, LayerTable

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

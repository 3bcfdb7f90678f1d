"""The table of a model's layers: shape of the map, parameters, multiply-adds, and what is left for the rest."""

from dataclasses import dataclass
from typing import Any

from cvdemo import models
from cvdemo.inside.seeing import Seen
from cvdemo.results import Results
from cvdemo.wording import percent, scaled

_known = Results("layer costs")


@dataclass(frozen=True)
class LayerCost:
    """One row.

    Args:
        name, label: of the layer; ``rest`` for what gives no map (the classifier).
        shape: channels, rows, columns; None for the rest.
        parameter_count, multiply_adds: of this layer alone, for one photo of the shown size.
    """

    name: str
    label: str
    shape: tuple[int, int, int] | None
    parameter_count: int
    multiply_adds: int


def layer_costs(seen: Seen) -> tuple[LayerCost, ...]:
    """Return a row a stop and one for the rest; one network run for the multiply-adds, then known.

    The columns add up to the whole model.

    Raises:
        ModelUnavailable: the model cannot be had any more.
    """
    key = (seen.asked.model, seen.asked.random, seen.picture.size_hw)
    found = _known.get(key)
    if found is None:
        with models.borrow(seen.asked.model, random=seen.asked.random) as ready:
            from cvdemo.feature_maps.counting import counted

            found = counted(ready, seen)
        _known.put(key, found)
    return found


def layer_rows(seen: Seen) -> list[dict[str, Any]]:
    """Return the table as the page shows it, with a last row of totals."""
    costs = layer_costs(seen)
    parameters = sum(one.parameter_count for one in costs)
    adds = sum(one.multiply_adds for one in costs)
    rows = [
        {
            "label": one.label,
            "stop": number if one.shape else None,
            "shape": " x ".join(map(str, one.shape)) if one.shape else "",
            "parameters": scaled(one.parameter_count),
            "multiply_adds": scaled(one.multiply_adds),
            "share": percent(one.multiply_adds / adds) if adds else "",
        }
        for number, one in enumerate(costs)
    ]
    total = {"label": "Together", "stop": None, "shape": "", "parameters": scaled(parameters), "share": ""}
    return [*rows, {**total, "multiply_adds": scaled(adds)}]

"""The table of a model's layers: shape of the map, parameters, multiply-adds, and what is left for the rest."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cvdemo.inside.activations import ForwardPass, network_turn, own_labels
from cvdemo.results import Results
from cvdemo.runs import run
from cvdemo.wording import percent, scaled

if TYPE_CHECKING:
    from torch import nn

    from cvdemo.loading import ReadyModel

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


def layer_costs(seen: ForwardPass) -> tuple[LayerCost, ...]:
    """Return a row a stop and one for the rest; one network run for the multiply-adds, then known.

    The columns add up to the whole model.

    Raises:
        ModelUnavailable: the model cannot be had any more.
    """
    key = (seen.asked.model, seen.asked.random, seen.picture.size_hw)
    return run(_known, key, seen.spec, partial(_counted, seen=seen), seen.asked.random)


def _counted(ready: "ReadyModel", seen: ForwardPass) -> tuple[LayerCost, ...]:
    """Return a row a stop, and one for the rest, from one run under torch's own counter.

    Attention runs unfused meanwhile: the counter does not know the fused kernel of CPUs.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel

    from cvdemo.multiply_adds import MultiplyAdds

    network = ready.network
    with network_turn(), sdpa_kernel(SDPBackend.MATH), MultiplyAdds(network) as counted:
        ready.run(seen.picture.array, *own_labels(ready.spec))
    modules = dict(network.named_modules())
    rows = []
    for stop, one in zip(seen.stops, seen.maps, strict=True):
        parameters = sum(_parameters(modules[part]) for part in stop.parts)
        adds = sum(counted.of(part) for part in stop.parts)
        rows.append(LayerCost(stop.name, stop.title, (len(one), *stop.hw), parameters, adds))
    left = ready.parameter_count - sum(row.parameter_count for row in rows)
    left_adds = counted.total - sum(row.multiply_adds for row in rows)
    return (*rows, LayerCost("rest", "the rest, such as the classifier", None, left, left_adds))


def _parameters(module: "nn.Module") -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def layer_rows(seen: ForwardPass) -> list[dict[str, Any]]:
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

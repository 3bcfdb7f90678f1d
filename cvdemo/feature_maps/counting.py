"""Counts parameters and multiply-adds of each layer on a borrowed network."""

from typing import TYPE_CHECKING

from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cvdemo.feature_maps.layers import LayerCost
from cvdemo.inside.seeing import Seen, network_turn, own_labels

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel


def counted(ready: "ReadyModel", seen: Seen) -> tuple[LayerCost, ...]:
    """Return a row a stop, and one for the rest, from one run under torch's own counter.

    Attention runs unfused meanwhile: the counter does not know the fused kernel of CPUs.
    """
    network = ready.network
    with network_turn(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        ready.run(seen.picture.array, *own_labels(ready.spec))
    by_module = {name: sum(one.values()) // 2 for name, one in counter.get_flop_counts().items()}
    modules = dict(network.named_modules())
    rows = []
    for stop, one in zip(seen.stops, seen.maps, strict=True):
        parameters = sum(_parameters(modules[part]) for part in stop.parts)
        adds = sum(_adds(by_module, part) for part in stop.parts)
        rows.append(LayerCost(stop.name, stop.label, (len(one), *stop.hw), parameters, adds))
    left = ready.parameter_count - sum(row.parameter_count for row in rows)
    left_adds = counter.get_total_flops() // 2 - sum(row.multiply_adds for row in rows)
    return (*rows, LayerCost("rest", "the rest, such as the classifier", None, left, left_adds))


def _adds(by_module: dict[str, int], part: str) -> int:
    """Return a module's multiply-adds; torch names modules from the one that ran first, by its class."""
    for name, count in by_module.items():
        inner = name.partition(".")[2]
        if inner and (part == inner or part.endswith(f".{inner}")):
            return count
    return 0


def _parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())

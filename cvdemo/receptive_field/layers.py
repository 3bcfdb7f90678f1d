"""Every named layer of a catalogue model with what its units can see; needs no weights, only the architecture."""

import functools
import threading

import torch
from torch import nn

from cvdemo.catalogue import get
from cvdemo.errors import ModelUnavailable, SettingError
from cvdemo.inside.layers import label_of
from cvdemo.loading import build, build_detector
from cvdemo.receptive_field.any_input_size import granularity
from cvdemo.receptive_field.graph import LayerGraph
from cvdemo.receptive_field.table import Layer, LayerTable
from cvdemo.receptive_field.theoretical import theoretical_fields
from cvdemo.receptive_field.torch_calls import UnknownStep
from cvdemo.receptive_field.trace import read_graph

SIDE_LOW, SIDE_HIGH = 32, 1024

_reading = threading.Lock()  # an architecture is read by one visitor at a time: the reader hangs hooks into it


@functools.lru_cache(maxsize=16)
def _skeleton(model: str) -> nn.Module:
    """Return the architecture without numbers: it takes no memory to speak of.

    ultralytics runs its networks while it builds them, so they are built with numbers first.
    """
    spec = get(model)
    if spec.task == "detect" and (spec.source == "ultralytics" or spec.source == "bundled"):
        return build_detector(spec, None).network.to("meta")
    with torch.device("meta"):
        return (build_detector if spec.task == "detect" else build)(spec, None).network


@functools.lru_cache(maxsize=64)
def layer_table(model: str, side: int) -> LayerTable:
    """Return the layers of ``model`` for pictures of about ``side`` pixels (the nearest size that it takes).

    Raises:
        SettingError: an unknown model, one without a network, or a side that it cannot take.
    """
    spec = get(model)
    if spec.source == "opencv":
        raise SettingError(f"{spec.title} is no network: it has no layers whose units see anything.")
    if not SIDE_LOW <= side <= SIDE_HIGH:
        raise SettingError(f"The input size must be from {SIDE_LOW} to {SIDE_HIGH} pixels.")
    with _reading:
        return _read(model, side)


def _read(model: str, side: int) -> LayerTable:
    spec, network = get(model), _skeleton(model)
    step = granularity(network)
    fitting = max(step, round(side / step) * step)
    try:
        graph = read_graph(network, (fitting, fitting))
    except UnknownStep as error:
        raise ModelUnavailable(f"{spec.title} does something this lab has no rule for ({error}).", model) from error
    except RuntimeError as error:
        raise SettingError(
            f"{spec.title} cannot look at pictures of {fitting} pixels: its maps would shrink to nothing. "
            "Choose a larger input size."
        ) from error
    return LayerTable(model, fitting, _named(graph))


def _named(graph: LayerGraph) -> tuple[Layer, ...]:
    longest, shortest = theoretical_fields(graph), theoretical_fields(graph, shortest=True)
    rows = []
    for step in graph.steps:
        hw = graph.nodes[step.node].output_hw
        if hw is not None:
            fields = (longest[step.node], shortest[step.node])
            label = label_of(step.name, step.layout == "tokens")
            rows.append(Layer(step.name, label, step.kind, hw, *fields, step.layout, step.prefix, step.stop))
    return tuple(rows)

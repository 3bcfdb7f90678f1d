"""Counts every architecture without weights: ``python -m cvdemo.loading.figures`` writes the table for the page."""

import json
from dataclasses import asdict
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from cvdemo import catalogue
from cvdemo.catalogue import Figures, ModelSpec
from cvdemo.loading import build
from cvdemo.loading.finish import parameter_count
from cvdemo.loading.from_torchvision import WEIGHTS


def count(spec: ModelSpec) -> Figures:
    """Return the figures of ``spec``; works on torch's meta device: no memory is filled, nothing computed."""
    with torch.device("meta"):
        parts = build(spec, None)
        network: Any = parts.network.eval()
        blank = torch.empty((1, 3, *parts.preprocessing.size_hw))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network.get_image_features(blank) if parts.texts else network(blank)
    multiply_adds = counter.get_total_flops() // 2
    return Figures(parameter_count(network), multiply_adds, parts.preprocessing.size_hw, _file_size(spec, network))


def _file_size(spec: ModelSpec, network: torch.nn.Module) -> int:
    """Return the bytes of the weights' file: torchvision says, others hold the state in float32 and little else."""
    if spec.name in WEIGHTS:
        return round(WEIGHTS[spec.name].meta["_file_size"] * 2**20)
    return sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values())


def write() -> None:
    """Write the figures of every model that can be built."""
    table = {spec.name: asdict(count(spec)) for spec in catalogue.MODELS if spec.task != "detect"}
    catalogue.FIGURES_FILE.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    write()

"""Counts every architecture without weights: ``python -m cvdemo.loading.figures`` writes the table for the page."""

import json
from dataclasses import asdict
from typing import Any

import torch
from torchvision.models import get_model_weights

from cvdemo import catalogue
from cvdemo.catalogue import Figures, ModelSpec
from cvdemo.loading import build, build_detector
from cvdemo.loading.finish import parameter_count
from cvdemo.multiply_adds import MultiplyAdds


def count(spec: ModelSpec) -> Figures:
    """Return the figures of ``spec``; works on torch's meta device: no memory is filled, nothing computed."""
    if spec.task == "detect":
        return _count_detector(spec)
    with torch.device("meta"):
        parts = build(spec, None)
        network: Any = parts.network.eval()
        blank = torch.empty((1, 3, *parts.preprocessing.size_hw))
    with torch.no_grad(), MultiplyAdds() as counted:
        network.get_image_features(blank) if parts.texts else network(blank)
    return Figures(parameter_count(network), counted.total, parts.preprocessing.size_hw, _file_size(spec, network))


def _count_detector(spec: ModelSpec) -> Figures:
    """Count a detector on a square photo; they compute with numbers while they are built, so not on meta."""
    parts = build_detector(spec, None)
    network = parts.network.eval()
    with torch.no_grad(), MultiplyAdds() as counted:
        parts.propose(network, torch.zeros((1, 3, *parts.input_size_hw)))
    multiply_adds = counted.total if parts.countable else round(_stated(spec)["_ops"] * 1e9)
    return Figures(parameter_count(network), multiply_adds, parts.input_size_hw, _file_size(spec, network))


def _file_size(spec: ModelSpec, network: torch.nn.Module) -> int:
    """Return the bytes of the weights' file: as torchvision says; ultralytics keeps float16, the others float32."""
    if spec.source == "torchvision":
        return round(_stated(spec)["_file_size"] * 2**20)
    byte_count = sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values())
    return byte_count // 2 if spec.source == "ultralytics" else byte_count


def _stated(spec: ModelSpec) -> dict[str, Any]:
    """Return what torchvision states about a model; its operations are multiply-adds at 800 x 800 for detectors."""
    stated: dict[str, Any] = get_model_weights(spec.name).DEFAULT.meta
    return stated


def write() -> None:
    """Write the figures of every model that can be built."""
    table = {spec.name: asdict(count(spec)) for spec in catalogue.MODELS if spec.source != "opencv"}
    catalogue.FIGURES_FILE.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    write()

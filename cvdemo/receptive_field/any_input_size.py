"""Run the part of a network that keeps maps, at any input size; afterwards the network is as it was found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from timm.models.swin_transformer import SwinTransformer, SwinTransformerBlock
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from cvdemo.lenet import LeNet5

EMBEDDINGS = ("patch_embed.proj", "patch_embeddings.projection", "embeddings.patch_embedding")


def features(network: Any) -> Callable[[Tensor], object]:
    """Return what runs ``network`` on pictures (N, 3, h, w) up to its last map, or farther where that is one piece."""
    if hasattr(network, "forward_features"):
        return network.forward_features
    if hasattr(network, "vision_model"):
        return partial(network.vision_model, interpolate_pos_encoding=True)
    if isinstance(network, LeNet5):
        return partial(_lenet_maps, network)
    if hasattr(network, "save"):
        return partial(_yolo_maps, network)
    if hasattr(network, "backbone"):
        return network.backbone
    return network.features if hasattr(network, "features") else network


def _lenet_maps(network: LeNet5, pictures: Tensor) -> Tensor:
    """LeNet-5 without its last two layers, which take one picture size only."""
    x = network.s2(network.act(network.c1(pictures.mean(1, keepdim=True))))
    return network.c5(network.s4(network.act(network.c3(x))))


def _yolo_maps(network: Any, pictures: Tensor) -> list[Any]:
    """A YOLO of ultralytics up to its head: each part reads the part before it, or earlier ones by their numbers."""
    outputs: list[Any] = []
    current: Any = pictures
    for part in network.model[:-1]:
        sources = [current if number == -1 else outputs[number] for number in np.atleast_1d(part.f)]
        current = part(sources[0] if isinstance(part.f, int) else sources)
        outputs.append(current)
    return outputs


def granularity(network: Any) -> int:
    """Return the step of input sizes that ``network`` takes: its patch's side; 32 for Swin, which merges patches."""
    if isinstance(network, SwinTransformer):
        return 32
    embeddings = [part for name, part in network.named_modules() if name.endswith(EMBEDDINGS)]
    return embeddings[0].stride[0] if embeddings and isinstance(network, nn.Module) else 1


@contextmanager
def any_input_size(network: nn.Module) -> Iterator[None]:
    """Let timm's transformers take other input sizes than the one that they were built for.

    Position embeddings are then resampled, as in fine-tuning at a higher resolution (Dosovitskiy et al. 2021).
    """
    changes = _changes(network)
    before = [(part, name, getattr(part, name)) for part, name, _ in changes]
    try:
        for part, name, value in changes:
            setattr(part, name, value)
        yield
    finally:
        for part, name, value in before:
            setattr(part, name, value)


def _changes(network: nn.Module) -> list[tuple[Any, str, Any]]:
    if isinstance(network, VisionTransformer) and not network.dynamic_img_size:
        embed: Any = network.patch_embed
        nhwc = type(embed.output_fmt)("NHWC")
        return [
            (network, "dynamic_img_size", True),
            (embed, "strict_img_size", False),
            (embed, "flatten", False),
            (embed, "output_fmt", nhwc),
        ]
    if isinstance(network, SwinTransformer):
        blocks = [part for part in network.modules() if isinstance(part, SwinTransformerBlock)]
        return [
            (network.patch_embed, "strict_img_size", False),
            *((block, "dynamic_mask", True) for block in blocks),
        ]
    return []

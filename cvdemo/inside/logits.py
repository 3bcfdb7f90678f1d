"""A borrowed model's answer as a function of tensors, through which gradients can flow."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

Logits = Callable[[Tensor], Tensor]
"""Pictures (N, 3, h, w) to logits (N, classes)."""


def logits_of(ready: "ReadyModel", labels: tuple[str, ...] = ()) -> Logits:
    """Return how a borrowed model answers; ``labels`` are the visitor's own, for zero-shot models."""
    network: Any = ready.network
    if ready.texts is None:
        return network
    device = next(network.parameters()).device
    with torch.no_grad():
        ids = torch.from_numpy(ready.texts(labels)).to(device)
        words = _unit(network.get_text_features(input_ids=ids).pooler_output)

    def answer(pixels: Tensor) -> Tensor:
        seen = _unit(network.get_image_features(pixels).pooler_output)
        return seen @ words.T * network.logit_scale.exp() + network.logit_bias

    return answer


def _unit(vectors: Tensor) -> Tensor:
    return vectors / vectors.norm(dim=-1, keepdim=True)

"""Gradient-weighted rollout: attention counts as far as more of it would raise the class's score."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo.attention.tap import Tap, listening, split


def relevance(
    network: nn.Module,
    answer: Callable[[Tensor], Tensor],
    picture: NDArray[np.float32],
    wanted: Sequence[Tap],
    score: Callable[[Tensor], Tensor],
) -> NDArray[np.float32]:
    """Return how much each token matters for a score, by the rule of Chefer, Gur and Wolf (ICCV 2021) for encoders.

    Per layer A' = the mean over heads of the positive part of gradient times attention (their equation 5); from the
    first layer to the last R = R + A' R, beginning with the identity (equation 6); the result is the row of the class
    token, or the mean of all rows where there is none. Only that row is followed, from the last layer to the first.

    Attention stays fused: the gradient of one attention weight is the gradient of what its head gathered times the
    value that it weighs. The network is given back as found, also after an exception.

    Args:
        picture: float32 (1, 3, h, w), normalised.
        wanted: the network's taps, all of them, each with one group.
        score: logits (classes,) to one number.

    Returns:
        float32 (tokens,), not negative; the class token's own part is in it.
    """
    pixels = torch.from_numpy(picture).to(next(network.parameters()).device).requires_grad_(True)
    with torch.enable_grad(), listening(wanted) as outputs, _gathering(wanted) as gathered:
        value = score(answer(pixels)[0])
        gradients = torch.autograd.grad(value, [gathered[tap.name] for tap in wanted])
    row = _start(network, gathered[wanted[0].name].shape[1], pixels)
    with torch.no_grad():
        for tap, gradient in zip(reversed(wanted), reversed(gradients), strict=True):
            row = row + row @ _weighted(tap, outputs[tap.name], gradient)
    return row.float().cpu().numpy()


@contextmanager
def _gathering(wanted: Sequence[Tap]) -> Iterator[dict[str, Tensor]]:
    """Collect what each tap's heads gathered, (1, tokens, heads * d): the input of its last linear layer."""
    found: dict[str, Tensor] = {}
    handles = []
    try:
        for tap in wanted:
            hook: Any = lambda module, inputs, name=tap.name: found.__setitem__(name, inputs[0])  # noqa: E731
            handles.append(getattr(tap.module, tap.output).register_forward_pre_hook(hook))
        yield found
    finally:
        for handle in handles:
            handle.remove()


def _weighted(tap: Tap, outputs: tuple[Tensor, ...], gradient: Tensor) -> Tensor:
    """Return A' (tokens, tokens), head after head."""
    query, key, value = split(tap, outputs)
    heads, tokens = query.shape[1], query.shape[2]
    per_head = gradient.reshape(1, tokens, heads, -1).transpose(1, 2)  # (1, heads, tokens, d)
    together = torch.zeros(tokens, tokens, device=query.device)
    for head in range(heads):
        attention = (query[0, head] @ key[0, head].T).softmax(-1)
        slope = per_head[0, head] @ value[0, head].T
        together += (slope * attention).clamp_(min=0)
    return together / heads


def _start(network: nn.Module, tokens: int, like: Tensor) -> Tensor:
    row = torch.zeros(tokens, device=like.device)
    if any(name.endswith("cls_token") for name, _ in network.named_parameters()):
        row[0] = 1
    else:
        row.fill_(1 / tokens)
    return row

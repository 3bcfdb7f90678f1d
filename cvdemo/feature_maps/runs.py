"""The network runs of this lab: forward and back to one layer, and forward with one channel switched off."""

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cvdemo.inside.activations import ForwardPass, forward, network_turn, own_labels
from cvdemo.inside.hooks import changed
from cvdemo.inside.layers import Stop

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel


def gradient_times_activation(ready: "ReadyModel", seen: ForwardPass) -> tuple[NDArray[np.float32], ...]:
    """Return float32 (C,) a stop: activation times gradient of the first class's score, summed over units and tokens.

    One run forward and back serves all stops, so that the depth slider runs none.
    """
    assert seen.logits is not None
    target, kept = int(seen.logits.argmax()), {}

    def keep(name: str, output: Tensor) -> Tensor:
        kept[name] = output
        return output * 1.0  # what follows may write into it

    pixels = torch.from_numpy(seen.picture.array).to(next(ready.network.parameters()).device).requires_grad_(True)
    with network_turn(), torch.enable_grad(), ExitStack() as hooks:
        for stop in seen.stops:
            hooks.enter_context(changed(ready.network, stop.name, partial(keep, stop.name)))
        score = forward(ready, pixels)[0, target]
        outputs = [kept[stop.name] for stop in seen.stops]
        gradients = torch.autograd.grad(score, outputs, allow_unused=True)
    return tuple(map(_summed, gradients, outputs, seen.stops))


def _summed(gradient: Tensor | None, output: Tensor, stop: Stop) -> NDArray[np.float32]:
    if gradient is None:  # nothing after this layer reaches the answer
        return np.zeros(stop.channels, np.float32)
    axis = channel_axis(stop)
    others = [other for other in range(output.dim()) if other != axis]
    return (gradient * output.detach()).sum(others).float().cpu().numpy()


def logits_without(ready: "ReadyModel", seen: ForwardPass, number: int, channel: int) -> NDArray[np.float32]:
    """Return the answer (classes,) with one channel of stop ``number`` at 0."""
    stop = seen.stops[number]

    def silence(output: Tensor) -> Tensor:
        other = output.clone()
        other.select(channel_axis(stop), channel).zero_()
        return other

    with network_turn(), changed(ready.network, stop.name, silence):
        return ready.run(seen.picture.array, *own_labels(ready.spec))[0]


def channel_axis(stop: Stop) -> int:
    """Return the dimension of a layer's output that counts its channels."""
    return {"nchw": 1, "nhwc": 3, "tokens": 2}[stop.layout]

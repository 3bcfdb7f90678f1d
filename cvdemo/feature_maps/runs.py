"""The network runs of this lab: forward and back to one layer, and forward with one channel switched off."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cvdemo.inside.hooks import changed
from cvdemo.inside.passing import forward
from cvdemo.inside.seeing import Seen, network_turn, own_labels
from cvdemo.inside.stops import Stop

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel


def gradient_times_activation(ready: "ReadyModel", seen: Seen, number: int) -> NDArray[np.float32]:
    """Return float32 (C,): activation times gradient of the first class's score, summed over units and tokens."""
    assert seen.logits is not None
    stop, target = seen.stops[number], int(seen.logits.argmax())
    leaves: list[Tensor] = []

    def open_here(output: Tensor) -> Tensor:
        leaves.append(output.detach().requires_grad_(True))
        return leaves[-1] * 1.0  # what follows may write into it

    pixels = torch.from_numpy(seen.picture.array).to(next(ready.network.parameters()).device)
    with network_turn(), torch.enable_grad(), changed(ready.network, stop.name, open_here):
        score = forward(ready, pixels)[0, target]
        (gradient,) = torch.autograd.grad(score, leaves[-1], allow_unused=True)
    if gradient is None:  # nothing after this layer reaches the answer
        return np.zeros(stop.channels, np.float32)
    product = gradient * leaves[-1].detach()
    axis = channel_axis(stop)
    return product.sum([other for other in range(product.dim()) if other != axis]).float().cpu().numpy()


def logits_without(ready: "ReadyModel", seen: Seen, number: int, channel: int) -> NDArray[np.float32]:
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

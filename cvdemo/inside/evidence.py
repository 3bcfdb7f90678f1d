"""One run forward, and back to the last map only: what every method but Score-CAM is calculated from."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo.inside.last_map import LastMap, as_map
from cvdemo.inside.logits import Logits

Arrays = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def look_back(
    network: nn.Module, answer: Logits, picture: NDArray[np.float32], place: LastMap, score: Callable[[Tensor], Tensor]
) -> Arrays:
    """Return the last map, the gradient of a score with respect to it, and the logits.

    The part before the map runs without keeping anything for gradients, so the way back is as short as can be. The
    network is given back as found: no hook stays, no gradient is kept, grad mode is as before, also after an exception.

    Args:
        picture: float32 (1, 3, h, w), normalised.
        score: logits (classes,) to one number.

    Returns:
        float32 (C, h', w') twice, and (classes,).
    """
    size_hw = (picture.shape[2], picture.shape[3])
    kept: list[Tensor] = []

    def cut(module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        kept.append(output.detach().requires_grad_(True))
        torch.set_grad_enabled(True)  # from here on; leaving ``no_grad`` below undoes it
        return kept[-1]

    pixels = torch.from_numpy(picture).to(next(network.parameters()).device)
    handle = network.get_submodule(place.name).register_forward_hook(cut)
    try:
        with torch.no_grad():
            logits = answer(pixels)[0]
            (gradient,) = torch.autograd.grad(score(logits), kept[-1])
    finally:
        handle.remove()
    return (
        _array(as_map(kept[-1].detach(), place, size_hw)),
        _array(as_map(gradient, place, size_hw)),
        _array(logits.detach()),
    )


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.float().cpu().numpy())

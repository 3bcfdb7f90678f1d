"""The effective field: the gradient of one unit with respect to the picture (Luo et al. 2016)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo.receptive_field.any_input_size import any_input_size, features
from cvdemo.receptive_field.graph import Pair
from cvdemo.receptive_field.table import Layer
from cvdemo.receptive_field.torch_calls import first_tensor

ASLEEP = 1e-3  # layer scales and normalisation weights below that switch a residual branch off


@dataclass(frozen=True)
class Target:
    """One unit of one layer."""

    layer: Layer
    unit: Pair


class _Enough(Exception):
    """The last wanted layer has run: the rest of the network is of no interest."""


def influence(
    network: nn.Module, picture: NDArray[np.float32], std: tuple[float, float, float], targets: Sequence[Target],
    wake: bool = False,
) -> list[NDArray[np.float32]]:  # fmt: skip
    """Return for each target how strongly each pixel moves the unit: |gradient|, summed over the three colours.

    The unit's channels are summed first, as Ding et al. (2022) do. The network is given back as found: no gradient is
    kept in it, its mode and flags do not change, also after an exception.

    Args:
        picture: float32 (1, 3, h, w), normalised; ``std`` turns the gradient into one per unit of brightness, 0..1.
        targets: layers in the order of computation.
        wake: for random weights: open the residual branches that an architecture closes until it is trained.

    Returns:
        float32 (h, w) a target, not negative.
    """
    run = features(network)
    with torch.enable_grad(), any_input_size(network), _awake(network) if wake else nullcontext():
        pixels = torch.from_numpy(picture).to(next(network.parameters()).device).requires_grad_(True)
        with _until_the_last_of(network, targets) as values:
            run(pixels)
        scale = torch.tensor(std, device=pixels.device).reshape(1, 3, 1, 1)
        return [_gradient(values[target.layer.name], pixels, scale) for target in targets]


@contextmanager
def _until_the_last_of(network: nn.Module, targets: Sequence[Target]) -> Iterator[dict[str, Tensor]]:
    """Let a run of the network in the body end at the last target; yield what then holds each target's value."""
    values: dict[str, Tensor] = {}
    by_name = {target.layer.name: target for target in targets}
    modules = dict(network.named_modules())

    def keep(name: str, output: Any) -> None:
        values[name] = _value(first_tensor(output), by_name[name])
        if len(values) == len(by_name):
            raise _Enough

    handles = [
        modules[name].register_forward_hook(lambda module, inputs, output, name=name: keep(name, output))
        for name in by_name
    ]
    try:
        yield values
    except _Enough:
        pass
    finally:
        for handle in handles:
            handle.remove()


def _value(output: Tensor | None, target: Target) -> Tensor:
    """Return the unit's channels, summed."""
    assert output is not None
    (row, column), layer = target.unit, target.layer
    if layer.layout == "nchw":
        return output[0, :, row, column].sum()
    if layer.layout == "nhwc":
        return output[0, row, column].sum()
    return output[0, layer.prefix + row * layer.output_hw[1] + column].sum()


def _gradient(value: Tensor, pixels: Tensor, scale: Tensor) -> NDArray[np.float32]:
    (gradient,) = torch.autograd.grad(value, pixels, retain_graph=True)
    return (gradient / scale).abs().sum(1)[0].float().cpu().numpy()  # (1, 3, h, w) -> (h, w)


@contextmanager
def _awake(network: nn.Module) -> Iterator[None]:
    """Set weights that switch whole branches off to 1 for the moment: timm creates some at 0 or at 1e-6.

    Without that, a fresh timm ResNet-50 shows a field of 11 pixels in every layer.
    """
    asleep = [(parameter, parameter.detach().clone()) for parameter in _scales(network) if _closed(parameter)]
    try:
        with torch.no_grad():
            for parameter, _ in asleep:
                parameter.fill_(1.0)
        yield
    finally:
        with torch.no_grad():
            for parameter, before in asleep:
                parameter.copy_(before)


def _scales(network: nn.Module) -> Iterator[Tensor]:
    """Yield the weights that scale channels: of normalisations, and the gammas of layer scales."""
    for module in network.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if parameter.dim() == 1 and not name.endswith("bias"):
                yield parameter


def _closed(parameter: Tensor) -> bool:
    return bool(parameter.detach().abs().max() < ASLEEP)

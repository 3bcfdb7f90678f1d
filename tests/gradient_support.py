"""The second of two methods for the theoretical field: which pixels have any gradient at all.

With trained weights some of the gradient is zero by chance (a dead ReLU, a max-pool that chose another pixel, a branch
that timm creates with weight zero), so a private copy of the network is made positive first: each convolution averages
what it reads, activations and normalisations let everything pass, max-pools become average pools of the same geometry,
squeeze-and-excitation gates are 1.
"""

from collections.abc import Iterable

import torch
from timm.layers import Conv2dSame, pad_same
from torch import Tensor, nn
from torch.nn import functional as F

from cvdemo.receptive_field.any_input_size import any_input_size, features
from cvdemo.receptive_field.graph import Pair

PASSING = ("torch.nn.modules.activation", "torch.nn.modules.batchnorm", "torch.nn.modules.normalization",
           "torch.nn.modules.dropout", "timm.layers.activations", "timm.layers.norm", "timm.layers.norm_act",
           "timm.layers.drop", "timm.layers.squeeze_excite", "timm.layers.layer_scale")  # fmt: skip
GATES = ("SqueezeExcite", "SEModule", "SqueezeExcitation")

Interval = tuple[int, int]


class _Average(nn.Module):
    """A convolution's geometry alone: each output channel is the mean of all that the kernel covers.

    Every channel then sees the same, so one channel is computed and repeated.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.channels = conv.out_channels
        self.stride, self.padding, self.dilation = conv.stride, conv.padding, conv.dilation
        self.pads_by_size = isinstance(conv, Conv2dSame)  # as TensorFlow does: more after than before where it is odd
        kernel = torch.ones((1, 1, *conv.kernel_size), dtype=torch.float64)
        self.kernel = nn.Buffer(kernel / kernel.numel())

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, channels, h, w) for (N, any, h, w)."""
        one = x.mean(1, keepdim=True)
        if self.pads_by_size:
            one = pad_same(one, list(self.kernel.shape[2:]), list(self.stride), list(self.dilation))
        out = F.conv2d(one, self.kernel, None, self.stride, self.padding, self.dilation)
        return out.repeat(1, self.channels, 1, 1)


class _AverageLinear(nn.Module):
    """A linear layer over the last dimension, made positive in the same way."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.channels = linear.out_features

    def forward(self, x: Tensor) -> Tensor:
        """Return (..., channels) for (..., any)."""
        return x.mean(-1, keepdim=True).repeat(*[1] * (x.dim() - 1), self.channels)


def make_positive(network: nn.Module) -> nn.Module:
    """Change a private ``network`` in place, as this module's first lines tell, and return it, in float64."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            setattr(parent, name, _positive(child))
        for name, parameter in list(parent.named_parameters(recurse=False)):
            if name.startswith("gamma"):
                parameter.data = torch.ones_like(parameter)
    return network.double().eval().requires_grad_(False)


def _positive(module: nn.Module) -> nn.Module:
    if isinstance(module, nn.Conv2d):
        return _Average(module)
    if isinstance(module, nn.Linear):
        return _AverageLinear(module)
    if isinstance(module, nn.MaxPool2d):
        return nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
    home = type(module).__module__
    passes = home.startswith(PASSING) or type(module).__name__ in GATES
    return nn.Identity() if passes else module


def supports(network: nn.Module, names: Iterable[str], size_hw: Pair) -> dict[str, tuple[Pair, Interval, Interval]]:
    """Return for each named layer of a positive ``network`` which pixels reach the unit in the middle of its map.

    Args:
        size_hw: of the picture; a strip is enough to measure one axis, if it is longer than the field.

    Returns:
        By name: the unit (row, column), the first and last row, the first and last column with any gradient.
    """
    wanted, units = set(names), {}
    kept: dict[str, Tensor] = {}

    def keep(name: str, output: Tensor) -> None:
        unit = (output.shape[2] // 2, output.shape[3] // 2)
        units[name], kept[name] = unit, output[0, :, unit[0], unit[1]].sum()

    modules = [(name, module) for name, module in network.named_modules() if name in wanted]
    handles = [module.register_forward_hook(lambda m, i, o, name=name: keep(name, o)) for name, module in modules]
    try:
        picture = torch.ones((1, 3, *size_hw), dtype=torch.float64, requires_grad=True)
        with any_input_size(network):
            features(network)(picture)
        return {name: (units[name], *_reached(kept[name], picture)) for name in kept}
    finally:
        for handle in handles:
            handle.remove()


def _reached(value: Tensor, picture: Tensor) -> tuple[Interval, Interval]:
    (gradient,) = torch.autograd.grad(value, picture, retain_graph=True)
    any_channel = gradient[0].ne(0).any(0)
    rows, columns = (torch.nonzero(any_channel.any(axis)).flatten().tolist() for axis in (1, 0))
    return (rows[0], rows[-1]), (columns[0], columns[-1])

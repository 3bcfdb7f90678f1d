"""The blocks of any model that adds what came in to what it made of it, each taken apart: shortcut, branch, join.

A block computes ``join(shortcut(x) + branch(x))`` (He et al. 2015, arXiv:1512.03385). The branch is what can be left
out; the shortcut is the input itself, or a projection of it where width or size change. Transformers have two such sums
a block, one with attention and one with the MLP, and so two entries here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from timm.models import _efficientnet_blocks as mbconv
from timm.models import convnext, resnet, resnetv2, swin_transformer, vision_transformer
from torch import Tensor, nn

from cvdemo.inside.layer_names import named
from cvdemo.surgery.plain import Block, Shortcut

Part = Callable[[Any, Tensor], Tensor]
"""From the block's module and what came in, (n, ...), to what the part gives, (n, ...)."""


@dataclass(frozen=True)
class Sum:
    """How one sum of a class of module is computed.

    Args:
        suffix: tells a block's sums apart: "" where there is one only.
        title: what the branch is called, "" where there is one only.
        shortcut: None where the class never projects: it is the input itself.
        join: what follows the sum.
        projects: whether the shortcut is a projection.
        adds: whether there is a sum at all.
    """

    branch: Part
    suffix: str = ""
    title: str = ""
    shortcut: Part = lambda _block, x: x
    join: Part = lambda _block, x: x
    projects: Callable[[Any], bool] = lambda _block: False
    adds: Callable[[Any], bool] = lambda _block: True

    def kind(self, block: Any) -> Shortcut | None:
        """Return what the shortcut of ``block`` is."""
        if not self.adds(block):
            return None
        return "projection" if self.projects(block) else "identity"


def _in_order(*steps: str) -> Part:
    """Return the branch that runs a block's modules of these names, in timm's order; what a block lacks is left out."""

    def branch(block: Any, x: Tensor) -> Tensor:
        for step in steps:
            layer = getattr(block, step, None)
            x = x if layer is None else layer(x)
        return x

    return branch


def _convnext(block: Any, x: Tensor) -> Tensor:
    x = block.conv_dw(x)
    if block.use_conv_mlp:
        x = block.mlp(block.norm(x))
    else:
        x = block.mlp(block.norm(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
    return block.drop_path(x if block.gamma is None else x.mul(block.gamma.reshape(1, -1, 1, 1)))


def _swin_attention(block: Any, x: Tensor) -> Tensor:
    return block.drop_path1(block._attn(block.norm1(x)))


def _swin_mlp(block: Any, x: Tensor) -> Tensor:
    tokens = x.flatten(1, 2)
    return block.drop_path2(block.mlp(block.norm2(tokens))).reshape(x.shape)


def _dinov2_attention(block: Any, x: Tensor) -> Tensor:
    return block.drop_path(block.layer_scale1(block.attention(block.norm1(x))[0]))


def _downsampled(block: Any, x: Tensor) -> Tensor:
    return x if block.downsample is None else block.downsample(x)


def _downsampled_after_norm(block: Any, x: Tensor) -> Tensor:
    return x if block.downsample is None else block.downsample(block.norm1(x))


def _has_downsample(block: Any) -> bool:
    return block.downsample is not None


def _has_skip(block: Any) -> bool:
    return bool(block.has_skip)


def _resnet(*steps: str, end: str) -> tuple[Sum, ...]:
    branch = _in_order(*steps, "se", "drop_path")
    return (Sum(branch, shortcut=_downsampled, join=_in_order(end), projects=_has_downsample),)


def _resnetv2(*steps: str) -> tuple[Sum, ...]:
    branch = _in_order(*steps, "drop_path")
    return (Sum(branch, shortcut=_downsampled_after_norm, projects=_has_downsample),)


def _mbconv(*steps: str) -> tuple[Sum, ...]:
    return (Sum(_in_order("conv_s2d", "bn_s2d", *steps, "drop_path"), adds=_has_skip),)


def _transformer(attention: Part, mlp: Part) -> tuple[Sum, ...]:
    return (Sum(attention, "attn", "attention"), Sum(mlp, "mlp", "MLP"))


SUMS: Final[dict[type[nn.Module], tuple[Sum, ...]]] = {
    resnet.BasicBlock: _resnet("conv1", "bn1", "drop_block", "act1", "aa", "conv2", "bn2", end="act2"),
    resnet.Bottleneck: _resnet(
        "conv1", "bn1", "act1", "conv2", "bn2", "drop_block", "act2", "aa", "conv3", "bn3", end="act3"
    ),
    resnetv2.PreActBasic: _resnetv2("norm1", "conv1", "norm2", "conv2"),
    resnetv2.PreActBottleneck: _resnetv2("norm1", "conv1", "norm2", "conv2", "norm3", "conv3"),
    convnext.ConvNeXtBlock: (
        Sum(
            _convnext,
            shortcut=lambda block, x: block.shortcut(x),
            projects=lambda block: not isinstance(block.shortcut, nn.Identity),
        ),
    ),
    mbconv.ConvBnAct: _mbconv("conv", "bn1", "aa"),
    mbconv.DepthwiseSeparableConv: _mbconv("conv_dw", "bn1", "aa", "se", "conv_pw", "bn2"),
    mbconv.InvertedResidual: _mbconv("conv_pw", "bn1", "conv_dw", "bn2", "aa", "se", "conv_pwl", "bn3"),
    vision_transformer.Block: _transformer(
        _in_order("norm1", "attn", "ls1", "drop_path1"), _in_order("norm2", "mlp", "ls2", "drop_path2")
    ),
    swin_transformer.SwinTransformerBlock: _transformer(_swin_attention, _swin_mlp),
}
_DINOV2 = _transformer(_dinov2_attention, _in_order("norm2", "mlp", "layer_scale2", "drop_path"))


def sums_of(module: nn.Module) -> tuple[Sum, ...]:
    """Return how a block's sums are computed, in order; () for what is no block that is known here."""
    if type(module).__name__ == "Dinov2Layer":  # transformers stays out until one of its models is loaded
        return _DINOV2
    return SUMS.get(type(module), ())


def blocks_of(network: nn.Module) -> tuple[Block, ...]:
    """Return the branches of a network in the order of computation; () where nothing of it is such a block.

    A block inside another one is left to that one. MobileViT's transformers stand inside a reshaping of the batch, so
    a network that has them is not taken apart.
    """
    modules = [(path, module) for path, module in network.named_modules() if sums_of(module)]
    if any(".transformer." in path for path, _ in modules):
        return ()
    paths = [path for path, _ in modules]
    labels = named(paths, [path for path, _ in network.named_modules()])
    found = []
    for place, ((path, module), label) in enumerate(zip(modules, labels, strict=True)):
        swaps = place + 1 < len(modules) and _alike(modules[place], modules[place + 1])
        for one in sums_of(module):
            name, told = (f"{path}.{one.suffix}", f"{label}, {one.title}") if one.suffix else (path, label)
            found.append(Block(name, told, path, one.kind(module), swaps))
    return tuple(found)


def _alike(one: tuple[str, nn.Module], other: tuple[str, nn.Module]) -> bool:
    """Whether two neighbours of one stage keep the size of what they get, so that their order can be another."""
    (path, module), (next_path, following) = one, other
    kinds = [part.kind(block) for block in (module, following) for part in sums_of(block)]
    same_stage = path.rpartition(".")[0] == next_path.rpartition(".")[0]
    return same_stage and type(module) is type(following) and set(kinds) == {"identity"}


def whole(module: nn.Module, x: Tensor) -> Tensor:
    """Return what a block gives, computed from its parts: equal to ``module(x)``."""
    for one in sums_of(module):
        branch = one.branch(module, x)
        x = one.join(module, one.shortcut(module, x) + branch if one.adds(module) else branch)
    return x


def parts(module: nn.Module, number: int, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return shortcut, branch and joined sum of a block's sum ``number``, given what came into the block."""
    for place, one in enumerate(sums_of(module)):
        branch = one.branch(module, x)
        shortcut = one.shortcut(module, x) if one.adds(module) else torch.zeros_like(branch)
        joined = one.join(module, shortcut + branch)
        if place == number:
            return shortcut, branch, joined
        x = joined
    raise ValueError(f"the block has {len(sums_of(module))} sums, not {number + 1}")

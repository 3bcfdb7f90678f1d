"""Reads the queries and keys of a run as they pass.

timm computes attention fused: its rows never exist in memory, and a hook on them is never called. Instead of switching
that off for the run, the outputs of the linear layers that make queries and keys are kept, and the rows are calculated
from them afterwards, for the asked patch only. Nothing of the network is switched, and nothing is calculated twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from timm.layers import Attention
from timm.models.mobilevit import MobileVitBlock
from timm.models.swin_transformer import SwinTransformerBlock, WindowAttention
from torch import Tensor, nn

from cvdemo.attention.layer import AttentionLayer
from cvdemo.attention.places import by_corner, by_window, plain
from cvdemo.inside.crop import grid_of
from cvdemo.inside.layer_names import named

BLOCKS = (SwinTransformerBlock, MobileVitBlock)


@dataclass(frozen=True)
class Tap:
    """An attention module of a network.

    Args:
        label: what people call the block that it is the attention of, see `layer_names.named`.
        module: it.
        parent: the block around it that says how tokens lie (Swin's block, MobileViT's), or None.
        linear: the names of its linear layers for queries, keys (and values); one name where they are one layer.
    """

    name: str
    label: str
    module: Any
    parent: Any
    linear: tuple[str, ...]

    @property
    def output(self) -> str:
        """The name of the linear layer that gets what the heads gathered."""
        return next(name for name in ("proj", "out_proj", "o_proj") if hasattr(self.module, name))

    @property
    def heads(self) -> int:
        """How many heads it has."""
        return int(getattr(self.module, "num_heads", None) or self.module.num_attention_heads)


def taps(network: nn.Module) -> tuple[Tap, ...]:
    """Return the attention modules of a network that look at the photo, in the order of computation; () for a CNN."""
    found: list[tuple[str, Any, Any, tuple[str, ...]]] = []
    around = [(name, part) for name, part in network.named_modules() if isinstance(part, BLOCKS)]
    for name, module in network.named_modules():
        if name.startswith("text_model"):
            continue
        parent = next((part for path, part in reversed(around) if name.startswith(f"{path}.")), None)
        if isinstance(module, Attention | WindowAttention):
            found.append((name, module, parent, ("qkv",)))
        elif all(hasattr(module, part) for part in ("q_proj", "k_proj", "v_proj")):
            found.append((name, module, None, ("q_proj", "k_proj", "v_proj")))
    everywhere = [name for name, _ in network.named_modules()]
    labels = named([name.rpartition(".")[0] for name, *_ in found], everywhere)
    return tuple(Tap(name, label, *rest) for (name, *rest), label in zip(found, labels, strict=True))


@contextmanager
def listening(wanted: Sequence[Tap]) -> Iterator[dict[str, tuple[Tensor, ...]]]:
    """Collect what the linear layers of each tap give, by the tap's name; afterwards no hook is left."""
    found: dict[str, tuple[Tensor, ...]] = {}
    handles = []
    try:
        for tap in wanted:
            for part in tap.linear:
                handles.append(getattr(tap.module, part).register_forward_hook(
                    lambda m, i, out, name=tap.name, first=part == tap.linear[0]:
                    found.__setitem__(name, (() if first else found[name]) + (out,))))  # fmt: skip
        yield found
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def listening_to_block(network: nn.Module, tap: Tap) -> Iterator[list[np.ndarray]]:
    """Collect how long each token's vector is after the block around ``tap``: float32 (tokens,), for one picture."""
    found: list[np.ndarray] = []

    def keep(module: nn.Module, inputs: Any, output: Any) -> None:
        tensor = output[0] if isinstance(output, tuple) else output
        if tensor.dim() == 3:
            found.append(_array(tensor[0].norm(dim=-1)))

    handle = network.get_submodule(tap.name.rpartition(".")[0]).register_forward_hook(keep)
    try:
        yield found
    finally:
        handle.remove()


def split(tap: Tap, outputs: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """Return queries (divided by the square root of d), keys and values, each (groups, heads, tokens, d)."""
    heads = tap.heads
    if len(outputs) == 1:
        groups, tokens, _ = outputs[0].shape
        query, key, value = outputs[0].reshape(groups, tokens, 3, heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        if isinstance(tap.module, Attention):
            query, key = tap.module.q_norm(query), tap.module.k_norm(key)
    else:
        query, key, value = (one.reshape(*one.shape[:2], heads, -1).transpose(1, 2) for one in outputs)
    return query * query.shape[-1] ** -0.5, key, value


def layer_of(tap: Tap, outputs: tuple[Tensor, ...], size_hw: tuple[int, int]) -> AttentionLayer:
    """Return a tap's queries and keys as plain numbers, with the places of its tokens in the picture."""
    query, key, _ = split(tap, outputs)
    groups, tokens = query.shape[0], query.shape[2]
    bias = mask = None
    if isinstance(tap.parent, SwinTransformerBlock):
        block: Any = tap.parent
        places, grid = by_window(block.input_resolution, block.window_size, block.shift_size)
        bias = _array(tap.module._get_rel_pos_bias()[0])
        mask = None if block.attn_mask is None else _array(block.attn_mask)
    elif isinstance(tap.parent, MobileVitBlock):
        places, grid = by_corner(grid_of(tokens, size_hw), tap.parent.patch_size)
    else:
        places, grid = plain(tokens, size_hw)
    if places.shape != (groups, tokens):
        raise ValueError(f"{tap.name}: {groups} groups of {tokens} tokens do not fit places {places.shape}")
    return AttentionLayer(tap.name, tap.label, _array(query), _array(key), bias, mask, places, grid)


def _array(tensor: Tensor) -> np.ndarray:
    return np.ascontiguousarray(tensor.detach().float().cpu().numpy())

"""The layers whose maps can be looked at: plain values, in the order of computation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cvdemo.errors import SettingError
from cvdemo.inside.layer_names import without_counts

Layout = Literal["nchw", "nhwc", "tokens"]


@dataclass(frozen=True)
class Stop:
    """One layer of a network that gives a map.

    Args:
        name: the module's path in the network; its output is the map.
        label: what people call it, see `layer_names.named`.
        layout: how its output lies in memory: (1, C, h, w), (1, h, w, C), or (1, tokens, C) row after row.
        prefix: tokens before those of the patches (class token, registers).
        hw: rows and columns of the map.
        channels: C.
        parts: the modules that this row stands for: a convolution with its normalisation and activation.
    """

    name: str
    label: str
    layout: Layout
    prefix: int
    hw: tuple[int, int]
    channels: int
    parts: tuple[str, ...]

    @property
    def library_name(self) -> str:
        """The module's path that stands behind the label: of the layer itself, not of what only rescales it."""
        return self.parts[0]

    @property
    def title(self) -> str:
        """The label with the library's name behind it: ``stage 4 of 4, block 2 of 2 (layer4.1)``."""
        return f"{self.label} ({self.library_name})"


def stop_at(count: int, depth: float) -> int:
    """Return the number of the stop at relative ``depth``, 0 (the first) to 1 (the last)."""
    return round(min(max(depth, 0.0), 1.0) * (count - 1))


def find(stops: Sequence[Stop], name: str, title: str) -> int:
    """Return the number of the stop called ``name``: its name, one of its parts, its label, or its stage (last block).

    Raises:
        SettingError: there is none; the message names some.
    """
    for fits in (
        lambda stop: stop.name == name,
        lambda stop: name in (*stop.parts, stop.label, without_counts(stop.label)),
        lambda stop: stop.name.startswith(f"{name}."),
    ):
        found = [number for number, stop in enumerate(stops) if fits(stop)]
        if found and name:
            return found[-1]
    some = ", ".join(f"{stop.name} ({stop.label})" for stop in stops[-3:])
    raise SettingError(f"{title} has no layer {str(name)[:60]!r}. It has, for example, {some}.")


def label_of(name: str, tokens: bool) -> str:
    """Return a layer's name as people say it: ``block 10`` for ``blocks.9``, ``stage 3, block 6`` in Swin."""
    staged = re.fullmatch(r"(?:layers|stages)\.(\d+)\.(?:blocks\.(\d+)|downsample(?:\.\d+)?)", name)
    if staged:
        what = f"block {int(staged[2]) + 1}" if staged[2] else "downsampling"
        return f"stage {int(staged[1]) + 1}, {what}"
    block = re.search(r"(?:^|\.)(?:blocks|layers|layer)\.(\d+)$", name)
    if tokens and block:
        return f"block {int(block[1]) + 1}"
    if re.search(r"patch_embed", name) or (tokens and name.endswith("embeddings")):
        return "patches"
    return name.removesuffix(".conv")

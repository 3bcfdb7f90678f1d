"""Watch or change layers of a borrowed network for one run; every hook is gone afterwards, also after an exception.

Hooks instead of timm's ``forward_intermediates``: one path serves timm, torchvision, transformers and LeNet-5, gives
blocks and not only stages, and the answer comes out of the same run. The tests compare both.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from cvdemo.inside.layer_names import named
from cvdemo.inside.layers import Layout, Stop

WRAPPERS = ("blocks", "layers", "layer", "encoder", "vision_model", "dinov2", "inner")
SIDE_BRANCHES = ("text_model", "downsample")  # no maps of the photo, or one unit
LIGHT = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)
EMBEDDINGS = ("patch_embed.proj", "patch_embeddings.projection", "embeddings.patch_embedding")


def first_tensor(output: Any) -> Tensor | None:
    """Return a module's output, or the first of a tuple; None where it gives anything else."""
    first = output[0] if isinstance(output, tuple) and output else output
    return first if isinstance(first, Tensor) else None


@contextmanager
def watched(network: nn.Module, names: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Collect the outputs of the modules ``names`` in the order of computation.

    Each is a copy, because an activation after it may write into it; of a module that runs several times, the last.
    """
    found: dict[str, Tensor] = {}

    def keep(name: str, output: Any) -> None:
        tensor = first_tensor(output)
        if tensor is not None:
            found.pop(name, None)
            found[name] = tensor.clone()

    modules, handles = dict(network.named_modules()), []
    try:
        for name in names:
            hook = modules[name].register_forward_hook(lambda m, i, out, name=name: keep(name, out))
            handles.append(hook)
        yield found
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def changed(network: nn.Module, name: str, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Let the module ``name`` give ``change(its output)``, which must not write into what it gets."""

    def swap(module: nn.Module, inputs: Any, output: Any) -> Any:
        tensor = first_tensor(output)
        if tensor is None:
            return None
        new = change(tensor)
        return (new, *output[1:]) if isinstance(output, tuple) else new

    handle = dict(network.named_modules())[name].register_forward_hook(swap)
    try:
        yield
    finally:
        handle.remove()


def candidates(network: nn.Module) -> list[str]:
    """Return the modules that may give maps: single layers outside blocks, and whole blocks."""
    return list(_leaves(network, ""))


def _leaves(module: nn.Module, path: str) -> Iterator[str]:
    if path.rpartition(".")[2] in SIDE_BRANCHES:
        if path.endswith("downsample"):
            yield path
        return
    plain = type(module) in (nn.Sequential, nn.ModuleList)
    if path and not plain and not any(hasattr(module, name) for name in WRAPPERS):
        yield path
        return
    for name, child in module.named_children():
        yield from _leaves(child, f"{path}.{name}" if path else name)


def stops_in(network: nn.Module, outputs: dict[str, Tensor], size_hw: tuple[int, int]) -> tuple[Stop, ...]:
    """Return the layers that gave maps, from the outputs of the `candidates` for a picture of ``size_hw``.

    A normalisation or activation after a convolution becomes one row with it, as `Stop.parts` tells.
    """
    modules = dict(network.named_modules())
    rows: list[Stop] = []
    for name, tensor in outputs.items():
        module = modules[name]
        shape = _shape(network, module, tensor, size_hw)
        if shape is None or isinstance(module, nn.Dropout | nn.Identity):
            continue
        layout, prefix, hw, channels = shape
        before = rows[-1] if rows else None
        same = before is not None and (before.layout, before.hw, before.channels) == ("nchw", hw, channels)
        if same and before is not None and _light(module):
            rows[-1] = Stop(name, "", layout, prefix, hw, channels, (*before.parts, name))
        elif next(module.parameters(), None) is not None or not same:
            rows.append(Stop(name, "", layout, prefix, hw, channels, (name,)))
    paths = [row.parts[0] for row in rows]
    labels = named(paths, list(modules), frozenset(path for path in paths if _light(modules[path])))
    return tuple(replace(row, label=label) for row, label in zip(rows, labels, strict=True))


def _light(module: nn.Module) -> bool:
    """Whether a module only rescales or bends: a normalisation, an activation, or both."""
    if isinstance(module, LIGHT):
        return True
    heavy = any(isinstance(part, nn.Conv2d | nn.Linear) for part in module.modules())
    return not heavy and "ool" not in type(module).__name__ and not list(module.parameters())


def _shape(
    network: nn.Module, module: nn.Module, tensor: Tensor, size_hw: tuple[int, int]
) -> tuple[Layout, int, tuple[int, int], int] | None:
    """Return layout, prefix, rows and columns, channels; None where an output is no map."""
    if tensor.dim() == 4:
        nhwc = str(getattr(module, "output_fmt", getattr(network, "output_fmt", ""))).endswith("NHWC")
        _, a, b, c = tensor.shape
        layout: Layout = "nhwc" if nhwc else "nchw"
        hw, channels = ((a, b), c) if nhwc else ((b, c), a)
        return None if hw[0] * hw[1] < 2 else (layout, 0, hw, channels)
    if tensor.dim() != 3:
        return None
    patch = patch_side(network)
    grid = (size_hw[0] // patch, size_hw[1] // patch)
    prefix = tensor.shape[1] - grid[0] * grid[1]
    return ("tokens", prefix, grid, tensor.shape[2]) if 0 <= prefix < 16 else None


def patch_side(network: nn.Module) -> int:
    """Return the side of a transformer's patches in pixels; 1 for networks without patches."""
    found = [part for name, part in network.named_modules() if name.endswith(EMBEDDINGS)]
    stride = getattr(found[0], "stride", 1) if found else 1
    return stride[0] if isinstance(stride, tuple) else int(stride)


def as_map(tensor: Tensor, stop: Stop) -> Tensor:
    """Return a layer's output (1, ...) as a map (C, h, w); tokens before the patches are left out."""
    if stop.layout == "nchw":
        return tensor[0]
    if stop.layout == "nhwc":
        return tensor[0].permute(2, 0, 1)
    patches = tensor[0, stop.prefix :]  # (h * w, C)
    return patches.T.reshape(patches.shape[1], *stop.hw)

"""What shortcut and branch of each block give on one photo: how long they are, how they point, where they are strong.

One run of the network tells what comes into every block; the block's parts are computed from that once more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cvdemo import catalogue, images, runs, zerogpu
from cvdemo.inside.activations import OnProgress, PassRequest, at_size
from cvdemo.results import Results
from cvdemo.surgery.lesion import network_turn, refuse
from cvdemo.surgery.plain import Block

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cvdemo.loading import ReadyModel

NEAR = 0.5
"""A block is near the identity, here, where its branch is shorter than that share of its shortcut."""

_kept = Results("anatomy of blocks")


@dataclass(frozen=True)
class Anatomy:
    """One run, all blocks with a shortcut.

    Args:
        ratios: L2 norm of the branch over that of the shortcut, a block.
        cosines: of the angle between the two, -1 to 1.
        numbers: the blocks' places among all of the network, from 1; those without a shortcut count, too.
        maps: a block: float32 (3, h, w), the mean size of shortcut, branch and joined sum over the channels.
    """

    asked: PassRequest
    weights: str
    blocks: tuple[Block, ...]
    numbers: tuple[int, ...]
    ratios: tuple[float, ...]
    cosines: tuple[float, ...]
    maps: tuple[NDArray[np.float32], ...]

    @property
    def near(self) -> int:
        """How many blocks are near the identity."""
        return sum(ratio < NEAR for ratio in self.ratios)


@zerogpu.on_gpu(lambda **_: 10)
def dissect(path: Path, model: str, progress: OnProgress | None = None) -> Anatomy:
    """Return what the parts of each block of ``model`` give on the photo at ``path``; what is known runs nothing.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model, or one without blocks that add.
        ModelUnavailable: it cannot be had, or its numbers are none.
    """
    spec = catalogue.get(model)
    refuse(spec)
    asked = PassRequest(images.open(path).digest, model, runs.invented(spec, "trained"))
    report = progress and partial(progress, model)
    return runs.run(_kept, asked, spec, partial(_work, path=path, asked=asked), asked.random, report)


def known(asked: PassRequest) -> Anatomy | None:
    """Return what `dissect` found, if that is still known; never runs anything."""
    return _kept.get(asked)


def _work(ready: "ReadyModel", path: Path, asked: PassRequest) -> Anatomy:
    from cvdemo.inside.hooks import patch_side
    from cvdemo.surgery.blocks import blocks_of

    blocks, shown = blocks_of(ready.network), at_size(ready, path, None)
    patch = patch_side(ready.network)
    grid = (shown.size_hw[0] // patch, shown.size_hw[1] // patch)
    with network_turn(), _dissecting(ready.network, blocks, grid) as found:
        ready.run(shown.array)
    kept = tuple(block for block in blocks if block.droppable)
    numbers = tuple(number for number, block in enumerate(blocks, 1) if block.droppable)
    rows = [found[block.name] for block in kept]
    maps = tuple(row[2] for row in rows)
    ratios, cosines = tuple(row[0] for row in rows), tuple(row[1] for row in rows)
    runs.check_finite(ready.spec, ratios, cosines, *maps)
    return Anatomy(asked, ready.weights, kept, numbers, ratios, cosines, maps)


Found = dict[str, tuple[float, float, NDArray[np.float32]]]


@contextmanager
def _dissecting(network: "nn.Module", blocks: tuple[Block, ...], grid: tuple[int, int]) -> Iterator[Found]:
    """Collect ratio, cosine and maps of each block by its name, while the network runs; afterwards no hook is left."""
    from cvdemo.surgery.blocks import parts, sums_of

    found: Found = {}
    named = {block.name: block for block in blocks if block.droppable}
    handles = []

    def look(module: Any, inputs: Any, path: str) -> None:
        for number, one in enumerate(sums_of(module)):
            name = f"{path}.{one.suffix}" if one.suffix else path
            if name in named:
                found[name] = _measured(*parts(module, number, inputs[0]), grid, "Swin" in type(module).__name__)

    try:
        for path in dict.fromkeys(block.module for block in blocks):
            hook = partial(look, path=path)
            handles.append(network.get_submodule(path).register_forward_pre_hook(hook))
        yield found
    finally:
        for handle in handles:
            handle.remove()


def _measured(
    shortcut: "Tensor", branch: "Tensor", joined: "Tensor", grid: tuple[int, int], last: bool
) -> tuple[float, float, NDArray[np.float32]]:
    a, b = shortcut.double().flatten(), branch.double().flatten()
    lengths = float(a.norm()), float(b.norm())
    ratio = lengths[1] / max(lengths[0], 1e-12)
    cosine = float(a @ b) / max(lengths[0] * lengths[1], 1e-12)
    return ratio, cosine, np.stack([_strength(one, grid, last) for one in (shortcut, branch, joined)])


def _strength(tensor: "Tensor", grid: tuple[int, int], last: bool) -> NDArray[np.float32]:
    """Return the mean size over the channels, float32 (h, w); tokens before the patches are left out."""
    if tensor.dim() == 3:
        patches = tensor[0, tensor.shape[1] - grid[0] * grid[1] :].abs().mean(-1)
        return patches.reshape(grid).float().cpu().numpy()
    return tensor[0].abs().mean(-1 if last else 0).float().cpu().numpy()

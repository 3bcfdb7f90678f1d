"""Where a YOLO's box comes from: one cell of one grid, whose class score can be followed back to that grid's map.

Of all detectors only these are explained: each of their boxes is a cell of a map, and its score hangs on no other box.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cvdemo.loading.from_ultralytics import propose
from cvdemo.loading.oom_fallback import device_of

if TYPE_CHECKING:
    from cvdemo.loading import ReadyDetector

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Cell:
    """One cell of one of a detector's grids.

    Args:
        number: among the cells of all grids, in the order of the network's output.
        level: which grid, 0 = the finest.
        row, column: in that grid.
    """

    number: int
    level: int
    row: int
    column: int


@dataclass(frozen=True)
class Grids:
    """What one run of a YOLO gave, as tensors; lives inside one function.

    Args:
        boxes: (N, 4), scores (N,), kinds (N,): its candidates, as `loading.from_ultralytics.propose` returns them.
        logits: (classes, cells), of the head that answers.
        maps: (1, C, h, w) each, what that head reads.
        heads: the class branch of each grid.
    """

    boxes: Tensor
    scores: Tensor
    kinds: Tensor
    logits: Tensor
    maps: list[Tensor]
    heads: Any

    def cell(self, candidate: int, kind: int) -> Cell:
        """Return where a candidate comes from; NMS-free networks name no cell, so there its score finds it again."""
        number = candidate
        if len(self.scores) != self.logits.shape[1]:
            number = int((self.logits[kind].sigmoid() - self.scores[candidate]).abs().argmin())
        return self._placed(number)

    def _placed(self, number: int) -> Cell:
        left = number
        for level, one in enumerate(self.maps):
            rows, columns = one.shape[2:]
            if left < rows * columns:
                return Cell(number, level, *divmod(left, columns))
            left -= rows * columns
        raise ValueError(f"there is no cell {number}")


def run(ready: "ReadyDetector", array: Array) -> Grids:
    """Run a borrowed YOLO on float32 (1, 3, h, w); no hook is set and no gradient kept."""
    kept: list[Any] = []

    def network(pixels: Tensor) -> Any:
        kept.append(_network(ready)(pixels))
        return kept[-1]

    with torch.no_grad():
        boxes, scores, kinds = propose(network, _sent(ready, array))
        answered, heads = _answering(ready, kept[-1][1])
        return Grids(boxes, scores, kinds, answered["scores"][0], list(answered["feats"]), heads)


def look_back(grids: Grids, cell: Cell, kind: int) -> tuple[Array, Array, float]:
    """Return the map of a cell's grid, the gradient of its class's logit with respect to that map, and the logit.

    Only the class branch of that grid runs again: everything before it is not asked for gradients.

    Returns:
        float32 (C, h, w) twice, and the score before the sigmoid.
    """
    with torch.enable_grad():
        read = grids.maps[cell.level].detach().clone().requires_grad_(True)
        logit = grids.heads[cell.level](read)[0, kind, cell.row, cell.column]
        (gradient,) = torch.autograd.grad(logit, read)
    return _array(read.detach()[0]), _array(gradient[0]), float(logit.detach())


def scores_of(ready: "ReadyDetector", pictures: Array, cell: Cell, kind: int) -> Array:
    """Return the score 0..1 of one class in one cell for pictures float32 (N, 3, h, w): float32 (N,)."""
    with torch.no_grad():
        answered, _ = _answering(ready, _network(ready)(_sent(ready, pictures))[1])
        return _array(answered["scores"][:, kind, cell.number].sigmoid())


def _network(ready: "ReadyDetector") -> Any:
    assert ready.network is not None
    return ready.network


def _answering(ready: "ReadyDetector", raw: Any) -> tuple[Any, Any]:
    """Return raw output and class branches of the head that answers: NMS-free networks have a second one."""
    head = _network(ready).model[-1]
    return (raw["one2one"], head.one2one["cls_head"]) if head.end2end else (raw, head.one2many["cls_head"])


def _sent(ready: "ReadyDetector", array: Array) -> Tensor:
    pixels = torch.from_numpy(array).to(device_of(_network(ready)))
    return pixels.contiguous(memory_format=torch.channels_last)


def _array(tensor: Tensor) -> Array:
    return np.ascontiguousarray(tensor.float().cpu().numpy())

"""How much boxes overlap: IoU, intersection over the smaller box, and DIoU, in float32 as torchvision computes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
PAIRS = 1 << 15  # pairs computed at a time: their intermediate results stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Columns:
    """Boxes laid out by coordinate, which numpy computes fastest.

    Args:
        values: float32 (5, N): x0, y0, x1, y1 and area.
        classes: int32 (N,), or None where all boxes compare with all.
    """

    values: Floats
    classes: NDArray[np.int32] | None

    def __len__(self) -> int:
        return self.values.shape[1]

    def __getitem__(self, chosen: "slice | NDArray[np.bool_] | NDArray[np.intp]") -> "Columns":
        return Columns(self.values[:, chosen], None if self.classes is None else self.classes[chosen])

    def of_one_class(self) -> "Columns":
        """Return the same boxes without their classes where all have the same one: less to compare."""
        single = self.classes is not None and len(self) and bool((self.classes == self.classes[0]).all())
        return Columns(self.values, None) if single else self


def columns(boxes_xyxy: Floats, classes: NDArray[np.int32] | None) -> Columns:
    """Lay out boxes (N, 4); boxes of different ``classes`` never overlap."""
    values = np.empty((5, len(boxes_xyxy)), np.float32)
    values[:4] = boxes_xyxy.T
    values[4] = (values[2] - values[0]) * (values[3] - values[1])
    return Columns(values, classes)


def scratch(pairs: int) -> Floats:
    """Return room in which `overlaps` computes up to ``pairs`` pairs again and again."""
    return np.empty((4, pairs), np.float32)


def overlaps(rows: Columns, others: Columns, measure: str, room: Floats, limit: np.float32) -> Floats:
    """Return how much each of ``rows`` overlaps each of ``others``, float32 (R, C); valid until ``room`` is used again.

    A box without area overlaps nothing (0, or NaN where two such meet); boxes of different classes give -1.
    Measures: ``iou``, ``smaller`` (intersection over the smaller box) and ``diou`` (arXiv:1911.08287).
    Only overlaps above ``limit`` need be exact: DIoU never exceeds IoU, so others stay IoU where that saves work.
    """
    shape = len(rows), len(others)
    pairs = shape[0] * shape[1]
    inter, high, work, more = room[:, :pairs].reshape(4, *shape)
    x0, y0, x1, y1, area = rows.values[:, :, None]
    u0, v0, u1, v1, size = others.values
    np.minimum(x1, u1, out=inter)
    inter -= np.maximum(x0, u0, out=work)
    np.maximum(inter, 0, out=inter)
    np.minimum(y1, v1, out=high)
    high -= np.maximum(y0, v0, out=work)
    np.maximum(high, 0, out=high)
    inter *= high
    if measure == "smaller":
        np.minimum(area, size, out=work)
    else:
        np.add(area, size, out=work)
        work -= inter
    inter /= work
    if measure == "diou" and (inter > limit).any():
        inter -= _distance(rows.values, others.values, high, work, more)
    if rows.classes is not None and others.classes is not None:
        np.copyto(inter, -1, where=rows.classes[:, None] != others.classes)
    return inter


def _distance(rows: Floats, others: Floats, diagonal: Floats, part: Floats, away: Floats) -> Floats:
    """Return DIoU's penalty: squared distance of the centres over the squared diagonal of the box around both."""
    diagonal[:] = 1e-7
    away[:] = 0
    for low, high in ((0, 2), (1, 3)):
        side = np.maximum(rows[high, :, None], others[high])
        side -= np.minimum(rows[low, :, None], others[low], out=part)
        diagonal += np.multiply(side, side, out=side)
        np.subtract((rows[low] + rows[high])[:, None] / 2, (others[low] + others[high]) / 2, out=part)
        away += np.multiply(part, part, out=part)
    away /= diagonal
    return away


def at_most(limit: float) -> np.float32:
    """Return the largest float32 <= ``limit``: a float32 is above ``limit`` exactly when it is above this."""
    rounded = np.float32(limit)
    return rounded if float(rounded) <= limit else np.nextafter(rounded, np.float32(-np.inf))

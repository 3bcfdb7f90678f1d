"""How much boxes overlap: IoU, intersection over the smaller box, and DIoU, in float32 as torchvision computes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
MEASURES = ("iou", "smaller", "diou", "smaller_diou")


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


def columns(boxes_xyxy: Floats, classes: NDArray[np.int32] | None) -> Columns:
    """Lay out boxes (N, 4); boxes of different ``classes`` never overlap."""
    values = np.empty((5, len(boxes_xyxy)), np.float32)
    values[:4] = boxes_xyxy.T
    values[4] = (values[2] - values[0]) * (values[3] - values[1])
    return Columns(values, classes)


def overlaps(rows: Columns, others: Columns, measure: str) -> Floats:
    """Return how much each of ``rows`` overlaps each of ``others``, float32 (R, C).

    A box without area overlaps nothing (0, or NaN where two such meet); boxes of different classes give -1.
    """
    x0, y0, x1, y1, area = rows.values[:, :, None]
    u0, v0, u1, v1, size = others.values
    inter = np.minimum(x1, u1)
    work = np.maximum(x0, u0)
    inter -= work
    np.maximum(inter, 0, out=inter)
    high = np.minimum(y1, v1)
    np.maximum(y0, v0, out=work)
    high -= work
    np.maximum(high, 0, out=high)
    inter *= high
    if measure.startswith("smaller"):
        np.minimum(area, size, out=work)
    else:
        np.add(area, size, out=work)
        work -= inter
    inter /= work
    if measure.endswith("diou"):
        inter -= _distance(rows.values, others.values)
    if rows.classes is not None and others.classes is not None:
        inter[rows.classes[:, None] != others.classes] = -1
    return inter


def _distance(rows: Floats, others: Floats) -> Floats:
    """Return the squared distance of the centres over the squared diagonal of the box around both (DIoU's penalty)."""
    x0, y0, x1, y1 = rows[:4, :, None]
    u0, v0, u1, v1 = others[:4]
    wide = np.maximum(x1, u1) - np.minimum(x0, u0)
    high = np.maximum(y1, v1) - np.minimum(y0, v0)
    across = ((x0 + x1) - (u0 + u1)) / 2
    down = ((y0 + y1) - (v0 + v1)) / 2
    return (across * across + down * down) / (wide * wide + high * high + np.float32(1e-7))


def at_most(limit: float) -> np.float32:
    """Return the largest float32 <= ``limit``: a float32 is above ``limit`` exactly when it is above this."""
    rounded = np.float32(limit)
    return rounded if float(rounded) <= limit else np.nextafter(rounded, np.float32(-np.inf))

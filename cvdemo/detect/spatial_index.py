"""Which boxes can overlap a group of boxes at all: a cheap test that spares most pairs in a crowded picture."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.overlap import Columns

SLACK = 1e-4  # float32 rounds an overlap by less than 1e-6; the test must never lose a pair


class SpatialIndex:
    """Where the boxes of a table, all of one class, lie and reach to; built once, asked for many groups of its boxes.

    The IoU of two boxes never exceeds the IoU of their widths or of their heights. Two lengths a and b whose IoU
    exceeds t have centres closer than (a + b) (1 - t) / (2 (1 + t)), and each is longer than t times the other.
    """

    def __init__(self, boxes: Columns, limit: float, measure: str) -> None:
        x0, y0, x1, y1, self.areas = boxes.values.astype(np.float64)
        self.least = max(limit - SLACK, 0.0)
        self.of_smaller = measure == "smaller"
        self.sizes = np.stack([x1 - x0, y1 - y0])
        self.centres = np.stack([x0 + x1, y0 + y1]) / 2
        share = 1.0 if self.of_smaller else (1 - self.least) / (1 + self.least)
        reach = self.sizes * (0.5 * share + SLACK)
        self.low, self.high = self.centres - reach, self.centres + reach
        self.keys = self._keys()

    def _keys(self) -> NDArray[np.float64]:
        """Return float64 (4, N): place and logarithm of size, each on the scale at which boxes lose touch."""
        usual = np.maximum(np.median(np.abs(self.high - self.low), axis=1, keepdims=True), 1e-6)
        lengths = np.log(np.maximum(np.abs(self.sizes), 1e-6))
        return np.concatenate([self.centres / usual, lengths / max(-np.log(max(self.least, 0.01)), SLACK)])

    def groups(self, rows: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
        """Split ``rows`` into groups of at most ``size`` alike boxes, each in ascending order."""
        if len(rows) <= size:
            yield np.sort(rows)
            return
        keys = self.keys[:, rows]
        order = np.argpartition(keys[np.ptp(keys, axis=1).argmax()], len(rows) // 2)
        yield from self.groups(rows[order[: len(rows) // 2]], size)
        yield from self.groups(rows[order[len(rows) // 2 :]], size)

    def of(self, group: NDArray[np.intp], start: int) -> NDArray[np.intp]:
        """Return the boxes from ``start`` on that may overlap one of ``group`` by more than the limit."""
        near = self._alike(group, start)
        for axis in (0, 1):
            near &= self.high[axis, start:] >= self.low[axis, group].min()
            near &= self.low[axis, start:] <= self.high[axis, group].max()
        return start + np.flatnonzero(near)

    def _alike(self, group: NDArray[np.intp], start: int) -> NDArray[np.bool_]:
        """Return which boxes from ``start`` on have sizes with which the limit can be exceeded at all."""
        wide, tall = self.sizes[:, start:]
        low, high = self.sizes[:, group].min(axis=1), self.sizes[:, group].max(axis=1)
        if self.of_smaller:
            most = np.minimum(wide, high[0]) * np.minimum(tall, high[1])
            return most >= self.least * np.minimum(self.areas[start:], self.areas[group].min())
        alike = (wide >= low[0] * self.least) & (tall >= low[1] * self.least)
        return alike & (wide * self.least <= high[0]) & (tall * self.least <= high[1])

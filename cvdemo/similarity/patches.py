"""Cosine similarity of patches: from one unit of a map to all units of the same map or of another photo's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.errors import SettingError
from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.crop import Pair
from cvdemo.inside.layers import stop_at

GRID_LOW = 4
ALIKE = 0.7  # above that cosine the page calls a patch much alike


@dataclass(frozen=True)
class Similar:
    """How like one unit all others are.

    Args:
        cosines: float32 (h, w), -1..1; 0 where a unit or the one asked about has no features at all.
        unit: row and column of the one asked about, in its own map.
        best: the unit of ``cosines`` that is most alike; in the same photo not the one asked about itself.
    """

    cosines: NDArray[np.float32]
    unit: Pair
    best: Pair

    @property
    def alike(self) -> float:
        """Share of the patches whose cosine is above `ALIKE`, 0..1."""
        return float((self.cosines > ALIKE).mean())


def stop_for(seen: ForwardPass, depth: float) -> int:
    """Return the number of the layer at ``depth`` (0..1), or of the last before it whose map is at least 4 x 4."""
    number = stop_at(len(seen.stops), depth)
    while number > 0 and min(seen.stops[number].hw) < GRID_LOW:
        number -= 1
    return number


def similar(one: NDArray[np.float32], unit: Pair, other: NDArray[np.float32] | None = None) -> Similar:
    """Return the cosine of ``unit`` of a map (C, h, w) with every unit of it, or of ``other`` (C, h', w').

    Raises:
        SettingError: the unit lies outside the map.
    """
    check_unit(unit, one.shape[1:])
    target = one if other is None else other
    here = one[:, unit[0], unit[1]].astype(np.float64)
    flat = target.reshape(len(target), -1).astype(np.float64)  # (C, units)
    lengths = np.sqrt((flat**2).sum(0)) * np.sqrt((here**2).sum())
    cosines = np.divide(here @ flat, lengths, out=np.zeros(flat.shape[1]), where=lengths > 0)
    cosines = np.clip(cosines, -1, 1).astype(np.float32).reshape(target.shape[1:])
    ranked = cosines.copy()
    if other is None:
        ranked[unit] = -2
    row, column = np.unravel_index(int(ranked.argmax()), ranked.shape)
    return Similar(cosines, unit, (int(row), int(column)))


def check_unit(unit: Pair, grid_hw: tuple[int, ...]) -> Pair:
    """Return the unit.

    Raises:
        SettingError: it lies outside the grid.
    """
    rows, columns = grid_hw
    if not (0 <= unit[0] < rows and 0 <= unit[1] < columns):
        raise SettingError(
            f"The grid has {rows} x {columns} patches: row must be from 0 to {rows - 1} and col from 0 to "
            f"{columns - 1}."
        )
    return unit

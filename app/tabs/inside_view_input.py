"""What a view of Look inside gets to draw from, and how maps travel to the browser."""

import base64
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.crop import Pair, unit_at
from cvdemo.inside.layers import stop_at

TILE_SIDE = 48


@dataclass(frozen=True)
class ViewInput:
    """All that a view depends on.

    Args:
        path: of the photo.
        seen: one forward pass a model.
        point_rc: the point, in pixels of the upright photo.
        settings: the lab's, see `app.tabs.inside_views.Settings`: shared ones, and each view's under its id.
    """

    path: Path
    seen: tuple[ForwardPass, ...]
    point_rc: Pair
    settings: Any

    def stop(self, number: int) -> int:
        """Return the number of the layer of model ``number`` at the chosen depth."""
        return stop_at(len(self.seen[number].stops), self.settings.depth)

    def unit(self, number: int, stop: int) -> Pair:
        """Return the unit of layer ``stop`` of model ``number`` that lies over the point."""
        one = self.seen[number]
        point, _ = one.point(self.point_rc)
        return unit_at(point, one.picture.size_hw, one.stops[stop].hw)


def packed(one: NDArray[Any], low: float | None = None, high: float | None = None) -> dict[str, Any]:
    """Return a map (h, w) for the browser, which colours it: 256 steps from ``low`` to ``high`` (its own range)."""
    lowest = float(one.min()) if low is None else low
    highest = float(one.max()) if high is None else high
    width = highest - lowest or 1.0
    steps = np.clip(np.rint((one - lowest) * (255 / width)), 0, 255).astype(np.uint8)
    data = base64.b64encode(steps.tobytes()).decode("ascii")
    return {"h": one.shape[0], "w": one.shape[1], "low": lowest, "high": highest, "data": data}


def small(one: NDArray[np.float32], side: int = TILE_SIDE) -> NDArray[np.float32]:
    """Return a map (h, w) with at most ``side`` rows and columns, by means over equal blocks."""
    step = math.ceil(max(one.shape) / side)
    if step == 1:
        return one
    rows, columns = (-(-size // step) * step for size in one.shape)
    wide = np.pad(one, ((0, rows - one.shape[0]), (0, columns - one.shape[1])), mode="edge")
    return wide.reshape(rows // step, step, columns // step, step).mean((1, 3))


def npy_file(stem: str, array: NDArray[Any]) -> dict[str, str]:
    """Return an array as a file for the browser: its name and its data URL."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return {"name": f"{stem}.npy", "url": f"data:application/octet-stream;base64,{data}"}

"""Small objects: how a photo is cut into tiles that overlap, each of which a detector sees by itself."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.result import WHOLE
from cvdemo.errors import SettingError
from cvdemo.images import Photo

TILES = (1, 2, 3)  # along each side; 1 leaves the photo whole
OVERLAP = 0.2  # of a tile, as the paper of SAHI has it


@dataclass(frozen=True)
class TileProgress:
    """How far a detector is with a photo that was cut: ``done`` of ``total`` runs are finished."""

    done: int
    total: int


@dataclass(frozen=True, eq=False)
class View:
    """What a detector looks at in one run: the whole photo, or one tile of it.

    Args:
        cut_xyxy: in pixels of ``photo.pixels``, inside them, not empty.
        tile: the tile's number, row by row from 0, or `WHOLE`.
    """

    photo: Photo
    cut_xyxy: tuple[int, int, int, int]
    tile: int

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """What the detector sees, uint8 (h, w, 3), contiguous."""
        left, top, right, bottom = self.cut_xyxy
        return np.ascontiguousarray(self.photo.pixels[top:bottom, left:right])

    @property
    def xyxy(self) -> NDArray[np.float64]:
        """Where the view lies in the full-size photo, (4,)."""
        edges = self._scaled(np.array(self.cut_xyxy, np.float64))
        return np.clip(edges, 0, self.photo.full_size_wh * 2)

    def on_photo(self, boxes_xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring boxes (N, 4) from this view's pixels to the full-size photo's, cut at the edges of the view."""
        left, top, right, bottom = self.xyxy
        boxes = self._scaled(boxes_xyxy.astype(np.float64) + np.array(self.cut_xyxy[:2] * 2))
        return np.clip(boxes, [left, top] * 2, [right, bottom] * 2).astype(np.float32)

    def _scaled(self, xyxy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bring places from ``photo.pixels`` to the full-size photo."""
        width, height = self.photo.full_size_wh
        left, top, right, bottom = self.photo.covers_xyxy or (0, 0, width, height)
        rows, columns = self.photo.pixels.shape[:2]
        return xyxy * ([(right - left) / columns, (bottom - top) / rows] * 2) + [left, top] * 2


def checked_tiles(tiles: object) -> int:
    """Return how many tiles lie along each side, one of `TILES`.

    Raises:
        SettingError: it is anything else.
    """
    if isinstance(tiles, bool) or not isinstance(tiles, int) or tiles not in TILES:
        raise SettingError("A photo stays whole or is cut into 2 x 2 or 3 x 3 tiles: tiles must be 1, 2 or 3.")
    return tiles


def sides_per_tile(tiles: int) -> float:
    """Return how many times as long as a tile the photo is; less than ``tiles``, because they overlap."""
    return tiles - (tiles - 1) * OVERLAP


def views(whole: Photo, finer: Photo, tiles: int) -> tuple[View, ...]:
    """Return the whole photo and its tiles, row by row.

    Small objects keep more of their pixels in a tile, and large ones fit into the whole photo alone (SAHI, Akyon et
    al. 2022, arXiv:2202.06934). Where a photo has too few pixels for ``tiles`` different ones there are fewer, or none.

    Args:
        whole: the photo as the detector sees all of it at once.
        finer: the same photo, for the tiles.
    """
    rows, columns = whole.pixels.shape[:2]
    everything = View(whole, (0, 0, columns, rows), WHOLE)
    rows, columns = finer.pixels.shape[:2]
    down, across = _spans(rows, tiles), _spans(columns, tiles)
    if len(down) == len(across) == 1:
        return (everything,)
    cuts = [(left, top, right, bottom) for top, bottom in down for left, right in across]
    return (everything, *(View(finer, cut, number) for number, cut in enumerate(cuts)))


def _spans(length: int, tiles: int) -> list[tuple[int, int]]:
    """Return where the tiles along one side begin and end, in pixels; none twice."""
    size = math.ceil(length / sides_per_tile(tiles))
    starts = {round(number * (length - size) / (tiles - 1)) for number in range(tiles)} if tiles > 1 else {0}
    return [(start, start + size) for start in sorted(starts)]

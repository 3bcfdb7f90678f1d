"""What a detector proposed for one photo, before any non-maximum suppression."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cvdemo.detect.ranked import Ranked, rank
from cvdemo.detect.settings import Settings

CANDIDATE_LIMIT = 8400  # as many as YOLOv8 has cells at 640 px; more would make NMS slow and change nothing
WHOLE = -1  # the number of the whole photo, where tiles have numbers from 0


@dataclass(frozen=True)
class Candidates:
    """Raw candidates of one detector, best first.

    Args:
        boxes_xyxy: float32 (N, 4), pixels of the upright photo, inside it.
        scores: float32 (N,), 0..1, descending.
        class_ids: int32 (N,), indices into ``labels``.
        raw_scores: float32 (N,), margins of detectors that give no probabilities; else None.
        found: how many there were before the cap of `CANDIDATE_LIMIT`.
        needs_nms: False for detectors that were trained to give each object one box.
        tile: int16 (N,), the tile that proposed each, or `WHOLE`; None where the photo was not cut.
        tiles_xyxy: float32 (T, 4), the tiles in pixels of the upright photo; None where it was not cut.
        runs: how many times the network ran for them.
        engine: what computed: ``torch``, ``openvino`` or ``opencv``; of several runs, the last.
    """

    model: str
    title: str
    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    labels: tuple[str, ...]
    size_wh: tuple[int, int]
    raw_scores: NDArray[np.float32] | None
    needs_nms: bool
    found: int
    decode_ms: float
    preprocess_ms: float
    network_ms: float
    tile: NDArray[np.int16] | None = None
    tiles_xyxy: NDArray[np.float32] | None = None
    runs: int = 1
    engine: str = "torch"

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes_xyxy.shape != (count, 4) or self.class_ids.shape != (count,):
            raise ValueError(f"boxes must have shape ({count}, 4), got {self.boxes_xyxy.shape}")
        if np.any(np.diff(self.scores) > 0):
            raise ValueError("scores must descend")
        if (self.tile is None) != (self.tiles_xyxy is None):
            raise ValueError("tile and tiles_xyxy come together")
        if self.tile is not None and self.tile.shape != (count,):
            raise ValueError(f"tile must have shape ({count},), got {self.tile.shape}")

    @cached_property
    def ranked(self) -> Ranked:
        """The candidates laid out for suppression, once for all settings."""
        return rank(self.boxes_xyxy, self.scores, self.class_ids)

    @property
    def nms_acts(self) -> bool:
        """Whether boxes remove each other: tiles show the same thing twice, also to a detector that needs no NMS."""
        return self.needs_nms or self.tile is not None

    def acting(self, settings: Settings) -> Settings:
        """Return the settings that act on this detector: where it needs no NMS, no box removes another.

        Its boxes from several tiles do, by greedy NMS: it was trained to give each object one box in one picture.
        """
        if self.needs_nms:
            return settings
        return settings.without_nms() if self.tile is None else replace(settings, method="greedy")

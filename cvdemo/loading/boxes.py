"""What a detector's run hands over, whatever its library: raw boxes before non-maximum suppression."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RawBoxes:
    """Candidates in any order.

    Args:
        boxes_xyxy: float32 (N, 4), in pixels of the picture that the detector was given; may reach out of it.
        scores: float32 (N,), 0..1.
        class_ids: int32 (N,), indices into ``labels``.
        margins: float32 (N,), where ``scores`` were made from margins by a logistic; else None.
        engine: what computed: ``torch``, ``openvino`` or ``opencv``.
    """

    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    labels: tuple[str, ...]
    margins: NDArray[np.float32] | None
    preprocess_ms: float
    network_ms: float
    engine: str = "torch"

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes_xyxy.shape != (count, 4) or self.class_ids.shape != (count,):
            raise ValueError(f"{count} scores need boxes ({count}, 4), got {self.boxes_xyxy.shape}")


Through = Callable[[tuple[int, ...]], Callable[[NDArray[np.float32]], NDArray[np.float32]] | None]
"""From the shape (N, 3, h, w) of a detector's input to a function that runs its graph on such an array, if any."""


class Detect(Protocol):
    """A picture, uint8 (H, W, 3) RGB, to its raw boxes. For one thread at a time.

    ``through`` lends another way to run the network, for detectors with a graph of one tensor in, one tensor out.
    """

    def __call__(self, pixels: NDArray[np.uint8], through: Through | None = None) -> RawBoxes: ...

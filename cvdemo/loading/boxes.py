"""What a detector's run hands over, whatever its library: raw boxes before non-maximum suppression."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RawBoxes:
    """Candidates in any order.

    Args:
        boxes_xyxy: float32 (N, 4), in pixels of the picture that the detector was given.
        scores: float32 (N,), 0..1.
        class_ids: int (N,), indices into ``labels``.
        margins: float32 (N,), where ``scores`` were made from margins by a logistic; else None.
    """

    boxes_xyxy: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]
    labels: tuple[str, ...]
    margins: NDArray[np.float32] | None
    preprocess_ms: float
    network_ms: float

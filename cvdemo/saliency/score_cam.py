"""Score-CAM: show the network only what one channel sees, for each channel in turn (Wang et al. 2020)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cvdemo.saliency.measures import resized, scaled

BATCH = 8

Scores = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Pictures float32 (N, 3, h, w) to the score of the class, a logit each, (N,)."""


def score_cam(
    activations: NDArray[np.float32],
    picture: NDArray[np.float32],
    scores: Scores,
    report: Callable[[int, int], None] = lambda done, of: None,
) -> NDArray[np.float32]:
    """Weigh each channel by the softmax of the score that its own map, as a mask over the picture, reaches.

    No gradient is needed, but as many network runs as there are channels.

    Args:
        activations: float32 (C, h, w), the last map.
        picture: float32 (1, 3, H, W), normalised.
        report: called after each batch with channels done and in all; may raise to stop.

    Returns:
        float32 (h, w), not negative.
    """
    size_hw, count = (picture.shape[2], picture.shape[3]), len(activations)
    found = np.empty(count, np.float64)
    for start in range(0, count, BATCH):
        masks = np.stack([scaled(resized(one, size_hw)) for one in activations[start : start + BATCH]])
        found[start : start + BATCH] = scores(masks[:, None] * picture)
        report(min(start + BATCH, count), count)
    weights = np.exp(found - found.max())
    weights /= weights.sum()
    return np.maximum(np.tensordot(weights.astype(np.float32), activations, 1), 0).astype(np.float32)

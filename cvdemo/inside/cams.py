"""Class activation maps: four ways to weigh the channels of a network's last map."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]


def grad_cam(activations: Map, gradients: Map) -> Map:
    """Weigh each channel by its mean gradient (Selvaraju et al. 2017, equations 1 and 2).

    Args:
        activations: float32 (C, h, w), the last map.
        gradients: float32 (C, h, w), of the class's score with respect to it.

    Returns:
        float32 (h, w), not negative.
    """
    weights = gradients.mean((1, 2))
    return _positive(np.tensordot(weights, activations, 1))


def grad_cam_plus_plus(activations: Map, gradients: Map) -> Map:
    """Weigh each place's positive gradient by how much it alone explains (Chattopadhay et al. 2018, equation 19).

    Like grad-cam's package, the higher derivatives are taken as powers of the first, which holds exactly where the
    score is the exponential of the logit. Arguments and result as in `grad_cam`.
    """
    squared = gradients**2
    summed = activations.sum((1, 2), keepdims=True)
    share = np.where(gradients != 0, squared / (2 * squared + summed * squared * gradients + 1e-6), 0)
    weights = (np.maximum(gradients, 0) * share).sum((1, 2))
    return _positive(np.tensordot(weights, activations, 1))


def layer_cam(activations: Map, gradients: Map) -> Map:
    """Weigh each place by its own positive gradient (Jiang et al. 2021, equations 5 and 6). As `grad_cam`."""
    return _positive((np.maximum(gradients, 0) * activations).sum(0))


def eigen_cam(activations: Map, gradients: Map | None = None) -> Map:
    """Project the map on its first principal component (Muhammad and Yeasin 2020); it knows no class.

    Channels are centred first, as in grad-cam's package. A component's sign is arbitrary: the one is taken that agrees
    with the mean of all channels.
    """
    rows = activations.reshape(activations.shape[0], -1).T.astype(np.float64)  # (h * w, C)
    centred = rows - rows.mean(0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    projection = centred @ components[0]
    if projection @ (rows.mean(1) - rows.mean()) < 0:
        projection = -projection
    return _positive(projection.reshape(activations.shape[1:]))


def _positive(values: NDArray[np.floating]) -> Map:
    return np.maximum(values, 0).astype(np.float32)


CAMS: dict[str, Callable[[Map, Map], Map]] = {
    "gradcam": grad_cam,
    "gradcampp": grad_cam_plus_plus,
    "layercam": layer_cam,
    "eigencam": eigen_cam,
}

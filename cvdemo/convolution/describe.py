"""Says in words what a learned first filter answers to: areas, edges of some direction, colour edges, fine texture."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.convolution.arithmetic import correlate

ACROSS = 0.5  # how much of a filter's best answer an edge across it may get, if the filter is to have a direction
ANGLES = tuple(range(0, 180, 15))  # degrees
SAMPLED = 3  # every third place in both directions is enough to judge by
HUES = {
    (True, False, False): "red",
    (False, True, False): "green",
    (False, False, True): "blue",
    (True, True, False): "yellow",
    (False, True, True): "cyan",
    (True, False, True): "magenta",
}


def describe(kernel: NDArray[np.float64], planes: NDArray[np.float64]) -> str:
    """Return what makes a filter (3, k, k) answer on these planes (3, h, w), as ``upright edges`` or ``green areas``.

    The filter is split into four that add up to it: brightness and colour, each into its mean and the pattern around
    it. The part whose answers vary most over the photo decides.
    """
    mean = kernel.mean(axis=(1, 2), keepdims=True)
    grey = kernel.mean(axis=0, keepdims=True)
    brightness = np.full_like(kernel, kernel.mean())
    parts = (brightness, mean - brightness + 0 * kernel, grey - brightness, kernel - mean - grey + brightness)
    size = kernel.shape[-1]
    if not kernel.any() or min(planes.shape[1:]) < size:
        return "nothing here"
    answers = correlate(planes, np.stack(parts), SAMPLED)
    most = int(answers.var(axis=(1, 2)).argmax())
    if most == 0:
        return "bright areas" if kernel.mean() > 0 else "dark areas"
    if most == 1:
        red, green, blue = (bool(part) for part in (mean - brightness)[:, 0, 0] > 0)
        return f"{HUES[red, green, blue]} areas"
    strongest = parts[most][int((parts[most] ** 2).sum(axis=(1, 2)).argmax())]
    direction = _direction(strongest)
    if most == 2:
        return f"{direction} edges" if direction else "spots and fine texture"
    return f"{direction} colour edges" if direction else "colour texture"


def _direction(plane: NDArray[np.float64]) -> str:
    """Return ``upright``, ``level``, ``slanted`` or nothing: the direction of the edge that the plane answers to most.

    It counts when an edge across it gets at most half of that answer.
    """
    answers = [_edge_answer(plane, angle) for angle in ANGLES]
    best = int(np.argmax(answers))
    if answers[(best + len(ANGLES) // 2) % len(ANGLES)] > ACROSS * answers[best]:
        return ""
    return ("upright", "slanted", "level", "slanted")[round(ANGLES[best] / 45) % 4]


def _edge_answer(plane: NDArray[np.float64], degrees: float) -> float:
    """Return the strongest answer of the plane (k, k) to a straight edge, wherever it runs.

    Args:
        degrees: of the change from dark to light; 0 is along a row, so the edge itself stands upright.
    """
    middle = (len(plane) - 1) / 2
    rows, columns = np.indices(plane.shape) - middle
    along = columns * np.cos(np.radians(degrees)) + rows * np.sin(np.radians(degrees))
    places = np.arange(-len(plane), len(plane) + 0.1, 0.5)
    return max(abs(float((plane * np.clip(along - place, -0.5, 0.5)).sum())) for place in places)

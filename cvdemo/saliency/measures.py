"""Numbers about maps: how large, how alike, how much they share."""

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

TOP = 0.2  # of a map's area, when the brightest parts of two maps are compared


def scaled(values: Map) -> Map:
    """Return a map from 0 (its darkest place) to 1 (its brightest); all zeros where it is the same everywhere."""
    low, high = float(values.min()), float(values.max())
    return ((values - low) / (high - low)).astype(np.float32) if high > low else np.zeros_like(values)


def resized(values: Map, size_hw: tuple[int, int]) -> Map:
    """Return a map at ``size_hw``, bilinear, pixels as areas (as OpenCV and torch without aligned corners)."""
    down, across = _weights(values.shape[0], size_hw[0]), _weights(values.shape[1], size_hw[1])
    return (down @ values @ across.T).astype(np.float32)


def _weights(before: int, after: int) -> NDArray[np.float32]:
    """Return the matrix (after, before) of linear interpolation along one axis."""
    place = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
    low = np.minimum(place.astype(np.intp), max(before - 2, 0))
    part = place - low
    matrix = np.zeros((after, before), np.float32)
    matrix[np.arange(after), low] = 1 - part
    if before > 1:
        matrix[np.arange(after), low + 1] += part
    return matrix


def sampled(values: Map, boxes: tuple[tuple[float, float, float, float], tuple[float, float, float, float]],
            size_hw: tuple[int, int]) -> Map:  # fmt: skip
    """Return the part of a map that lies over a box of the photo, at ``size_hw``, nearest place.

    Args:
        boxes: where the whole map lies, and which part is wanted: left, top, right, bottom in pixels of the photo.
    """
    (left, top, right, bottom), (x0, y0, x1, y1) = boxes
    rows = ((y0 + (np.arange(size_hw[0]) + 0.5) / size_hw[0] * (y1 - y0)) - top) / (bottom - top) * values.shape[0]
    columns = ((x0 + (np.arange(size_hw[1]) + 0.5) / size_hw[1] * (x1 - x0)) - left) / (right - left)
    columns = columns * values.shape[1]
    down = np.clip(rows.astype(np.intp), 0, values.shape[0] - 1)
    across = np.clip(columns.astype(np.intp), 0, values.shape[1] - 1)
    return values[np.ix_(down, across)]


def half_share(values: Map) -> float | None:
    """Return the share of a map's area, 0..1, whose brightest places hold half of its sum; None for an empty map."""
    ordered = np.sort(values.reshape(-1).astype(np.float64))[::-1]
    total = ordered.sum()
    if total <= 0:
        return None
    held = np.cumsum(ordered)
    whole = int(np.searchsorted(held, total / 2))
    before = held[whole - 1] if whole else 0.0
    return float((whole + (total / 2 - before) / ordered[whole]) / ordered.size)


def rank_correlation(first: Map, second: Map) -> float | None:
    """Return Spearman's rank correlation of two maps of one shape, -1..1; equal values share their mean rank.

    None where one of them is the same everywhere: then it ranks nothing.
    """
    one, other = _ranks(first), _ranks(second)
    one, other = one - one.mean(), other - other.mean()
    scale = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / scale if scale > 0 else None


def _ranks(values: Map) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values.reshape(-1), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse.reshape(-1)].astype(np.float64)


def top_overlap(first: Map, second: Map, share: float = TOP) -> float | None:
    """Return the intersection over union of the brightest ``share`` of two maps of one shape, 0..1.

    None where one of them is dark everywhere. Where the border falls on equal values, those are taken that come first.
    """
    if first.max() <= 0 or second.max() <= 0:
        return None
    count = max(1, round(share * first.size))
    one, other = (
        set(np.argsort(-values.reshape(-1), kind="stable")[:count].tolist()) for values in (first, second)
    )  # fmt: skip
    return len(one & other) / len(one | other)


def centred_blob(size_hw: tuple[int, int]) -> Map:
    """Return a Gaussian in the middle, a quarter of each side wide (one sigma): what knows nothing of the photo."""
    return blob_in((0, 0, size_hw[1], size_hw[0]), size_hw)


def blob_in(box_xyxy: tuple[float, float, float, float], size_hw: tuple[int, int]) -> Map:
    """Return a Gaussian in the middle of a box in a picture of ``size_hw``, a quarter of each side wide (one sigma)."""
    left, top, right, bottom = box_xyxy
    down, across = (
        np.exp(-(((np.arange(side) + 0.5 - (low + high) / 2) / (high - low)) ** 2) / (2 * 0.25**2))
        for side, low, high in ((size_hw[0], top, bottom), (size_hw[1], left, right))
    )
    return np.outer(down, across).astype(np.float32)

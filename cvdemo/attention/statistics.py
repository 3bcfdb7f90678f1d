"""Figures of each head: how far it looks, how sharply, and whether its rows are what rows must be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.attention.layer import AttentionLayer

OUTLIER = 5.0  # so many times the usual spread above the middle: an outlier


@dataclass(frozen=True)
class Figures:
    """What the heads of one layer do on average over the patches.

    Args:
        distance_px: float32 (heads,): how far a patch looks on average, in pixels of the photo, weighted by attention;
            attention on what is no patch is left out and the rest scaled to 1 (as in Dosovitskiy et al. 2021, fig. 7).
        entropy_bits: float32 (heads,): 0 = all on one token.
        deviation: the largest distance of a row's sum from 1.
        queries: over how many patches.
    """

    distance_px: NDArray[np.float32]
    entropy_bits: NDArray[np.float32]
    deviation: float
    queries: int


def figures(layer: AttentionLayer, cell_hw_px: tuple[float, float]) -> Figures:
    """Return the figures of a layer.

    Args:
        cell_hw_px: height and width of a cell of the layer's grid, in pixels of the photo.
    """
    distance, entropy = np.zeros(layer.heads), np.zeros(layer.heads)
    deviation, count = 0.0, 0
    for group, tokens, rows in layer.sampled():
        patch = layer.places[group] >= 0
        at = np.stack(np.divmod(layer.places[group], layer.grid_hw[1]), 1) * np.asarray(cell_hw_px)
        apart = np.linalg.norm(at[tokens][:, None] - at[patch][None], axis=-1).astype(np.float32)
        onto = rows[..., patch]
        distance += ((onto * apart).sum(-1) / np.maximum(onto.sum(-1), 1e-12)).sum(1)
        entropy -= (rows * np.log2(np.maximum(rows, 1e-30))).sum((1, 2))
        deviation = max(deviation, float(np.abs(rows.sum(-1, dtype=np.float64) - 1).max()))
        count += len(tokens)
    return Figures((distance / count).astype(np.float32), (entropy / count).astype(np.float32), deviation, count)


def outliers(norms: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which patches have an unusually long vector, (patches,): a ViT may keep notes there (Darcet et al. 2024).

    Unusual: above the median by five times the usual spread (1.4826 times the median distance from the median), and
    at least half as long again as the median.
    """
    middle = float(np.median(norms))
    spread = 1.4826 * float(np.median(np.abs(norms - middle)))
    return norms > max(middle + OUTLIER * spread, 1.5 * middle)


def largest_deviation(found: Sequence[Figures]) -> float:
    """Return the largest distance of any row's sum from 1, over all layers."""
    return max(one.deviation for one in found)

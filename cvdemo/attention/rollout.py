"""Attention rollout: follow attention through all layers, skips included (Abnar and Zuidema 2020)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cvdemo.attention.layer import AttentionLayer
from cvdemo.errors import SettingError

Matrix = NDArray[np.float32]

FUSIONS = ("mean", "max", "min")


def fused(layer: AttentionLayer, fusion: str) -> Matrix:
    """Return one matrix (tokens, tokens) for all heads of a layer: their mean, maximum or minimum, head after head.

    Raises:
        SettingError: an unknown way, or a layer whose tokens do not all see each other.
    """
    if fusion not in FUSIONS:
        raise SettingError("Heads can be fused by mean, max or min.")
    if layer.windowed:
        raise SettingError("Rollout needs layers in which every patch can see every other one.")
    every = np.arange(layer.tokens)
    together = layer.rows(0, every, slice(0, 1))[0]
    for head in range(1, layer.heads):
        one = layer.rows(0, every, slice(head, head + 1))[0]
        if fusion == "mean":
            together += one
        else:
            (np.maximum if fusion == "max" else np.minimum)(together, one, out=together)
    return together / layer.heads if fusion == "mean" else together


def possible(layers: Sequence[AttentionLayer]) -> bool:
    """Return whether attention can be followed from layer to layer: all look at the same tokens, without windows."""
    return bool(layers) and all(not one.windowed and one.tokens == layers[0].tokens for one in layers)


def rollout(matrices: Sequence[Matrix], start: int, discard: float = 0.0) -> NDArray[np.float32]:
    """Return how much of token ``start`` after the last layer comes from each token before the first; sums to 1.

    Each layer passes half of a token on by its skip and half by attention, A' = (A + I) / 2 with rows scaled to 1; the
    result is the row ``start`` of A'_last ... A'_first. Only that row is followed: it needs no product of matrices.

    Args:
        matrices: one a layer, the first layer first, as `fused` gives them.
        discard: the share of smallest numbers of each matrix that is set to 0 before, 0..0.99.

    Raises:
        SettingError: a share out of range.
    """
    if not 0 <= discard <= 0.99:
        raise SettingError("The discarded share must be from 0 to 0.99.")
    row = np.zeros(matrices[0].shape[0], np.float32)
    row[start] = 1
    for matrix in reversed(matrices):
        kept = _without_smallest(matrix, discard)
        total = kept.sum(1) + 1  # of A + I
        weighted = row / total
        row = weighted @ kept + weighted
    return row / row.sum()


def _without_smallest(matrix: Matrix, share: float) -> Matrix:
    count = int(share * matrix.size)
    if not count:
        return matrix
    limit = np.partition(matrix.reshape(-1), count - 1)[count - 1]
    return np.where(matrix > limit, matrix, 0)

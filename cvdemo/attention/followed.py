"""Rollout of a known run: fused matrices are kept, so fusion, share and start slide without making them anew."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.attention.rollout import fused, possible, rollout
from cvdemo.attention.study import Attended
from cvdemo.errors import SettingError
from cvdemo.results import Results

_fused = Results("attention rollouts")


def rolled_out(found: Attended, cell: int | None, fusion: str, discard: float, upto: int) -> NDArray[np.float32]:
    """Return the rollout from a patch (or, for None, the class token) after layer ``upto``: float32 (patches,).

    What comes from tokens that are no patch is left out, so the numbers sum to less than 1 where there are any.

    Raises:
        SettingError: windows, an unknown fusion, a share out of range.
    """
    if not possible(found.layers):
        raise SettingError("Rollout needs layers in which every patch can see every other one.")
    last = found.layers[upto]
    start = last.class_token if cell is None else last.token_of(cell)[1]
    if start is None:
        raise SettingError("This model has no class token. Look from the point instead.")
    matrices = [_matrix(found, number, fusion) for number in range(upto + 1)]
    return rollout(matrices, start, discard)[last.places[0] >= 0]


def _matrix(found: Attended, number: int, fusion: str) -> NDArray[np.float32]:
    key = (found.asked, number, fusion)
    known = _fused.get(key)
    if known is None:
        known = fused(found.layers[number], fusion)
        _fused.put(key, known)
    return known

"""A layer's channels: how strongly and how sparsely each answers, and in which order they are shown."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cvdemo.errors import SettingError
from cvdemo.inside.activations import ForwardPass
from cvdemo.results import Results

Rank = Literal["mean", "max", "sparse", "contribution"]
RANKS: tuple[Rank, ...] = ("mean", "max", "sparse", "contribution")
BINS = 24

_known = Results("channel figures")


@dataclass(frozen=True)
class Channels:
    """Figures of every channel of one map.

    Args:
        mean, highest: float32 (C,), over the map's units.
        dead: float32 (C,), share of the units where the channel does not fire (its value is not above 0), 0..1.
        sparsity: float32 (C,), 0 (all units answer alike) to 1 (a single one answers); Hoyer 2004. 0 for a channel
            that is 0 everywhere.
        low, high: the layer's range for one shared colour scale: all but a thousandth of its values at each end,
            since transformers keep a few channels of enormous values (Sun et al. 2024).
    """

    mean: NDArray[np.float32]
    highest: NDArray[np.float32]
    dead: NDArray[np.float32]
    sparsity: NDArray[np.float32]
    low: float
    high: float


def channels(seen: ForwardPass, number: int) -> Channels:
    """Return the figures of the channels of stop ``number``."""
    return _known.find((seen.asked, number), lambda: count(seen.maps[number]))


def count(one: NDArray[np.float32]) -> Channels:
    """Return the figures of a map (C, h, w)."""
    flat = one.reshape(len(one), -1)
    size = flat.shape[1]
    absolute, squares = np.abs(flat).sum(1), np.sqrt((flat**2).sum(1))
    spread = np.divide(absolute, squares, out=np.full(len(flat), np.sqrt(size), np.float32), where=squares > 0)
    sparsity = (np.sqrt(size) - spread) / max(np.sqrt(size) - 1, 1e-9)
    low, high = np.quantile(flat[:, :: max(1, flat.size // 400_000)], [0.001, 0.999])
    return Channels(
        flat.mean(1),
        flat.max(1),
        (flat <= 0).mean(1, dtype=np.float32),
        np.clip(sparsity, 0, 1).astype(np.float32),
        float(low),
        float(max(high, low + 1e-12)),
    )


def order(figures: Channels, rank: Rank, contribution: NDArray[np.float32] | None = None) -> NDArray[np.intp]:
    """Return the channels' numbers, the first to show first.

    Args:
        contribution: float32 (C,), needed for that rank.

    Raises:
        SettingError: a rank that does not exist.
    """
    by = {"mean": figures.mean, "max": figures.highest, "sparse": figures.sparsity, "contribution": contribution}
    if rank not in by:
        raise SettingError("Channels can be ranked by mean, max, sparse or contribution.")
    values = by[rank]
    if values is None:
        raise ValueError("ranking by contribution needs the contributions")
    return np.argsort(-values, kind="stable")


def histogram(one: NDArray[np.float32]) -> tuple[NDArray[np.int64], float, float]:
    """Return how many units of a channel's map (h, w) lie in each of 24 equal steps from its lowest to its highest."""
    low, high = float(one.min()), float(one.max())
    counts, _ = np.histogram(one, bins=BINS, range=(low, high if high > low else low + 1))
    return counts, low, high


def standing_out(one: NDArray[np.float32], unit: tuple[int, int]) -> tuple[int, float]:
    """Return the channel of a map (C, h, w) that stands out most at ``unit``, and by how many of its own spreads.

    Measured against the channel's own mean and standard deviation over the photo, since some channels are large
    everywhere. (0, 0.0) for a map that is the same everywhere.
    """
    here = one[:, unit[0], unit[1]]
    mean, spread = one.mean((1, 2)), one.std((1, 2))
    score = np.divide(here - mean, spread, out=np.zeros_like(here), where=spread > 1e-6 * np.abs(one).max(initial=1e-9))
    best = int(score.argmax())
    return best, float(score[best])

"""The photos as a training sees them: small arrays, which are learned from, watched and held out, and their batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import default_rng
from numpy.typing import NDArray
from torch import Tensor

from cvdemo import preprocess
from cvdemo.photo_sets import PhotoSet, held_out
from cvdemo.preprocess import Preprocessing
from cvdemo.transfer.training.settings import BATCH, MOST_WATCHED, WATCHED

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Pixels:
    """All photos at the network's own size.

    Args:
        seen: uint8 (N, h, w, 3).
        labels: (N,).
        learned, watched, out: the places of three parts that have no photo in common.
    """

    seen: NDArray[np.uint8]
    labels: Places
    learned: Places
    watched: Places
    out: Places
    mean: Tensor
    std: Tensor

    def bytes_at(self, places: Places) -> Tensor:
        """Return photos as uint8 (n, 3, h, w)."""
        return torch.from_numpy(self.seen[places]).permute(0, 3, 1, 2).contiguous()

    def normalised(self, pixels: Tensor) -> Tensor:
        """Return what the network takes of pixels on the scale 0..255, (n, 3, h, w)."""
        return (pixels.float() / 255 - self.mean) / self.std


def watched_ones(photos: PhotoSet, groups: Places, out: NDArray[np.bool_], seed: int) -> NDArray[np.bool_]:
    """Return which of the photos that are learned from are only watched: bool (N,), a share of each class.

    They are drawn as the held-out ones are, so near-duplicates stay together, and never of those.
    """
    places = np.flatnonzero(~out)
    learned = PhotoSet(photos.title, photos.classes, tuple(photos.photos[at] for at in places), photos.source)
    share = min(WATCHED, MOST_WATCHED / len(places))
    flags = np.zeros(len(photos.photos), np.bool_)
    flags[places] = held_out(learned, groups[places], share, seed + 1)
    return flags


def looked_at(photos: PhotoSet, rule: Preprocessing, out: NDArray[np.bool_], watch: NDArray[np.bool_]) -> Pixels:
    """Return the photos at the size of ``rule``, in their three parts."""
    seen = np.stack([preprocess.prepare(photo.photo(), rule).seen for photo in photos.photos])
    mean, std = (torch.tensor(values).reshape(1, 3, 1, 1) for values in (rule.mean, rule.std))
    learned, watched, held = (np.flatnonzero(flags) for flags in (~out & ~watch, watch, out))
    return Pixels(seen, photos.labels, learned, watched, held, mean, std)


def batches(places: Places, seed: int) -> Iterator[Places]:
    """Yield batches without end: all photos in a new order each time round; the last of a round may be smaller."""
    random = default_rng(seed)
    while True:
        order = random.permutation(places)
        for begin in range(0, len(order), BATCH):
            yield order[begin : begin + BATCH]

"""Augmentation: changed copies of a photo, as training would see them, made by torchvision and timm."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cvdemo.errors import SettingError

SIDE: Final = 160  # px of a copy
MAGNITUDES: Final = (3, 9, 15, 27)  # of 0 to 30, as RandAugment counts
OPERATIONS: Final = 2  # of 14 that RandAugment draws from
SMALLEST_CROP: Final = 0.35
COLOUR: Final = 0.4
MIXUP_ALPHA: Final = 0.8  # as in DeiT's recipe
CUTMIX_ALPHA: Final = 1.0

Pixels = NDArray[np.uint8]

_alone = threading.Lock()  # both libraries draw from generators that the whole process shares


@dataclass(frozen=True)
class Copy:
    """A changed copy of a photo.

    Args:
        name: the way it was changed: see `NAMES` of `augment_words`.
        pixels: uint8 (side, side, 3).
        shares: of the photo's own label and of the other photo's, sum 1; None where there is only one.
    """

    name: str
    pixels: Pixels
    shares: tuple[float, float] | None = None


def square(pixels: Pixels, side: int = SIDE) -> Pixels:
    """Return the centred square of a photo at ``side`` pixels."""
    return np.asarray(ImageOps.fit(Image.fromarray(pixels), (side, side), Image.Resampling.LANCZOS))


def copies(photo: Pixels, other: Pixels, magnitude: int, seed: int) -> tuple[Copy, ...]:
    """Return one changed copy of ``photo`` for each way; Mixup and CutMix take in ``other``.

    Args:
        photo, other: uint8 (side, side, 3), as `square` gives them.
        magnitude: one of `MAGNITUDES`, of RandAugment.

    Raises:
        SettingError: another magnitude.
    """
    if magnitude not in MAGNITUDES:
        raise SettingError(f"RandAugment's magnitude must be one of {', '.join(map(str, MAGNITUDES))}.")
    import torch
    from timm.data.random_erasing import RandomErasing
    from torchvision.transforms import v2

    side = photo.shape[0]
    picture = torch.from_numpy(np.array(photo)).permute(2, 0, 1)  # uint8 (3, side, side)
    ways = {
        "randaugment": v2.RandAugment(OPERATIONS, magnitude),
        "crop": v2.RandomResizedCrop(side, (SMALLEST_CROP, 1.0), antialias=True),
        "flip": v2.RandomHorizontalFlip(1.0),
        "colour": v2.ColorJitter(COLOUR, COLOUR, COLOUR),
        "erasing": lambda one: 255 * RandomErasing(1.0, mode="const", device="cpu")(one.float() / 255),
    }
    made = []
    with _seeded(seed):
        for name, way in ways.items():
            made.append(Copy(name, _pixels(way(picture.clone()))))
        for name in ("mixup", "cutmix"):
            mixed, shares = mixed_by_timm(name, photo, other)
            made.append(Copy(name, mixed, shares))
    return tuple(made)


def mixed_by_timm(name: str, photo: Pixels, other: Pixels) -> tuple[Pixels, tuple[float, float]]:
    """Return two photos mixed, and the shares of their labels; draws from numpy's shared generator."""
    import torch
    from timm.data import Mixup

    alphas = {"mixup": (MIXUP_ALPHA, 0.0), "cutmix": (0.0, CUTMIX_ALPHA)}[name]
    mix = Mixup(*alphas, prob=1.0, mode="batch", label_smoothing=0.0, num_classes=2)
    both = torch.from_numpy(np.stack([photo, other])).permute(0, 3, 1, 2).float()
    pictures, labels = mix(both, torch.tensor([0, 1]))
    first, second = labels[0].tolist()
    return _pixels(pictures[0]), (first, second)


def _pixels(picture: Any) -> Pixels:
    levels: Pixels = picture.float().clamp(0, 255).round().byte().permute(1, 2, 0).numpy()
    return np.ascontiguousarray(levels)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the generators that both libraries draw from, alone, and give them back as they were."""
    import random

    import torch

    with _alone, torch.random.fork_rng(devices=[]):
        before, plain = np.random.get_state(), random.getstate()
        try:
            torch.manual_seed(seed)
            np.random.seed(seed)
            random.seed(seed)
            yield
        finally:
            np.random.set_state(before)
            random.setstate(plain)

"""Augmentation: changed copies of a photo, as training would see them, made by torchvision and timm."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cvdemo.errors import SettingError

if TYPE_CHECKING:
    from torch import Tensor

SIDE: Final = 160  # px of a copy
MAGNITUDES: Final = (3, 9, 15, 27)  # of 0 to 30, as RandAugment counts
OPERATIONS: Final = 2  # of 14 that RandAugment draws from
SMALLEST_CROP: Final = 0.35
COLOUR: Final = 0.4
CHANCE: Final = 0.5  # that a photo of a batch is mirrored, or erased
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

    picture = torch.from_numpy(np.array(photo)).permute(2, 0, 1)  # uint8 (3, side, side)
    made = []
    with _seeded(seed):
        for name in ("randaugment", "crop", "flip", "colour", "erasing"):
            made.append(Copy(name, _pixels(_single(name, photo.shape[0], magnitude)(picture.clone()))))
        for name in ("mixup", "cutmix"):
            mixed, shares = mixed_by_timm(name, photo, other)
            made.append(Copy(name, mixed, shares))
    return tuple(made)


def mixed_by_timm(name: str, photo: Pixels, other: Pixels) -> tuple[Pixels, tuple[float, float]]:
    """Return two photos mixed, and the shares of their labels; draws from numpy's shared generator."""
    import torch

    both = torch.from_numpy(np.stack([photo, other])).permute(0, 3, 1, 2).float()
    pictures, labels = _mixing(name, 2)(both, torch.tensor([0, 1]))
    first, second = labels[0].tolist()
    return _pixels(pictures[0]), (first, second)


def _single(name: str, side: int, magnitude: int, chance: float = 1.0) -> Any:
    """Return a way to change one photo, uint8 (3, side, side); it is mirrored or erased with this ``chance``."""
    from timm.data.random_erasing import RandomErasing
    from torchvision.transforms import v2

    ways = {
        "randaugment": lambda: v2.RandAugment(OPERATIONS, magnitude),
        "crop": lambda: v2.RandomResizedCrop(side, (SMALLEST_CROP, 1.0), antialias=True),
        "flip": lambda: v2.RandomHorizontalFlip(chance),
        "colour": lambda: v2.ColorJitter(COLOUR, COLOUR, COLOUR),
        "erasing": lambda: lambda one: RandomErasing(chance, mode="const", device="cpu")(one.float()),
    }
    return ways[name]()


def _mixing(name: str, classes: int) -> Any:
    """Return timm's Mixup or CutMix for an even batch, float (n, 3, h, w), and classes (n,)."""
    from timm.data import Mixup

    alphas = {"mixup": (MIXUP_ALPHA, 0.0), "cutmix": (0.0, CUTMIX_ALPHA)}[name]
    mix = Mixup(*alphas, prob=1.0, mode="batch", label_smoothing=0.0, num_classes=classes)

    def mixed(pixels: Any, labels: Any) -> Any:
        if not len(pixels):  # of a batch of one photo nothing is mixed
            return pixels, labels.new_zeros((0, classes))
        return mix(pixels, labels)

    return mixed


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


BATCH_WAYS: Final = ("randaugment", "crop", "flip", "colour", "erasing", "mixup", "cutmix")


def change_batch(name: str, pixels: "Tensor", labels: "Tensor", magnitude: int, seed: int) -> "tuple[Tensor, Tensor]":
    """Return a batch as one way changes it, as `training.settings.Augment` wants it.

    Args:
        name: one of `BATCH_WAYS`.
        pixels: uint8 (n, 3, h, w); labels: shares (n, classes), rows sum to 1.
    """
    import torch

    with _seeded(seed):
        if name not in ("mixup", "cutmix"):
            way = _single(name, pixels.shape[-1], magnitude, CHANCE)
            return torch.stack([way(one.clone()).float() for one in pixels]), labels
        even = len(pixels) - len(pixels) % 2  # timm mixes pairs: of an odd batch the last photo stays as it is
        mixed, shares = _mixing(name, labels.shape[1])(pixels[:even].float(), labels[:even].argmax(1))
        return torch.cat([mixed, pixels[even:].float()]), torch.cat([shares.to(labels), labels[even:]])

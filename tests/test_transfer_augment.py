"""Augmented copies are those of timm and torchvision, and their labels sum to 1; no shared generator is moved."""

import random

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from timm.data.mixup import Mixup, rand_bbox
from torchvision.transforms import v2

from cvdemo import starters
from cvdemo.errors import SettingError
from cvdemo.transfer import augment
from cvdemo.transfer.augment import Copy, copies, square

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module", name="pair")
def two_photos() -> tuple[Pixels, Pixels]:
    cat, coffee = (square(np.asarray(Image.open(starters.get(name).path).convert("RGB"))) for name in ("cat", "coffee"))
    return cat, coffee


def _named(made: tuple[Copy, ...]) -> dict[str, Copy]:
    return {one.name: one for one in made}


@pytest.mark.parametrize("seed", range(4))
def test_mixed_labels_sum_to_1_and_say_how_much_of_each_photo_is_there(pair: tuple[Pixels, Pixels], seed: int) -> None:
    mine, other = pair
    made = _named(copies(mine, other, 9, seed))
    assert made["mixup"].shares is not None and made["cutmix"].shares is not None
    own, rest = made["mixup"].shares
    assert own + rest == pytest.approx(1)
    wanted = own * mine.astype(float) + rest * other
    assert np.abs(made["mixup"].pixels - wanted).max() <= 1
    own, rest = made["cutmix"].shares
    assert own + rest == pytest.approx(1)
    same = (made["cutmix"].pixels == mine).all(axis=2)
    assert (same | (made["cutmix"].pixels == other).all(axis=2)).all()
    assert same.mean() == pytest.approx(own, abs=0.02)  # a pixel may be alike in both


def test_mixup_and_cutmix_are_timms(pair: tuple[Pixels, Pixels]) -> None:
    """What timm's sources say they draw: lambda by Beta, a box of that share, in this order, from numpy."""
    for name in ("mixup", "cutmix"):
        np.random.seed(5)
        pixels, (own, _) = augment.mixed_by_timm(name, *pair)
        np.random.seed(5)
        np.random.rand()  # whether to mix at all
        alpha = augment.MIXUP_ALPHA if name == "mixup" else augment.CUTMIX_ALPHA
        share = float(np.random.beta(alpha, alpha))
        if name == "cutmix":
            top, bottom, left, right = rand_bbox((2, 3, 160, 160), share)
            share = 1 - (bottom - top) * (right - left) / 160**2
            assert np.array_equal(pixels[top:bottom, left:right], pair[1][top:bottom, left:right])
        assert own == pytest.approx(share, abs=1e-6)


def test_single_ways_are_torchvisions(pair: tuple[Pixels, Pixels]) -> None:
    made = _named(copies(*pair, 9, 3))
    assert np.array_equal(made["flip"].pixels, pair[0][:, ::-1])
    torch.manual_seed(3)
    picture = torch.from_numpy(np.array(pair[0])).permute(2, 0, 1)
    assert np.array_equal(made["randaugment"].pixels, v2.RandAugment(2, 9)(picture).permute(1, 2, 0).numpy())
    assert len(v2.RandAugment()._AUGMENTATION_SPACE) == 14
    changed = (made["erasing"].pixels != pair[0]).any(axis=2)
    assert 0.02 < changed.mean() < 0.4 and not made["erasing"].pixels[changed].any()
    assert made["crop"].pixels.shape == pair[0].shape and not np.array_equal(made["crop"].pixels, pair[0])
    assert all(one.shares is None for one in made.values() if one.name not in ("mixup", "cutmix"))


def test_one_seed_makes_the_same_copies_and_leaves_all_generators_alone(pair: tuple[Pixels, Pixels]) -> None:
    before = (torch.random.get_rng_state(), np.random.get_state()[1].copy(), random.getstate())  # type: ignore[index]
    first, again, other = copies(*pair, 15, 1), copies(*pair, 15, 1), copies(*pair, 15, 2)
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first, other, strict=True))
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])  # type: ignore[index]
    assert random.getstate() == before[2]
    with pytest.raises(SettingError, match="magnitude"):
        copies(*pair, 31, 1)


@pytest.mark.parametrize("count", [1, 2, 5, 16])
@pytest.mark.parametrize("name", augment.BATCH_WAYS)
def test_a_batch_keeps_its_size_and_its_labels_sum_to_1(name: str, count: int) -> None:
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (count, 3, 32, 32), generator=generator, dtype=torch.uint8)
    labels = torch.eye(4)[torch.arange(count) % 4]
    changed, shares = augment.change_batch(name, pixels, labels, 9, 7)
    assert changed.shape == pixels.shape and changed.min() >= 0 and changed.max() <= 255
    assert torch.allclose(shares.sum(1), torch.ones(count)) and shares.shape == labels.shape
    again = augment.change_batch(name, pixels, labels, 9, 7)
    assert torch.equal(again[0], changed) and torch.equal(again[1], shares)
    if name in ("mixup", "cutmix") and count % 2 == 0:
        np.random.seed(7)
        alphas = (augment.MIXUP_ALPHA, 0.0) if name == "mixup" else (0.0, augment.CUTMIX_ALPHA)
        by_timm = Mixup(*alphas, prob=1.0, label_smoothing=0.0, num_classes=4)(pixels.float(), labels.argmax(1))
        assert torch.equal(by_timm[0], changed) and torch.equal(by_timm[1], shares)

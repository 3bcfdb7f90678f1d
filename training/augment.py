"""Changes training pictures a little, a whole batch at once: one resampling, then colour."""

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from training.recipes import Recipe

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def normalise(pixels: Tensor) -> Tensor:
    """Map uint8 (N, 3, H, W) to float32 around 0, by ImageNet's mean and standard deviation."""
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) * 255 for values in (MEAN, STD))
    return (pixels.float() - mean) / std


def augment(pixels: Tensor, side: int, recipe: Recipe, random: Generator) -> Tensor:
    """Crop, flip, and for strong recipes turn, recolour, erase; uint8 (N, 3, 64, 64) -> float32 (N, 3, side, side)."""
    images = normalise(pixels)
    if side < images.shape[-1]:
        images = F.interpolate(images, size=(side, side), mode="bilinear", antialias=True)
    images = F.grid_sample(
        images,
        F.affine_grid(_views(len(images), recipe, random), [len(images), 3, side, side], align_corners=False),
        padding_mode="reflection",
        align_corners=False,
    )
    if recipe.colour:
        images = _recolour(images, recipe.colour, random)
    if recipe.erase:
        images = _erase(images, recipe.erase, random)
    return images


def _uniform(count: int, low: float, high: float, random: Generator) -> Tensor:
    return torch.rand(count, generator=random) * (high - low) + low


def _views(count: int, recipe: Recipe, random: Generator) -> Tensor:
    """Random resized crops (Szegedy et al. 2015) with flips and turns, as affine matrices (N, 2, 3)."""
    area = _uniform(count, recipe.smallest_crop, 1.0, random)
    aspect = torch.exp(_uniform(count, -0.288, 0.288, random))  # 3:4 to 4:3
    width, height = ((area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1))
    flip = torch.where(torch.rand(count, generator=random) < 0.5, -1.0, 1.0)
    angle = _uniform(count, -recipe.turn_degrees, recipe.turn_degrees, random).deg2rad()
    dx = _uniform(count, -1, 1, random) * (1 - width)
    dy = _uniform(count, -1, 1, random) * (1 - height)
    top = torch.stack([flip * width * angle.cos(), -height * angle.sin(), dx], dim=1)
    bottom = torch.stack([flip * width * angle.sin(), height * angle.cos(), dy], dim=1)
    return torch.stack([top, bottom], dim=1)


def _recolour(images: Tensor, strength: float, random: Generator) -> Tensor:
    """Brightness, contrast and saturation, each by up to ``strength`` (a fraction) of the usual value."""
    shape, count = (-1, 1, 1, 1), len(images)
    brightness = _uniform(count, -strength, strength, random).view(shape)
    contrast = _uniform(count, 1 - strength, 1 + strength, random).view(shape)
    saturation = _uniform(count, 1 - strength, 1 + strength, random).view(shape)
    grey = images.mean(1, keepdim=True)
    images = grey + (images - grey) * saturation
    middle = images.mean((1, 2, 3), keepdim=True)
    return middle + (images - middle) * contrast + 2 * brightness


def _erase(images: Tensor, share: float, random: Generator) -> Tensor:
    """Grey out one square of a quarter of the side in that ``share`` of the pictures (Zhong et al. 2020)."""
    count, side = len(images), images.shape[-1]
    chosen = torch.rand(count, generator=random) < share
    top, left = (torch.randint(0, side, (count, 1), generator=random) for _ in range(2))
    line, half = torch.arange(side), side // 6
    rows, columns = (line - top).abs() < half, (line - left).abs() < half
    return images.masked_fill((rows[:, None, :, None] & columns[:, None, None, :]) & chosen.view(-1, 1, 1, 1), 0.0)

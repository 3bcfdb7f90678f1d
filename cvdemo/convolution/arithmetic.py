"""Convolution itself, as sums of shifted pictures: correlation, padding, the transposed form and their sizes.

Names and conventions are those of Dumoulin & Visin 2016 (https://arxiv.org/abs/1603.07285): what networks call a
convolution is a correlation; a true convolution has its kernel flipped first.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cvdemo.errors import SettingError

Planes = NDArray[np.float64]
Padding = Literal["zeros", "mirror", "none"]

EVEN_KERNEL = "An even kernel has no middle: 'same' padding would shift the picture by half a pixel."


def span(size: int, dilation: int) -> int:
    """Return how many pixels a kernel of ``size`` numbers covers, ``dilation`` apart: d (k - 1) + 1."""
    return dilation * (size - 1) + 1


def same_padding(size: int, dilation: int) -> int:
    """Return the padding at each edge that keeps the size at stride 1: d (k - 1) / 2.

    Raises:
        SettingError: that is no whole number.
    """
    if dilation * (size - 1) % 2:
        raise SettingError(f"{EVEN_KERNEL} Choose no padding, or a kernel of 1, 3, 5 or 7.")
    return dilation * (size - 1) // 2


def output_size(count: int, size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Return floor((n + 2p - d(k-1) - 1) / s) + 1, the pixels that a convolution leaves of ``count``.

    Raises:
        SettingError: a stride or dilation below 1, a negative padding, or a kernel that does not fit.
    """
    _check(size, stride, padding, dilation)
    room = count + 2 * padding - span(size, dilation)
    if room < 0:
        raise SettingError(
            f"A kernel of {size} x {size} with dilation {dilation} covers {span(size, dilation):,} pixels; the picture "
            f"has only {count + 2 * padding:,}, padding included. Choose a smaller kernel or dilation."
        )
    return room // stride + 1


def transposed_size(count: int, size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Return (n - 1) s - 2p + d(k-1) + 1, the pixels that a transposed convolution makes of ``count``.

    Raises:
        SettingError: as `output_size`; or the padding cuts everything off.
    """
    _check(size, stride, padding, dilation)
    made = (count - 1) * stride - 2 * padding + span(size, dilation)
    if made < 1:
        raise SettingError("This padding would cut the whole result off. Choose no padding.")
    return made


def _check(size: int, stride: int, padding: int, dilation: int) -> None:
    for name, value, least in (
        ("kernel size", size, 1),
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("dilation", dilation, 1),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise SettingError(f"The {name} must be a whole number of at least {least}, not {str(value)[:20]}.")


def pad(planes: Planes, padding: int, mode: Padding = "zeros") -> Planes:
    """Return ``planes`` (C, H, W) with ``padding`` more pixels at each edge.

    Args:
        mode: ``zeros``, or ``mirror``, which mirrors the picture at its outermost pixels without repeating them.

    Raises:
        SettingError: a mirror that is wider than the picture.
    """
    if padding == 0 or mode == "none":
        return planes
    if mode == "mirror" and padding >= min(planes.shape[1:]):
        raise SettingError(
            f"A picture of {min(planes.shape[1:]):,} px cannot be mirrored {padding:,} px far. Choose zeros."
        )
    return np.pad(
        planes, ((0, 0), (padding, padding), (padding, padding)), "constant" if mode == "zeros" else "reflect"
    )


def correlate(planes: Planes, kernel: Planes, stride: int = 1, dilation: int = 1, groups: int = 1) -> Planes:
    """Slide ``kernel`` over ``planes`` and return the sums of window x kernel.

    One shifted picture a kernel number: that is all that a convolution is.

    Args:
        planes: (C, H, W), padded already.
        kernel: (O, C / groups, k, k); output o sees the channels of its group only.

    Returns:
        (O, h, w), with `output_size` pixels a side.

    Raises:
        SettingError: as `output_size`.
        ValueError: channels, outputs and groups do not fit together.
    """
    outputs, depth, size, _ = kernel.shape
    _check_groups(planes.shape[0], depth * groups, outputs, groups)
    height, width = (output_size(count, size, stride, 0, dilation) for count in planes.shape[1:])
    result = np.zeros((outputs, height, width), planes.dtype)
    for output in range(outputs):
        first = output * groups // outputs * depth
        for channel, row, column in np.ndindex(depth, size, size):
            weight = kernel[output, channel, row, column]
            top, left = row * dilation, column * dilation
            seen = planes[
                first + channel,
                top : top + (height - 1) * stride + 1 : stride,
                left : left + (width - 1) * stride + 1 : stride,
            ]
            result[output] += weight * seen
    return result


def transpose(
    planes: Planes, kernel: Planes, stride: int = 1, dilation: int = 1, padding: int = 0, groups: int = 1
) -> Planes:
    """Stamp ``kernel`` into the result once for every pixel, weighted by it; stamps ``stride`` apart add up.

    It is the transpose of the matrix that `correlate` is; it makes pictures larger where stride is above 1.

    Args:
        planes: (C, H, W).
        kernel: (C, O / groups, k, k), as PyTorch orders it.
        padding: how many pixels are cut off at each edge of the result.

    Returns:
        (O, h, w), with `transposed_size` pixels a side.

    Raises:
        SettingError: as `transposed_size`.
        ValueError: channels and groups do not fit together.
    """
    channels, depth, size, _ = kernel.shape
    _check_groups(planes.shape[0], channels, depth * groups, groups)
    height, width = (transposed_size(count, size, stride, padding, dilation) for count in planes.shape[1:])
    result = np.zeros((depth * groups, height + 2 * padding, width + 2 * padding), planes.dtype)
    rows, columns = planes.shape[1:]
    for channel, part, row, column in np.ndindex(channels, depth, size, size):
        output = channel * groups // channels * depth + part
        top, left = row * dilation, column * dilation
        stamp = result[
            output,
            top : top + (rows - 1) * stride + 1 : stride,
            left : left + (columns - 1) * stride + 1 : stride,
        ]
        stamp += kernel[channel, part, row, column] * planes[channel]
    return result[:, padding : padding + height, padding : padding + width]


def _check_groups(channels: int, expected: int, outputs: int, groups: int) -> None:
    if groups < 1 or channels != expected or channels % groups or outputs % groups:
        raise ValueError(
            f"{channels} channels, a kernel for {expected} and {outputs} outputs do not fit {groups} groups"
        )

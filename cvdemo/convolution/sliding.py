"""One kernel at work: what it sees, what it makes of it, over the 32 x 32 cells and over the whole photo."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.convolution import kernels, learned, reduced_photo
from cvdemo.convolution.arithmetic import correlate, output_size, pad, same_padding, span, transpose, transposed_size
from cvdemo.convolution.reduced_photo import ReducedPhoto
from cvdemo.convolution.settings import DILATION_LIMIT, STRIDE_LIMIT, Settings
from cvdemo.errors import SettingError


@dataclass(frozen=True)
class Tool:
    """A kernel ready for a photo.

    Args:
        taps: (channels, k, k), one kernel a channel, as it is applied (flipped if asked).
        bias: added to every sum.
        low, high: the values that each channel of the input can have, (channels,).
    """

    taps: NDArray[np.float64]
    bias: float
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Numbers a side."""
        return self.taps.shape[-1]


@dataclass(frozen=True)
class Slid:
    """A tool slid over planes.

    Args:
        seen: (C, H, W), with its padding.
        padding: pixels added at each edge of the input; transposed: cut off at each edge of the result.
        result: (outputs, h, w); one output, or one a channel in 3 groups.
    """

    seen: NDArray[np.float64]
    padding: int
    result: NDArray[np.float64]


def tool(settings: Settings) -> Tool:
    """Return the kernel that ``settings`` name.

    Raises:
        SettingError: a learned one that cannot be had.
    """
    if settings.kernel == kernels.LEARNED:
        layer = learned.first_layer(settings.model)
        if settings.filter >= len(layer.kernels):
            raise SettingError(f"{layer.title} has {len(layer.kernels)} first filters. Choose one of them.")
        taps, bias = layer.kernels[settings.filter], float(layer.bias[settings.filter])
        ends = [learned.normalise(np.full((3, 1, 1), end), layer)[:, 0, 0] for end in (0.0, 255.0)]
    else:
        rows = settings.own if settings.kernel == kernels.OWN else kernels.get(settings.kernel).rows
        channels = 3 if settings.coloured else 1
        taps, bias = np.repeat(kernels.array(rows)[None], channels, 0), 0.0
        ends = [np.full(channels, end) for end in (0.0, 255.0)]
    return Tool(taps[:, ::-1, ::-1] if settings.flip else taps, bias, ends[0], ends[1])


def planes(photo: ReducedPhoto, settings: Settings) -> NDArray[np.float64]:
    """Return the photo as the kernel sees it: grey, colours, or colours normalised for a model; (C, h, w)."""
    if settings.kernel == kernels.LEARNED:
        return learned.normalise(reduced_photo.colours(photo), learned.first_layer(settings.model))
    return reduced_photo.colours(photo) if settings.coloured else reduced_photo.grey(photo)


def slide(seen: NDArray[np.float64], used: Tool, settings: Settings) -> Slid:
    """Slide the kernel over planes (C, h, w).

    Raises:
        SettingError: it does not fit into them, or "same" padding is impossible.
    """
    groups, mode = settings.groups, settings.padding
    padding = 0 if mode == "none" else same_padding(used.size, settings.dilation)
    if settings.transposed:
        # (C, O / groups, k, k): one output for all channels, or one for each
        made = transpose(seen, used.taps[:, None], settings.stride, settings.dilation, padding, groups)
        return Slid(seen, padding, made + used.bias)
    around = pad(seen, padding, mode)
    kernel = used.taps[None] if groups == 1 else used.taps[:, None]  # (O, C / groups, k, k)
    return Slid(around, padding, correlate(around, kernel, settings.stride, settings.dilation, groups) + used.bias)


def size_after(count: int, size: int, settings: Settings) -> int:
    """Return how many pixels a side of ``count`` has afterwards."""
    padding = 0 if settings.padding == "none" else same_padding(size, settings.dilation)
    formula = transposed_size if settings.transposed else output_size
    return formula(count, size, settings.stride, padding, settings.dilation)


def last_dilation(count: int, size: int, padding: str, transposed: bool = False) -> int:
    """Return the largest dilation, up to 4, with which a kernel of ``size`` still fits into ``count`` pixels."""
    if size == 1 or transposed:
        return DILATION_LIMIT
    fitting = [1]
    for dilation in range(2, DILATION_LIMIT + 1):
        wide = span(size, dilation)
        fits = wide <= count if padding == "none" else padding == "zeros" or (wide - 1) // 2 < count
        if fits:
            fitting.append(dilation)
    return max(fitting)


def last_stride(count: int) -> int:
    """Return the largest stride, up to 4, that still makes a difference in ``count`` pixels."""
    return max(1, min(STRIDE_LIMIT, count))

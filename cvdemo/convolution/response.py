"""What a kernel makes of the whole photo: how strongly it can answer, where it does, and what it does to contrast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.convolution import kernels, maps
from cvdemo.convolution.arithmetic import span
from cvdemo.convolution.describe import describe
from cvdemo.convolution.reduced_photo import ReducedPhoto
from cvdemo.convolution.settings import Settings
from cvdemo.convolution.sliding import Slid, Tool, planes, slide

REACTS_FROM = 0.1  # of the strongest answer that is possible at all
LEARNED_FROM = 0.25  # of the strongest answer on this photo: no photo brings a learned filter near what is possible
SHOWN_SHARE = 99.5  # percent of all values lie within the colours of a signed map
SHOWN_SIDE = 1000


@dataclass(frozen=True)
class Response:
    """One photo's response.

    Args:
        values: float64 (outputs, h, w).
        before_hw: the photo's size as the kernel saw it, without padding.
        strongest: the largest size that any photo could bring a value to.
        threshold: the size from which on a value counts as a reaction: a tenth of that, or for a learned filter a
            quarter of the strongest on this photo.
        reacting: share of values, 0..1, that reach it.
        signed: whether zero is the middle of the colours; else it is black.
        limit: where the colours end.
        answers_to: in words, for a learned filter.
        contrast: mean difference of neighbours over that of the photo, brightness apart; None where that says nothing.
    """

    values: NDArray[np.float64]
    before_hw: tuple[int, int]
    strongest: float
    threshold: float
    reacting: float
    signed: bool
    limit: float
    contrast: float | None
    answers_to: str | None


def respond(photo: ReducedPhoto, used: Tool, settings: Settings) -> Response:
    """Slide the kernel over the whole photo.

    Raises:
        SettingError: it does not fit.
    """
    seen = planes(photo, settings)
    values = slide(seen, used, settings).result
    strongest = reach(used, settings)
    signed = is_signed(used, settings)
    if signed:
        limit = maps.round_up(float(np.percentile(np.abs(values), SHOWN_SHARE)))
    else:
        limit = 255 * max(abs(float(part.sum())) for part in _phases(used, settings))
    contrast = None if signed or settings.transposed else _contrast(seen, values, used, settings)
    learned = settings.kernel == kernels.LEARNED
    threshold = LEARNED_FROM * float(np.abs(values).max()) if learned else REACTS_FROM * strongest
    reacting = float((np.abs(values) >= threshold).mean()) if threshold else 0.0
    before_hw = (seen.shape[1], seen.shape[2])
    answers_to = describe(used.taps, seen) if learned else None
    return Response(values, before_hw, strongest, threshold, reacting, signed, limit, contrast, answers_to)


def is_signed(used: Tool, settings: Settings) -> bool:
    """Whether the kernel's numbers cancel out (or a model learned them), so that its values swing around zero."""
    balance, weight = float(used.taps.sum()), float(np.abs(used.taps).sum())
    return settings.kernel == kernels.LEARNED or balance <= 1e-6 * weight


def reach(used: Tool, settings: Settings) -> float:
    """Return the largest size that a value can have, over all photos: every pixel at its best end.

    A transposed convolution with a stride sums only some of the kernel's numbers at each place.
    """
    low, high = (ends[:, None, None] for ends in (used.low, used.high))
    if settings.groups == 3:
        low, high = low[:1], high[:1]
    sizes = []
    for taps in _phases(used, settings):
        ends = taps * low, taps * high
        most, least = np.maximum(*ends).sum() + used.bias, np.minimum(*ends).sum() + used.bias
        sizes.append(max(abs(float(most)), abs(float(least))))
    return max(sizes)


def _phases(used: Tool, settings: Settings) -> list[NDArray[np.float64]]:
    """Return the sets of kernel numbers that meet in one value, (channels, k', k') each."""
    taps = used.taps[:1] if settings.groups == 3 else used.taps
    if not settings.transposed:
        return [taps]
    places = np.arange(used.size) * settings.dilation % settings.stride
    found = []
    for down in range(settings.stride):
        for across in range(settings.stride):
            part = taps[:, places == down][:, :, places == across]
            if part.size:
                found.append(part)
    return found


def _contrast(seen: NDArray[np.float64], values: NDArray[np.float64], used: Tool, settings: Settings) -> float | None:
    gain = abs(float((used.taps[:1] if settings.groups == 3 else used.taps).sum()))
    before = seen[:, :: settings.stride, :: settings.stride]
    if settings.groups == 1:
        before = before.mean(axis=0, keepdims=True)
    edge = span(used.size, settings.dilation)  # what padding touches would count as a difference of the photo
    inner, outer = (part[:, edge:-edge, edge:-edge] for part in (before, values))
    return _differences(outer) / (gain * _differences(inner)) if gain and _differences(inner) else None


def _differences(values: NDArray[np.float64]) -> float:
    """Return the mean difference between neighbours, to the right and below; 0 where there are none."""
    parts = [np.abs(np.diff(values, axis=axis)).ravel() for axis in (1, 2)]
    together = np.concatenate(parts)
    return float(together.mean()) if together.size else 0.0


def coloured(values: NDArray[np.float64], response: Response, channel: int = 0) -> NDArray[np.uint8]:
    """Return values (outputs, h, w) in the colours of ``response``, uint8 (h, w, 3).

    Args:
        channel: which output a signed map shows; a picture shows all of them.
    """
    if response.signed:
        return maps.signed(values[channel], response.limit)
    return maps.picture(values, response.limit)


def cells(slid: Slid, used: Tool) -> NDArray[np.uint8]:
    """Return the input with its padding as a picture, uint8 (H, W, 3); padding with zeros is black or mean grey."""
    low, high = (ends[:, None, None] for ends in (used.low, used.high))
    return maps.picture((slid.seen - low) / (high - low), 1.0)

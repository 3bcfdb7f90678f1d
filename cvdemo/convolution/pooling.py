"""Four ways to halve a photo: max-pooling, averaging, a bare stride, and a blur before the stride."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cvdemo.convolution.arithmetic import correlate, pad
from cvdemo.convolution.kernels import array, get
from cvdemo.errors import SettingError
from cvdemo.settings import Settings, choice, whole
from cvdemo.wording import figures3, listed

Way = Literal["max", "average", "stride", "blur"]
WAYS: tuple[tuple[Way, str, str], ...] = (
    ("max", "Max-pooling", "the brightest of 2 × 2"),
    ("average", "Average pooling", "the mean of 2 × 2"),
    ("stride", "Strided convolution", "1 in the middle, stride 2"),
    ("blur", "Blur-pooling", "Blur kernel, stride 2"),
)
HALVINGS_LIMIT = 5
SHIFT_LIMIT = 8
PICTURES = ("stripes", "photo")
STRIPES_HW = (96, 192)  # pixels, of which 32 at each side only come in when it moves
STRIPES = (1, 2, 3, 5)  # pixels wide, band by band
SLANTED = 2  # the number of the band whose stripes lean
WHY_TITLE = "What gets lost when a network halves its map?"
WHY = (
    "Every way of halving throws three of four numbers away. A bare stride keeps whichever pixel happens to stand "
    "there, so fine patterns flicker when the photo moves by a pixel (aliasing). Max-pooling keeps the brightest, so "
    "the picture gets brighter each time. Averaging or blurring first keeps it steady and costs some sharpness. "
    "ResNets still have a max-pool in their stem."
)


@dataclass(frozen=True)
class Halving(Settings):
    """What is halved how often, and how many pixels to the right it has moved before."""

    picture: str = choice("stripes", PICTURES, "picture")
    times: int = whole(2, 1, HALVINGS_LIMIT, "number of halvings")
    shift: int = whole(0, 0, SHIFT_LIMIT, "shift")


@dataclass(frozen=True)
class Halved:
    """A photo halved some times in one way.

    Args:
        picture: float64 (3, h, w), 0 to 255.
        flicker: mean change of a pixel when the photo moves by one pixel, in levels of 255, after moving it back.
        brightness: mean level minus that of the photo.
    """

    way: Way
    picture: NDArray[np.float64]
    flicker: float
    brightness: float


def stripes() -> NDArray[np.float64]:
    """Return bands of fine black and white stripes as planes (3, H, W), 0 or 255.

    The first band changes as often as pixels can: what a way of halving does to detail shows there at once.
    """
    rows, columns = np.indices(STRIPES_HW)
    bands = rows * len(STRIPES) // STRIPES_HW[0]
    along = columns + np.where(bands == SLANTED, rows, 0)
    return np.repeat((255.0 * (along // np.array(STRIPES)[bands] % 2))[None], 3, 0)


def halve(planes: NDArray[np.float64], way: Way) -> NDArray[np.float64]:
    """Return planes (C, H, W) at half the size, a last odd row or column left out: (C, H // 2, W // 2)."""
    height, width = planes.shape[1] // 2 * 2, planes.shape[2] // 2 * 2
    even = planes[:, :height, :width]
    quads = even.reshape(len(planes), height // 2, 2, width // 2, 2)
    if way == "max":
        return quads.max(axis=(2, 4))
    if way == "average":
        return quads.mean(axis=(2, 4))
    if way == "stride":
        return even[:, ::2, ::2]
    kernel = np.repeat(array(get("blur").rows)[None, None], len(planes), 0)  # (C, 1, 3, 3)
    return correlate(pad(even, 1, "mirror"), kernel, 2, 1, len(planes))


def halve_often(planes: NDArray[np.float64], way: Way, times: int) -> NDArray[np.float64]:
    """Return planes (C, H, W) halved ``times`` times.

    Raises:
        SettingError: they are too small for that.
    """
    if min(planes.shape[1:]) < 2 ** (times + 1):
        often = "once. Choose a larger one." if times == 1 else f"{times} times. Choose fewer halvings."
        raise SettingError(f"This photo is too small to be halved {often}")
    for _ in range(times):
        planes = halve(planes, way)
    return planes


def compare(planes: NDArray[np.float64], times: int, shift: int = 0) -> tuple[Halved, ...]:
    """Return the four ways on planes (3, H, W) that moved ``shift`` pixels to the right.

    Raises:
        SettingError: as `halve_often`.
    """
    before, after = (moved(planes, step) for step in (shift, shift + 1))
    results = []
    for way, _, _ in WAYS:
        here, further = (halve_often(one, way, times) for one in (before, after))
        change = float(here.mean() - before.mean())
        results.append(Halved(way, here, flicker(here, further, 2**times), change))
    return tuple(results)


def moved(planes: NDArray[np.float64], shift: int) -> NDArray[np.float64]:
    """Return the middle of planes (3, H, W) that moved to the right; real pixels come in from beside it."""
    margin = min(2**HALVINGS_LIMIT, planes.shape[2] // 4)
    return planes[:, :, margin - shift : planes.shape[2] - margin - shift]


def flicker(here: NDArray[np.float64], further: NDArray[np.float64], factor: int) -> float:
    """Return the mean difference of two small pictures, enlarged, the second moved back by one pixel.

    Args:
        further: of the photo one pixel further right.
        factor: how many photo pixels one small pixel covers.
    """
    columns = np.arange(here.shape[2] * factor - 1)
    return float(np.abs(further[:, :, (columns + 1) // factor] - here[:, :, columns // factor]).mean())


def last_halving(size_hw: tuple[int, int]) -> int:
    """Return how often a photo can be halved, up to 5, with at least 2 pixels left."""
    short = min(size_hw[0], size_hw[1] - 2 * min(2**HALVINGS_LIMIT, size_hw[1] // 4))
    return max(1, min(HALVINGS_LIMIT, short.bit_length() - 2)) if short >= 4 else 1


def cells(times: int) -> str:
    """Return what one cell of a picture that was halved ``times`` times stands for."""
    side = 2**times
    return f"Each cell stands for {side} × {side} pixels; watch the fine lines while you move it."


def left(picture: NDArray[np.float64]) -> str:
    """Return how many cells a picture (3, h, w) has."""
    height, width = picture.shape[1:]
    return f"{width:,} × {height:,} cells are left. No network ran."


def changes(found: Halved) -> str:
    """Return how much a way of halving flickers, and whether it makes the picture brighter, in whole levels."""
    levels = round(found.brightness)
    many = "1 level" if abs(levels) == 1 else f"{abs(levels)} levels"
    change = f"{many} {'brighter' if levels > 0 else 'darker'}" if levels else "as bright as before"
    return f"Changes by {figures3(found.flicker)} levels of 255 when the picture moves by a pixel; {change}."


def answer(found: tuple[Halved, ...]) -> str:
    """Return which way keeps the photo steadiest, in levels."""
    titles = {way: title for way, title, _ in WAYS}
    order = sorted(found, key=lambda one: one.flicker)
    best, rest = order[0], order[1:]
    others = listed([f"{titles[one.way].lower()} {figures3(one.flicker)}" for one in rest])
    return (
        f"Moved by one pixel, {titles[best.way].lower()} changes by {figures3(best.flicker)} levels of 255, {others}."
    )

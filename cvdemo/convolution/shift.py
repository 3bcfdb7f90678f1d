"""The shift lab: the photo moves 0 to 32 pixels under the models; how do their answers and maps follow?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cvdemo import images, preprocess, runs
from cvdemo.catalogue import BUNDLED_PAIR, get
from cvdemo.errors import SettingError
from cvdemo.images import OpenedPhoto, Photo
from cvdemo.pairs import opening_pair
from cvdemo.preprocess import Preprocessing
from cvdemo.results import Count, Results
from cvdemo.settings import Settings, whole

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

SHIFT_LIMIT = 32
SHIFTS = range(SHIFT_LIMIT + 1)
BATCH = 11
PAIRS: tuple[tuple[str, ...], ...] = (
    BUNDLED_PAIR,
    ("resnet50", "resnetblur50"),
    ("resnet50", "vit_base_patch16_224"),
)

NO_SUCH_PAIR = "This pair of models is not known here. Choose another one."

_known = Results("shifts")
_runs = Count()

OnProgress = Callable[[str, int], None]
"""Called with a model's name and how many of the 33 positions are done; may raise Stopped."""


@dataclass(frozen=True)
class Position(Settings):
    """Which of `pairs` looks, and how many pixels to the right the photo has moved."""

    pair: int = whole(0, 0, len(PAIRS), "pair", link="", says=NO_SUCH_PAIR)
    shift: int = whole(3, 0, SHIFT_LIMIT, "shift")


@dataclass(frozen=True)
class Moved:
    """One model at 33 positions of one photo.

    Args:
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``; the answers of random ones mean nothing.
        labels: its answer at each position.
        probabilities: float64 (33,), 0..1, of its answer at position 0.
        layers: names of the layers whose maps were compared.
        strides: pixels of the input per cell of their maps.
        errors: float64 (layers, 33), see `equivariance_error`.
        strip: uint8 (h, w + 64, 3): all that it saw; at a shift of n it saw the w columns from 32 - n on.
        seconds: that its runs took.
    """

    model: str
    title: str
    family: str
    weights: str
    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]
    layers: tuple[str, ...]
    strides: tuple[int, ...]
    errors: NDArray[np.float64]
    strip: NDArray[np.uint8]
    seconds: float

    @property
    def kept(self) -> int:
        """At how many of the 32 shifts the answer stayed."""
        return sum(label == self.labels[0] for label in self.labels[1:])


def pairs() -> tuple[tuple[str, ...], ...]:
    """Return the models on offer: first those that the page opens with."""
    return tuple(dict.fromkeys((opening_pair().names, *PAIRS)))


def names_of(pair: int) -> tuple[str, ...]:
    """Return who looks.

    Raises:
        SettingError: there are fewer pairs now.
    """
    known = pairs()
    if pair >= len(known):
        raise SettingError(NO_SUCH_PAIR)
    return known[pair]


def network_runs() -> int:
    """Return how many positions networks have looked at since the start."""
    return _runs.total


def move(path: Path, names: Sequence[str], progress: OnProgress | None = None) -> tuple[Moved, ...]:
    """Return what each model makes of the photo at ``path`` moved 0 to 32 pixels to the right.

    A model without weights on this machine gets random ones. What is known is not computed again.

    Raises:
        PhotoError: the file is no picture we can read.
        CvDemoError: a model cannot be had.
        Stopped: raised by ``progress``.
    """
    photo, found = images.open(path), []
    for spec in map(get, names):
        random = runs.invented(spec, "random where absent")
        key = (photo.digest, spec.name, random)
        found.append(runs.run(_known, key, spec, partial(_study, photo=photo, progress=progress), random))
    return tuple(found)


def strip(photo: Photo, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """Return what a model sees of the photo and 32 pixels more at the left and right, uint8 (h, w + 64, 3).

    Where the photo ends it is mirrored.
    """
    height, width = preprocessing.size_hw
    left, top, right, bottom = preprocess.prepare(photo, preprocessing).crop_xyxy
    x0, y0, x1, y1 = photo.covers_xyxy or (0.0, 0.0, *map(float, photo.full_size_wh))
    rows, columns = photo.pixels.shape[:2]
    across, down = columns / (x1 - x0), rows / (y1 - y0)
    reach = SHIFT_LIMIT * (right - left) / width * across
    margin = math.ceil(reach) + 1
    wider = np.pad(photo.pixels, ((0, 0), (margin, margin), (0, 0)), "reflect" if columns > 1 else "edge")
    box = (
        max((left - x0) * across - reach + margin, 0.0),
        max((top - y0) * down, 0.0),
        min((right - x0) * across + reach + margin, wider.shape[1]),
        min((bottom - y0) * down, rows),
    )
    kind = Image.Resampling.BICUBIC if preprocessing.interpolation == "bicubic" else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(wider).resize((width + 2 * SHIFT_LIMIT, height), kind, box))


def position(seen: NDArray[np.uint8], shift: int) -> NDArray[np.uint8]:
    """Return the part of a strip (h, w + 64, 3) that stands before the model when the photo moved ``shift`` right."""
    start = SHIFT_LIMIT - shift
    return seen[:, start : start + seen.shape[1] - 2 * SHIFT_LIMIT]


def _study(model: "ReadyModel", photo: OpenedPhoto, progress: OnProgress | None) -> Moved:
    seen = strip(photo.at(preprocess.needed_side([model.preprocessing])), model.preprocessing)
    logits: list[NDArray[np.float64]] = []
    errors: list[list[float]] = []
    still: list[NDArray[np.floating]] = []
    seconds = 0.0
    for first in range(0, len(SHIFTS), BATCH):
        shifts = SHIFTS[first : first + BATCH]
        if progress is not None:
            progress(model.spec.name, first)
        batch = np.stack([position(seen, shift) for shift in shifts])
        with runs.turn(_runs, len(batch)) as took:
            answers, maps = _run(model, batch)
        runs.check_finite(model.spec, answers)
        seconds += took.ms / 1000
        still = still or [layer[0] for layer in maps]
        logits.extend(answers)
        width = model.preprocessing.size_hw[1]
        errors.extend(
            [equivariance_error(a, layer[row], shift, width) for a, layer in zip(still, maps, strict=True)]
            for row, shift in enumerate(shifts)
        )
    return _told(model, seen, np.stack(logits), np.array(errors).T, still, seconds)


def _told(
    model: "ReadyModel",
    seen: NDArray[np.uint8],
    logits: NDArray[np.float64],
    errors: NDArray[np.float64],
    still: list[NDArray[np.floating]],
    seconds: float,
) -> Moved:
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    best = chances.argmax(axis=1)
    width = model.preprocessing.size_hw[1]
    return Moved(
        model=model.spec.name,
        title=model.spec.title,
        family=model.spec.family,
        weights=model.weights,
        labels=tuple(model.labels[number] for number in best),
        probabilities=chances[:, best[0]],
        layers=_layer_names(model.network, len(still)),
        strides=tuple(round(width / layer.shape[2]) for layer in still),
        errors=errors.reshape(len(still), len(SHIFTS)),
        strip=seen,
        seconds=seconds,
    )


def _run(model: "ReadyModel", pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float64], list[NDArray[np.floating]]]:
    """Return logits (N, classes) and the maps of all layers, (N, C, h, w) each, from one forward pass."""
    mean, std = (np.array(v, np.float32).reshape(3, 1, 1) for v in (model.preprocessing.mean, model.preprocessing.std))
    array = (pictures.transpose(0, 3, 1, 2).astype(np.float32) / 255 - mean) / std  # (N, h, w, 3) -> (N, 3, h, w)
    network: Any = model.network
    if not hasattr(network, "forward_intermediates"):
        return model.run(array).astype(np.float64), []
    entry = next(iter(network.parameters())).new_tensor(array)  # on the model's device; weights have no gradients
    last, maps = network.forward_intermediates(entry)
    logits = network.forward_head(last).double().cpu().numpy()
    return logits, [layer.float().cpu().numpy() for layer in maps]


def _layer_names(network: Any, count: int) -> tuple[str, ...]:
    """Return the names that timm gives the layers, as people say them: stem, stage 2, block 7."""
    told = [row["module"] for row in getattr(network, "feature_info", [])][:count]
    if len(told) < count:
        return tuple(f"layer {number + 1}" for number in range(count))
    names = []
    for name in told:
        digits = "".join(character for character in name if character.isdigit())
        if name.startswith("blocks."):
            names.append(f"block {int(digits) + 1}")
        elif name.startswith("layer"):
            names.append(f"stage {digits}")
        else:
            names.append("stem" if not names else name)
    return tuple(names)


def equivariance_error(still: NDArray[np.floating], moved: NDArray[np.floating], shift: int, width: int) -> float:
    """Return the relative difference between the moved map and the map of the moved photo, where both are known.

    It tells how far a layer's map moves along with the photo (Zhang 2019, arXiv:1904.11486).

    Both maps are enlarged to the photo's width (each cell repeated), the first is moved, and their difference is
    divided by the geometric mean of their sizes: 0 means that the map moved along exactly.

    Args:
        still: (C, h, w), of the photo.
        moved: (C, h, w), of the photo moved ``shift`` pixels to the right.
        width: of the network's input in pixels.

    Raises:
        ValueError: the maps differ in shape, or nothing of the photo is left.
    """
    if still.shape != moved.shape or not 0 <= shift < width:
        raise ValueError(f"maps {still.shape} and {moved.shape} cannot be compared at a shift of {shift} of {width}")
    columns = np.arange(shift, width)
    pairs = np.stack([columns * moved.shape[2] // width, (columns - shift) * still.shape[2] // width])
    (there, here), counts = np.unique(pairs, axis=1, return_counts=True)
    a, b = still[:, :, here].astype(np.float64), moved[:, :, there].astype(np.float64)
    difference, size_a, size_b = (float((part**2 * counts).sum()) for part in (b - a, a, b))
    return (difference**0.5) / ((size_a * size_b) ** 0.25) if size_a and size_b else float(difference > 0)

"""One frame of live video through several models in turn: what each says, and how long that took."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, engines, models, preprocess, runs
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.images import Photo
from cvdemo.latency.lineup import check, uses_random

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

PATIENCE_S = 0.25  # a frame that waits for longer shows what is no longer there


@dataclass(frozen=True)
class Said:
    """What one model made of one frame.

    Args:
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        label: the likeliest class; None where there is none to tell: random weights, features.
        share: its probability, 0..1, or None.
        prepare_ms: from the frame's pixels to the network's input.
        network_ms: of the network in ``engine``.
    """

    model: str
    engine: str
    weights: str
    label: str | None
    share: float | None
    prepare_ms: float
    network_ms: float


def ready(names: Sequence[str]) -> None:
    """Load the models into memory where they are not there yet; what is not on this machine gets random weights.

    Raises:
        SettingError: none or too many models, an unknown one, a detector, or one that needs the visitor's own labels.
        ModelUnavailable: one of them cannot be used.
    """
    check(names, fewest=1)
    for name in names:
        if get(name).zero_shot:
            raise SettingError(f"{get(name).title} compares with your own labels. Choose another model for live video.")
        models.make_resident(name, uses_random(name))


def classify_frame(
    pixels: NDArray[np.uint8], names: Sequence[str], turned: bool = False, patience_s: float = PATIENCE_S
) -> tuple[Said, ...]:
    """Return what each model says about one frame, in the order of ``names``; keeps nothing of it.

    Args:
        pixels: uint8 RGB (H, W, 3).
        turned: the last model begins: with every second frame turned, none always meets the caches of another.
        patience_s: how long to wait for each model, and then for the device, while others use them.

    Raises:
        SettingError, ModelUnavailable: as `ready`.
        Busy: the patience was too short.
    """
    ready(names)
    photo = Photo(pixels, (pixels.shape[1], pixels.shape[0]), digest="", format="JPEG", frames=1)
    said = {}
    for name in reversed(names) if turned else names:
        with models.borrow(name, random=uses_random(name), wait_s=patience_s) as model:
            said[name] = _say(model, photo, patience_s)
    return tuple(said[name] for name in names)


def _say(model: "ReadyModel", photo: Photo, patience_s: float) -> Said:
    started = time.perf_counter()
    array = preprocess.prepare(photo, model.preprocessing).array
    prepare_ms = 1000 * (time.perf_counter() - started)
    engine = engines.engine_for(model, array.shape)
    with compute.turn(patience_s):
        started = time.perf_counter()
        output = engine.run(array)
        network_ms = 1000 * (time.perf_counter() - started)
    runs.check_finite(model.spec, output)
    label, share = _likeliest(model, output[0])
    return Said(model.spec.name, engine.name, model.weights, label, share, prepare_ms, network_ms)


def _likeliest(model: "ReadyModel", logits: NDArray[np.float32]) -> tuple[str, float] | tuple[None, None]:
    if model.weights == "random" or model.spec.task != "classify":
        return None, None
    best = int(logits.argmax())
    return model.labels[best], float(1 / np.exp(logits.astype(np.float64) - logits[best]).sum())

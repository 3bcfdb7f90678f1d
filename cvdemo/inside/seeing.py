"""Run a model once on the photo and keep what each of its layers gave; asked again, nothing runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, models, weights, zerogpu
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import SettingError
from cvdemo.inside.crop import Point
from cvdemo.inside.picture import Picture, digest_of, picture
from cvdemo.inside.stops import Stop
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

OnProgress = Callable[[str, Progress], None]
OWN_LABELS = ("a cat", "a dog", "a coffee cup")  # what a zero-shot model chooses from here
SIDES = dict.fromkeys(("dinov2_small", "dinov2_base", "dinov2_large"), (224, 518))

_seen = Results("activations")
_runs = Count()


def network_runs() -> int:
    """Return how many times a network has run for all views of Look inside since the start."""
    return _runs.total


@contextmanager
def network_turn() -> Iterator[None]:
    """Hold the device for one run of a borrowed network, and count it; borrow the model before."""
    with compute.turn():
        yield
    _runs.add()


@dataclass(frozen=True)
class Asked:
    """What a forward pass depends on.

    Args:
        digest: of the photo.
        random: random weights, also where trained ones are here.
        side: of the picture in pixels, or None for the model's own.
    """

    digest: str
    model: str
    random: bool = False
    side: int | None = None


@dataclass(frozen=True)
class Seen:
    """One forward pass.

    Args:
        weights: ``bundled``, ``cached`` or ``random``.
        picture: what the model got, and where that lies in the photo.
        stops: the layers with maps, in the order of computation; relative depth runs evenly over them.
        maps: float32 (C, h, w) a stop.
        prefixes: float32 (tokens before the patches, C) a stop; the class token is the first. (0, C) without.
        logits: float32 (classes,), or None for a model without classes.
        labels: plain names in the order of the logits.
    """

    asked: Asked
    weights: str
    picture: Picture
    stops: tuple[Stop, ...]
    maps: tuple[NDArray[np.float32], ...]
    prefixes: tuple[NDArray[np.float32], ...]
    logits: NDArray[np.float32] | None
    labels: tuple[str, ...]
    network_ms: float

    @property
    def spec(self) -> ModelSpec:
        """The catalogue's line of the model."""
        return get(self.asked.model)

    def point(self, point_rc: tuple[int, int]) -> tuple[Point, bool]:
        """Return a photo's point (row, column) in the model's picture, and whether it was cut off and moved."""
        return self.picture.crop.to_picture(point_rc, self.picture.size_hw)


def check(model: str) -> ModelSpec:
    """Return the catalogue's line of a model that can be looked into.

    Raises:
        SettingError: an unknown model or a detector.
    """
    spec = get(model)
    if spec.task == "detect":
        raise SettingError(f"{spec.title} is a detector. Choose a classifier or a model of features.")
    return spec


def uses_random(model: str, wanted: bool = False) -> bool:
    """Return whether ``model`` runs with random weights: because they are ``wanted``, or none others exist."""
    return wanted or weights.state(get(model)) == "random only"


def own_labels(spec: ModelSpec) -> tuple[tuple[str, ...], ...]:
    """Return the arguments of ``ReadyModel.run`` after the picture."""
    return (OWN_LABELS,) if spec.zero_shot else ()


def at_size(ready: "ReadyModel", path: Path, side: int | None) -> Picture:
    """Return the photo at ``path`` as ``ready`` gets it, at its own size or at ``side``.

    Raises:
        PhotoError, SettingError: no readable photo; a side that this model is not offered at.
    """
    rule = ready.preprocessing
    if side is not None and side != rule.size_hw[0]:
        offered = SIDES.get(ready.spec.name, ())
        if side not in offered:
            raise SettingError(f"{ready.spec.title} looks at pictures of {rule.size_hw[0]} pixels only.")
        rule = replace(rule, size_hw=(side, side))
    return picture(path, rule)


@zerogpu.on_gpu(lambda **_: 15)
def see(
    path: Path, model: str, random: bool = False, side: int | None = None, progress: OnProgress | None = None
) -> Seen:
    """Return one forward pass of ``model`` on the photo at ``path``; a pass that is known runs nothing.

    Trained weights are fetched where they are not here; ``random``: random ones instead.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model or side.
        ModelUnavailable: it cannot be had, or its numbers are none.
        Stopped: raised by ``progress``.
    """
    spec = check(model)
    asked = Asked(digest_of(path), model, uses_random(model, random), side)
    found = _seen.get(asked)
    if found is not None:
        return found
    report = None if progress is None else lambda step: progress(model, step)
    with models.borrow(spec.name, report, asked.random) as ready:
        from cvdemo.inside.passing import look

        found = _seen.get(asked) or look(ready, at_size(ready, path, side), asked)
    _seen.put(asked, found)
    return found


def known(asked: Asked) -> Seen | None:
    """Return the pass of ``asked`` if it is still known; never runs anything."""
    return _seen.get(asked)


def known_on(path: Path, asked: Asked) -> Seen | None:
    """Return the pass of the same model and settings on another photo, if it is known.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    return _seen.get(replace(asked, digest=digest_of(path)))

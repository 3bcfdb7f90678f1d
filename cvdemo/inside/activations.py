"""Run a model once on the photo and keep what each of its layers gave; asked again, nothing runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from cvdemo import images, runs, zerogpu
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import SettingError
from cvdemo.inside.crop import Point
from cvdemo.inside.layers import Stop
from cvdemo.inside.model_input import Picture, picture
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cvdemo.loading import ReadyModel

OnProgress = Callable[[str, Progress], None]
OWN_LABELS = ("a cat", "a dog", "a coffee cup")  # what a zero-shot model chooses from here
SIDES = dict.fromkeys(("dinov2_small", "dinov2_base", "dinov2_large"), (224, 518))

_passes = Results("activations")
_runs = Count()
_plans: "WeakKeyDictionary[nn.Module, dict[tuple[int, int], tuple[Stop, ...]]]" = WeakKeyDictionary()


def network_runs() -> int:
    """Return how many times a network has run for all views of Look inside since the start."""
    return _runs.total


def network_turn() -> AbstractContextManager[runs.Took]:
    """Hold the device for one run of a borrowed network, and count it among those of Look inside, see `runs.turn`."""
    return runs.turn(_runs)


@dataclass(frozen=True)
class PassRequest:
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
class ForwardPass:
    """One forward pass.

    Args:
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        picture: what the model got, and where that lies in the photo.
        stops: the layers with maps, in the order of computation; relative depth runs evenly over them.
        maps: float32 (C, h, w) a stop.
        prefixes: float32 (tokens before the patches, C) a stop; the class token is the first. (0, C) without.
        logits: float32 (classes,), or None for a model without classes.
        labels: plain names in the order of the logits.
    """

    asked: PassRequest
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
def forward_pass(
    path: Path, model: str, random: bool = False, side: int | None = None, progress: OnProgress | None = None
) -> ForwardPass:
    """Return one forward pass of ``model`` on the photo at ``path``; a pass that is known runs nothing.

    Trained weights are fetched where they are not here; ``random``: random ones instead.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model or side.
        ModelUnavailable: it cannot be had, or its numbers are none.
        Stopped: raised by ``progress``.
    """
    spec = check(model)
    asked = PassRequest(images.open(path).digest, model, runs.invented(spec, "random" if random else "trained"), side)
    report = progress and partial(progress, model)
    return runs.run(_passes, asked, spec, partial(_run, path=path, asked=asked), asked.random, report)


def known(asked: PassRequest) -> ForwardPass | None:
    """Return the pass of ``asked`` if it is still known; never runs anything."""
    return _passes.get(asked)


def known_on(path: Path, asked: PassRequest) -> ForwardPass | None:
    """Return the pass of the same model and settings on another photo, if it is known.

    Raises:
        PhotoError: the file is no picture we can read.
    """
    return _passes.get(replace(asked, digest=images.open(path).digest))


def _run(ready: "ReadyModel", path: Path, asked: PassRequest) -> ForwardPass:
    """Run a borrowed model once on the photo at ``path``.

    Raises:
        ModelUnavailable: its numbers are none.
    """
    from cvdemo.inside.hooks import as_map, candidates, stops_in, watched

    network, shown = ready.network, at_size(ready, path, asked.side)
    plan = _plans.setdefault(network, {}).get(shown.size_hw)
    names = [stop.name for stop in plan] if plan else candidates(network)
    with network_turn() as took, watched(network, names) as outputs:
        answer = ready.run(shown.array, *own_labels(ready.spec))[0]
    if plan is None:
        plan = _plans[network][shown.size_hw] = stops_in(network, outputs, shown.size_hw)
    maps = tuple(_array(as_map(outputs[stop.name], stop)) for stop in plan)
    runs.check_finite(ready.spec, answer, *maps)
    prefixes = tuple(_prefix(outputs[stop.name], stop) for stop in plan)
    logits = answer.astype(np.float32) if ready.spec.task == "classify" else None
    labels = own_labels(ready.spec)[0] if ready.spec.zero_shot else ready.labels
    return ForwardPass(asked, ready.weights, shown, plan, maps, prefixes, logits, labels, took.ms)


def forward(ready: "ReadyModel", pixels: "Tensor") -> "Tensor":
    """Run the network on ``pixels`` (N, 3, h, w) so that gradients can flow; return logits (N, classes).

    Call inside `network_turn` and ``torch.enable_grad()``.

    Raises:
        SettingError: the model takes the visitor's own labels, and its answer is no plain output of the network.
    """
    if ready.spec.zero_shot:
        raise SettingError(f"{ready.spec.title} compares the photo with labels; this view needs a model with classes.")
    return ready.network(pixels)


def _array(tensor: "Tensor") -> NDArray[np.float32]:
    return tensor.float().cpu().numpy()


def _prefix(output: "Tensor", stop: Stop) -> NDArray[np.float32]:
    if stop.layout != "tokens":
        return np.zeros((0, stop.channels), np.float32)
    return _array(output[0, : stop.prefix])

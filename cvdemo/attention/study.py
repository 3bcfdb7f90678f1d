"""Runs a model once and keeps the queries and keys of all its layers: layer, head, point and rollout slide on those."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import images, runs, zerogpu
from cvdemo.attention.layer import AttentionLayer
from cvdemo.attention.rollout import possible
from cvdemo.attention.statistics import Figures, figures
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.inside.activations import OnProgress, PassRequest, at_size, check, network_turn, own_labels
from cvdemo.inside.crop import unit_at
from cvdemo.inside.model_input import Picture
from cvdemo.results import Results

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

NONE = "This model has no attention: a CNN mixes neighbours by fixed filters."

_attended = Results("attention")
_relevant = Results("attention relevance")


@dataclass(frozen=True)
class Attended:
    """One run: every layer's queries and keys, and the figures of every head.

    Args:
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        norms: float32 (patches,), the length of each patch's vector after the last block; None where layers differ in
            their patches (Swin, MobileViT).
        logits: float32 (classes,), or None for a model without classes.
    """

    asked: PassRequest
    weights: str
    picture: Picture
    layers: tuple[AttentionLayer, ...]
    figures: tuple[Figures, ...]
    norms: NDArray[np.float32] | None
    logits: NDArray[np.float32] | None
    labels: tuple[str, ...]
    network_ms: float

    def cell_at(self, layer: AttentionLayer, point_rc: tuple[int, int]) -> tuple[int, bool]:
        """Return the cell of a layer's grid under a photo's point, and whether the point was cut off and moved."""
        point, moved = self.picture.crop.to_picture(point_rc, self.picture.size_hw)
        row, column = unit_at(point, self.picture.size_hw, layer.grid_hw)
        return row * layer.grid_hw[1] + column, moved

    @property
    def class_token(self) -> bool:
        """Whether there is a class token to look from."""
        return self.layers[0].class_token is not None


def has_attention(model: str) -> bool:
    """Return whether a model of the catalogue has attention layers; known without building it."""
    return get(model).family in ("vit", "hybrid")


@zerogpu.on_gpu(lambda **_: 15)
def attend(
    path: Path, model: str, random: bool = False, side: int | None = None, progress: OnProgress | None = None
) -> Attended:
    """Return one run of ``model`` on the photo at ``path``; what is known runs nothing.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model, one without attention, or a side that it is not offered at.
        ModelUnavailable: it cannot be had, or its numbers are none.
    """
    spec = check(model)
    if not has_attention(model):
        raise SettingError(NONE)
    asked = PassRequest(images.open(path).digest, model, runs.invented(spec, "random" if random else "trained"), side)
    report = progress and partial(progress, model)
    return runs.run(_attended, asked, spec, partial(_run, path=path, asked=asked), asked.random, report)


def known(asked: PassRequest) -> Attended | None:
    """Return the run of ``asked`` if it is still known; never runs anything."""
    return _attended.get(asked)


def _run(ready: "ReadyModel", path: Path, asked: PassRequest) -> Attended:
    from cvdemo.attention.tap import layer_of, listening, listening_to_block, taps

    wanted, shown = taps(ready.network), at_size(ready, path, asked.side)
    with network_turn() as took, listening(wanted) as outputs, listening_to_block(ready.network, wanted[-1]) as ends:
        answer = ready.run(shown.array, *own_labels(ready.spec))[0]
    layers = tuple(layer_of(tap, outputs.pop(tap.name), shown.size_hw) for tap in wanted)
    runs.check_finite(ready.spec, answer, *(one.queries for one in layers))
    told = tuple(figures(one, cell_px(shown, one)) for one in layers)
    same = not any(one.windowed for one in layers)
    norms = ends[0][layers[-1].places[0] >= 0] if same else None
    logits = answer.astype(np.float32) if ready.spec.task == "classify" else None
    labels = own_labels(ready.spec)[0] if ready.spec.zero_shot else ready.labels
    return Attended(asked, ready.weights, shown, layers, told, norms, logits, labels, took.ms)


def cell_px(shown: Picture, layer: AttentionLayer) -> tuple[float, float]:
    """Return height and width of a cell of a layer's grid in pixels of the photo."""
    return shown.crop.height / layer.grid_hw[0], shown.crop.width / layer.grid_hw[1]


def can_weigh(found: Attended) -> bool:
    """Return whether `relevance_of` makes sense: a model with classes in which every patch sees every other one."""
    return found.logits is not None and possible(found.layers)


def relevance_known(found: Attended) -> bool:
    """Return whether `relevance_of` the predicted class would answer without running the network."""
    return found.logits is not None and _relevant.get((found.asked, int(found.logits.argmax()))) is not None


def relevance_of(found: Attended, target: int | None = None) -> tuple[NDArray[np.float32], int]:
    """Return the gradient-weighted rollout for a class, float32 (patches,), and the class (the predicted one if None).

    The network runs once, forward and back; asked again, nothing runs.

    Raises:
        SettingError: the model has windows, or no classes.
    """
    if found.logits is None or not can_weigh(found):
        raise SettingError("This view needs a model with classes in which every patch sees every other one.")
    wanted = int(found.logits.argmax()) if target is None else target
    if not 0 <= wanted < len(found.logits):
        raise SettingError(f"This model knows {len(found.logits):,} classes, numbered from 0.")
    key = (found.asked, wanted)
    spec, random = get(found.asked.model), found.asked.random
    return runs.run(_relevant, key, spec, partial(_relevance, found=found, target=wanted), random), wanted


def _relevance(ready: "ReadyModel", found: Attended, target: int) -> NDArray[np.float32]:
    from cvdemo.attention.relevance import relevance
    from cvdemo.attention.tap import taps
    from cvdemo.inside.logits import logits_of

    answer = logits_of(ready, *own_labels(ready.spec))
    with network_turn():
        row = relevance(
            ready.network, answer, found.picture.array, taps(ready.network), lambda logits: logits[target]
        )  # fmt: skip
    return row[found.layers[-1].places[0] >= 0]

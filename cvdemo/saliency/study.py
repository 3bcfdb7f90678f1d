"""Explains a model's answer on a photo; what has been found is kept, so another method or opacity runs no network."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import images, runs, zerogpu
from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.inside.activations import OWN_LABELS, OnProgress, at_size, check, network_turn
from cvdemo.inside.cams import CAMS, grad_cam
from cvdemo.inside.model_input import Picture
from cvdemo.results import Results
from cvdemo.saliency.explanation import Evidence, ExplanationRequest
from cvdemo.saliency.methods import method_for, methods_for
from cvdemo.saliency.targets import Target, number_of

if TYPE_CHECKING:
    from torch import Tensor

    from cvdemo.loading import ReadyModel

Step = Callable[[int, int], None]
"""Called with network runs done and in all; may raise Stopped."""

_found = Results("saliency evidence")
_maps = Results("Score-CAM maps")
_refused = Results("saliency refusals")


def explain(
    path: Path,
    model: str,
    target: Target = None,
    against: Target = None,
    labels: tuple[str, ...] = (),
    random: bool = False,
    progress: OnProgress | None = None,
) -> Evidence:
    """Return what speaks for a class on the photo at ``path``; what is known runs nothing.

    Args:
        labels: the visitor's own classes, for zero-shot models; three plain ones where none are given.
        random: random weights, also where trained ones are here.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model or class, a model without classes, a class held against itself.
        ModelUnavailable: the model cannot be had, or its numbers are none.
    """
    spec = check(model)
    if not methods_for(spec):
        raise SettingError(f"{spec.title} has no classes that a map could explain. Choose a classifier.")
    words = (labels or OWN_LABELS) if spec.zero_shot else ()
    invented = runs.invented(spec, "random" if random else "trained")
    asked = ExplanationRequest(images.open(path).digest, model, invented, target, against, words)
    found = explain_asked(path, asked, progress)
    if found is None:
        raise SettingError(refused(asked) or "This class cannot be explained.")
    return found


@zerogpu.on_gpu(lambda **_: 15)
def explain_asked(path: Path, asked: ExplanationRequest, progress: OnProgress | None = None) -> Evidence | None:
    """Answer ``asked`` for the photo at ``path``; None where a class makes no sense, `refused` then says why.

    Raises:
        PhotoError, ModelUnavailable: see `explain`.
    """
    if refused(asked) is not None:
        return None
    report = progress and partial(progress, asked.model)
    try:
        return runs.run(_found, asked, get(asked.model), partial(_run, path=path, asked=asked), asked.random, report)
    except SettingError as error:
        _refused.put(asked, str(error))
        return None


def known(asked: ExplanationRequest) -> Evidence | None:
    """Return the answer to ``asked`` if it is known; never runs anything."""
    return _found.get(asked)


def refused(asked: ExplanationRequest) -> str | None:
    """Return why ``asked`` makes no sense for its model, if that is known."""
    return _refused.get(asked)


def _run(ready: "ReadyModel", path: Path, asked: ExplanationRequest) -> Evidence:
    title, names, shown = ready.spec.title, asked.labels or ready.labels, at_size(ready, path, None)
    target = None if asked.target is None else number_of(asked.target, names, title)
    against = None if asked.against is None else number_of(asked.against, names, title)
    if against is not None and against == target:
        raise SettingError("A class cannot be held against itself. Choose another one, or none.")
    activations, gradients, logits, network_ms = _looked_back(ready, shown, asked, _score(target, against))
    runs.check_finite(ready.spec, activations, gradients, logits)
    target = int(logits.argmax()) if target is None else target
    if against == target:
        raise SettingError(f"{names[target]} is the answer itself. Choose another class to hold it against, or none.")
    centred = None
    if against is None and not grad_cam(activations, gradients).any():
        centred = _looked_back(ready, shown, asked, _score(target, None, centred=True))[1]
    return Evidence(
        asked, ready.weights, shown, activations, gradients, centred, logits, names, target, against, network_ms
    )  # fmt: skip


def _score(target: int | None, against: int | None, centred: bool = False) -> "Callable[[Tensor], Tensor]":
    def score(logits: "Tensor") -> "Tensor":
        wanted = logits[logits.argmax() if target is None else target]
        if centred:
            return wanted - logits.mean()
        return wanted if against is None else wanted - logits[against]

    return score


def _looked_back(
    ready: "ReadyModel", shown: Picture, asked: ExplanationRequest, score: "Callable[[Tensor], Tensor]"
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], float]:
    from cvdemo.inside.evidence import look_back
    from cvdemo.inside.last_map import last_map
    from cvdemo.inside.logits import logits_of

    answer = logits_of(ready, asked.labels)
    with network_turn() as took:
        activations, gradients, logits = look_back(
            ready.network, answer, shown.array, last_map(ready.network), score
        )  # fmt: skip
    return activations, gradients, logits, took.ms


def map_of_another(ready: "ReadyModel", found: Evidence, method: str) -> NDArray[np.float32]:
    """Return the map that another borrowed model of the same architecture gives for the same question.

    The method must be one of `cams.CAMS`.
    """
    centred = uses_centred(found, method)
    score = _score(found.target, found.against, centred)
    activations, gradients, *_ = _looked_back(ready, found.picture, found.asked, score)
    return CAMS[method](activations, gradients)


def uses_centred(found: Evidence, method: str) -> bool:
    """Return whether the map of ``method`` holds the class against the mean of all classes, see `Evidence`."""
    return found.centred is not None and method in CAMS and not CAMS[method](found.activations, found.gradients).any()


def map_of(found: Evidence, method: str, step: Step | None = None) -> NDArray[np.float32]:
    """Return the map of a method, float32 (h, w), not negative; only Score-CAM runs the network, once a channel.

    Raises:
        SettingError: the method makes no sense for this model.
        Stopped: raised by ``step``.
    """
    method_for(check(found.asked.model), method)
    if method in CAMS:
        gradients = found.centred if uses_centred(found, method) else found.gradients
        assert gradients is not None
        return CAMS[method](found.activations, gradients)
    spec, random = get(found.asked.model), found.asked.random
    return runs.run(_maps, (found.asked, method), spec, partial(_score_cam, found=found, step=step), random)


def map_known(found: Evidence, method: str) -> bool:
    """Return whether `map_of` would answer without running a network."""
    return method in CAMS or _maps.get((found.asked, method)) is not None


def _score_cam(ready: "ReadyModel", found: Evidence, step: Step | None) -> NDArray[np.float32]:
    from cvdemo.saliency.score_cam import score_cam

    def scores(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        logits = logits_of(ready, pictures, found.asked)
        wanted = logits[:, found.target]
        return wanted if found.against is None else wanted - logits[:, found.against]

    return score_cam(found.activations, found.picture.array, scores, step or (lambda done, of: None))


def logits_of(ready: "ReadyModel", pictures: NDArray[np.float32], asked: ExplanationRequest) -> NDArray[np.float32]:
    """Run a borrowed model on pictures (N, 3, h, w) in one turn; return logits (N, classes)."""
    with network_turn():
        return ready.run(pictures, asked.labels) if ready.spec.zero_shot else ready.run(pictures)

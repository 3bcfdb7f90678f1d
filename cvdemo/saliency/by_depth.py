"""Class activation maps of every layer from one run forward and back: the depth slider moves through them.

The usual place of such a map is the last one before the answer. Earlier layers see finer and say less (Selvaraju et al.
2017, section 4; LayerCAM was made for them): the page shows how the map forms.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import runs
from cvdemo.catalogue import get
from cvdemo.inside.activations import network_turn
from cvdemo.inside.cams import CAMS
from cvdemo.inside.layers import Stop
from cvdemo.results import Results
from cvdemo.saliency.explanation import Evidence, ExplanationRequest

if TYPE_CHECKING:
    from torch import Tensor

    from cvdemo.loading import ReadyModel

METHODS = ("gradcam", "gradcampp", "layercam")  # those that need nothing but a layer's map and its gradient

Map = NDArray[np.float32]
_made = Results("saliency by depth")


@dataclass(frozen=True)
class ByDepth:
    """The maps of one explanation.

    Args:
        maps: for each of `METHODS`, float32 (h, w) a layer, not negative; None where the answer reads no place of a
            layer any more: after the last attention of a ViT that answers from its class token.
    """

    asked: ExplanationRequest
    maps: dict[str, tuple[Map | None, ...]]


def known(found: Evidence) -> ByDepth | None:
    """Return the maps of an explanation if they have been made; runs nothing."""
    return _made.get(found.asked)


def explain_layers(found: Evidence, stops: tuple[Stop, ...]) -> ByDepth:
    """Return the maps of each of the model's layers for an explanation; asked again, nothing runs.

    Raises:
        ModelUnavailable: the model cannot be had any more.
    """
    work = partial(_run, found=found, stops=stops)
    return runs.run(_made, found.asked, get(found.asked.model), work, found.asked.random)


def _run(ready: "ReadyModel", found: Evidence, stops: tuple[Stop, ...]) -> ByDepth:
    import torch

    from cvdemo.inside.hooks import as_map, changed
    from cvdemo.inside.logits import logits_of

    answer, kept = logits_of(ready, found.asked.labels), {}

    def keep(name: str, output: "Tensor") -> "Tensor":
        kept[name] = output
        return output * 1.0  # what follows may write into it

    pixels = torch.from_numpy(found.picture.array).to(next(ready.network.parameters()).device).requires_grad_(True)
    with network_turn(), torch.enable_grad(), ExitStack() as hooks:
        for stop in stops:
            hooks.enter_context(changed(ready.network, stop.name, partial(keep, stop.name)))
        logits = answer(pixels)[0]
        outputs = [kept[stop.name] for stop in stops]
        gradients = torch.autograd.grad(_score(found, logits), outputs, allow_unused=True)
    maps: dict[str, list[Map | None]] = {name: [] for name in METHODS}
    for stop, output, gradient in zip(stops, outputs, gradients, strict=True):
        slope = np.zeros(1) if gradient is None else as_map(gradient, stop).float().cpu().numpy()
        one = as_map(output.detach(), stop).float().cpu().numpy()
        for name in METHODS:
            maps[name].append(CAMS[name](one, slope) if slope.any() else None)
    return ByDepth(found.asked, {name: tuple(rows) for name, rows in maps.items()})


def _score(found: Evidence, logits: "Tensor") -> "Tensor":
    """Return what the maps explain, as `study` does: the class alone, against another, or against the mean of all."""
    if found.against is not None:
        return logits[found.target] - logits[found.against]
    return logits[found.target] - (0 if found.centred is None else logits.mean())

"""The forward pass itself: every layer's map out of one run of a borrowed network."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo.errors import ModelUnavailable, SettingError
from cvdemo.inside.hooks import as_map, candidates, changed, put_back, stops_in, watched
from cvdemo.inside.model_input import Picture
from cvdemo.inside.seeing import Asked, Seen, network_turn, own_labels
from cvdemo.inside.stops import Stop

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

_plans: "WeakKeyDictionary[nn.Module, dict[tuple[int, int], tuple[Stop, ...]]]" = WeakKeyDictionary()


def look(ready: "ReadyModel", shown: Picture, asked: Asked) -> Seen:
    """Run a borrowed model once on ``shown``.

    Raises:
        ModelUnavailable: its numbers are none.
    """
    network = ready.network
    plan = _plans.setdefault(network, {}).get(shown.size_hw)
    names = [stop.name for stop in plan] if plan else candidates(network)
    with network_turn(), watched(network, names) as outputs:
        started = time.perf_counter()
        answer = ready.run(shown.array, *own_labels(ready.spec))[0]
        network_ms = 1000 * (time.perf_counter() - started)
    if plan is None:
        plan = _plans[network][shown.size_hw] = stops_in(network, outputs, shown.size_hw)
    maps = tuple(_array(as_map(outputs[stop.name], stop)) for stop in plan)
    if not np.isfinite(answer).all() or not all(np.isfinite(one).all() for one in maps):
        raise ModelUnavailable(f"{ready.spec.title} returned invalid numbers for this photo. Choose another model.")
    prefixes = tuple(_prefix(outputs[stop.name], stop) for stop in plan)
    logits = answer.astype(np.float32) if ready.spec.task == "classify" else None
    labels = own_labels(ready.spec)[0] if ready.spec.zero_shot else ready.labels
    return Seen(asked, ready.weights, shown, plan, maps, prefixes, logits, labels, network_ms)


def logits_with(
    ready: "ReadyModel", shown: Picture, stop: Stop, change: Callable[[Tensor], Tensor]
) -> NDArray[np.float32]:
    """Return the answer (classes,) of a run in which the map of ``stop``, (C, h, w), is replaced by ``change`` of it.

    ``change`` gets a copy. The network is given back as it was found.
    """

    def swap(output: Tensor) -> Tensor:
        return put_back(change(as_map(output, stop).clone()), output, stop)

    with network_turn(), changed(ready.network, stop.name, swap):
        return ready.run(shown.array, *own_labels(ready.spec))[0]


def forward(ready: "ReadyModel", pixels: Tensor) -> Tensor:
    """Run the network on ``pixels`` (N, 3, h, w) so that gradients can flow; return logits (N, classes).

    Call inside `network_turn` and ``torch.enable_grad()``.

    Raises:
        SettingError: the model takes the visitor's own labels, and its answer is no plain output of the network.
    """
    if ready.spec.zero_shot:
        raise SettingError(f"{ready.spec.title} compares the photo with labels; this view needs a model with classes.")
    return ready.network(pixels)


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.float().cpu().numpy()


def _prefix(output: Tensor, stop: Stop) -> NDArray[np.float32]:
    if stop.layout != "tokens":
        return np.zeros((0, stop.channels), np.float32)
    return _array(output[0, : stop.prefix])

"""How far photos lie from those that a network was trained on, by what the network itself remembers of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cvdemo import preprocess, runs
from cvdemo.catalogue import ModelSpec
from cvdemo.photo_sets import PhotoSet
from cvdemo.results import Count, Results

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

MOST: Final = 60  # photos that are looked at
FAR: Final = 0.3
"""Our own line: street photos of COCO lie at 0.1 to 0.2 from the packaged and the bundled CNN, small grey faces at 0.4,
scanned digits at 0.6."""
MANY: Final = 50
"""Photos of a class to learn from, from which on the lesson opens more layers."""

_distances = Results("domain distances")
_looks = Count()


def distance(photos: PhotoSet, out: np.ndarray, spec: ModelSpec, told: Callable[[], None]) -> float | None:
    """Return by how many standard deviations the photos shift what the network's layers compute.

    Batch normalisation keeps mean and spread of each channel over the photos of its training. The shift is that of the
    channels' means over these photos, in those spreads: root mean square over the channels of a layer, mean over the
    layers. None for a network without batch normalisation. Held-out photos are not looked at.
    """
    places = np.flatnonzero(~out)
    places = places[:: -(-len(places) // MOST)]
    key = (photos.digest, spec.name, places.tobytes())

    def work(ready: "ReadyModel") -> tuple[float | None]:
        return (_shift(ready, photos, places, told),)

    found: tuple[float | None] = runs.run(_distances, key, spec, work)
    return found[0]


def _shift(ready: "ReadyModel", photos: PhotoSet, places: np.ndarray, told: Callable[[], None]) -> float | None:
    import torch

    layers: list[Any] = [layer for layer in ready.network.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    sums: dict[int, Any] = dict.fromkeys(range(len(layers)), 0.0)
    if not layers:
        return None

    def hook(number: int) -> Callable[..., None]:
        def add(_layer: Any, given: tuple[Any, ...]) -> None:
            sums[number] = sums[number] + given[0].mean((0, 2, 3))

        return add

    hooks = [layer.register_forward_pre_hook(hook(number)) for number, layer in enumerate(layers)]
    try:
        for place in places:
            told()
            array = preprocess.prepare(photos.photos[place].photo(), ready.preprocessing).array
            with runs.turn(_looks):
                ready.run(array)
    finally:
        for one in hooks:
            one.remove()
    shifts = []
    for number, layer in enumerate(layers):
        apart = (sums[number] / len(places) - layer.running_mean) / (layer.running_var + layer.eps).sqrt()
        shifts.append(float(apart.pow(2).mean().sqrt()))
    runs.check_finite(ready.spec, np.array(shifts))
    return float(np.mean(shifts))

"""The numbers that a network makes of a photo just before its last layer: what a probe learns from."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import engines, preprocess, runs
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import SettingError
from cvdemo.photo_sets import PhotoSet
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

Features = NDArray[np.float32]

OnPhoto = Callable[[int, int], None]
"""Called with how many photos are done and how many there are; may raise Stopped."""

BESIDE = 4  # things that stay with a model: this, and engines for three shapes of whole photos

_features = Results("features")
_runs = Count()


def network_runs() -> int:
    """Return how many times a network has run for features since the start."""
    return _runs.total


def has_features(spec: ModelSpec) -> bool:
    """Return whether a probe can stand on this model: one of timm's, with or without its head."""
    return spec.source in ("bundled", "packaged", "timm") and spec.task in ("classify", "features")


def features(
    photos: PhotoSet,
    spec: ModelSpec,
    told: OnPhoto | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Features:
    """Return the pooled features of each photo, float32 (N, D), what timm's ``forward_head(pre_logits=True)`` gives.

    Each photo is looked at once for each model, as long as its features are kept. The device is given back after each.

    Raises:
        SettingError: no probe can stand on this model.
        CvDemoError: the model cannot be had, or its numbers are none.
    """
    if not has_features(spec):
        raise SettingError(f"{spec.title} gives no features that a probe could use. Choose another network.")
    found: dict[int, Features] = {}
    for place, photo in enumerate(photos.photos):
        known = _features.get((spec.name, photo.digest))
        if known is not None:
            found[place] = known
    if len(found) < len(photos.photos):
        places = [place for place in range(len(photos.photos)) if place not in found]

        def work(ready: "ReadyModel") -> dict[int, Features]:
            return _looked(ready, photos, places, told)

        # What `runs.run` would keep is kept above, photo by photo: also of a run that is stopped.
        found |= runs.run(Results(local=True), photos.digest, spec, work, progress=progress)
    return np.stack([found[place] for place in range(len(photos.photos))])


def _looked(ready: "ReadyModel", photos: PhotoSet, places: list[int], told: OnPhoto | None) -> dict[int, Features]:
    headless = _headless(ready)
    found: dict[int, Features] = {}
    for done, place in enumerate(places):
        if told is not None:
            told(done, len(places))
        photo = photos.photos[place]
        array = preprocess.prepare(photo.photo(), ready.preprocessing).array
        engine = engines.engine_for(headless, array.shape)
        with runs.turn(_runs):
            row = engine.run(array)[0]
        runs.check_finite(ready.spec, row)
        found[place] = row.astype(np.float32)
        _features.put((ready.spec.name, photo.digest), found[place])
    return found


class _Beside:
    """A borrowed classifier without its last layer, kept with the model, whose weights it shares."""

    def __init__(self, ready: "ReadyModel") -> None:
        from cvdemo.loading.finish import plain_run
        from cvdemo.loading.sidecar import Sidecar
        from cvdemo.probes.headless import Headless

        spec = replace(ready.spec, name=f"{ready.spec.name} without its head", task="features")
        network = Headless(ready.network)
        run = plain_run(spec, network)
        self.ready = replace(ready, spec=spec, network=network, run=run, graph=network, labels=(), sidecar=Sidecar())

    @property
    def byte_count(self) -> int:
        """The bytes that its engines keep beside the model."""
        return self.ready.byte_count - self.ready.weight_bytes


def _headless(ready: "ReadyModel") -> "ReadyModel":
    if ready.spec.task == "features":
        return ready
    kept: _Beside = ready.sidecar.find("without its head", lambda: _Beside(ready), BESIDE)
    return kept.ready

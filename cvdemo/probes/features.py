"""The numbers that a network makes of a photo just before its last layer: what a probe learns from."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, engines, images, models, preprocess, runs
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import SettingError
from cvdemo.images import Photo
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
_of_photos = Results("features of shown photos")
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
    found: dict[int, Features] = {}
    for done, place in enumerate(places):
        if told is not None:
            told(done, len(places))
        photo = photos.photos[place]
        found[place] = _row(ready, photo.photo(), runs.turn(_runs))
        _features.put((ready.spec.name, photo.digest), found[place])
    return found


def features_of_photo(path: Path, spec: ModelSpec, progress: Callable[[Progress], None] | None = None) -> Features:
    """Return the same of the photo at ``path``: float32 (D,); known ones run nothing.

    Raises:
        PhotoError: the file is no picture we can read.
        CvDemoError: the model cannot be had, or its numbers are none.
    """
    photo = images.open(path)

    def work(ready: "ReadyModel") -> Features:
        return _row(ready, photo.at(preprocess.needed_side([ready.preprocessing])), runs.turn(_runs))

    return runs.run(_of_photos, (photo.digest, spec.name), spec, work, progress=progress)


def features_of_frame(pixels: NDArray[np.uint8], spec: ModelSpec, patience_s: float) -> Features:
    """Return the same of one frame of live video, uint8 RGB (H, W, 3): float32 (D,); keeps nothing of it.

    Raises:
        Busy: others kept the model or the device for longer than ``patience_s``.
        CvDemoError: the model cannot be had, or its numbers are none.
    """
    photo = Photo(pixels, (pixels.shape[1], pixels.shape[0]), digest="", format="JPEG", frames=1)
    with models.borrow(spec, wait_s=patience_s) as ready:
        return _row(ready, photo, compute.turn(patience_s))


def _row(ready: "ReadyModel", photo: Photo, turn: AbstractContextManager[object]) -> Features:
    headless = _headless(ready)
    array = preprocess.prepare(photo, ready.preprocessing).array
    engine = engines.engine_for(headless, array.shape)
    with turn:
        row = engine.run(array)[0]
    runs.check_finite(ready.spec, row)
    return row.astype(np.float32)


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

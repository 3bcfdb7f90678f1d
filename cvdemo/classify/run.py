"""Runs the chosen classifiers on one photo; answers that are already known cost no network run."""

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from cvdemo import compute, engines, images, models, preprocess, zerogpu
from cvdemo.catalogue import get
from cvdemo.classify.result import CHOSEN_LIMIT, Answer, Classification, Missing
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError, Stopped
from cvdemo.images import Photo
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

THUMBNAIL_SIDE = 240

OnProgress = Callable[[str, Progress], None]
"""Called with a model's name and how far its fetching or loading is; may raise Stopped."""

_answers = Results()
_runs = Count()


def network_runs() -> int:
    """Return how many times a network has run for this tab since the start."""
    return _runs.total


@zerogpu.on_gpu(lambda chosen, **_: 6 + 6 * len(chosen))
def classify(
    path: Path,
    chosen: Sequence[str],
    own_labels: tuple[str, ...] = (),
    progress: OnProgress | None = None,
) -> Classification:
    """Return what each of the ``chosen`` models says about the photo at ``path``.

    A model that cannot be had is reported in ``missing``; the others answer all the same.

    Args:
        chosen: 1 to 4 different names of the catalogue's task ``classify``.
        own_labels: the visitor's classes, for models that take any (SigLIP).

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model, a repeated one, none, or more than four.
        CvDemoError: no chosen model could answer; the first reason.
    """
    _check(chosen)
    decoder = _Decoder(path)
    answers: list[Answer] = []
    missing: list[Missing] = []
    reasons: list[CvDemoError] = []
    for name in chosen:
        try:
            answers.append(_answer(decoder, name, own_labels, progress))
        except Stopped:
            raise
        except CvDemoError as error:
            suggestion = error.suggestion if isinstance(error, ModelUnavailable) else None
            missing.append(Missing(name, get(name).title, str(error), suggestion))
            reasons.append(error)
    if not answers:
        raise reasons[0]
    photo = decoder.cheapest()
    return Classification(tuple(answers), tuple(missing), photo.full_size_wh, _thumbnail(photo))


class _Decoder:
    """Decodes one photo, for each model as finely as it needs; models that need the same share the pixels.

    What is no picture is refused by its header, before any model is loaded.
    """

    def __init__(self, path: Path) -> None:
        images.inspect(path)
        self.path = path
        with path.open("rb") as file:
            self.digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._photos: dict[int, tuple[Photo, float]] = {}

    def at(self, side: int) -> Photo:
        """Return the photo with a shorter side of at least ``side`` px, where it has that many."""
        if side not in self._photos:
            started = time.perf_counter()
            photo = images.read(self.path, side)
            self._photos[side] = (photo, 1000 * (time.perf_counter() - started))
        return self._photos[side][0]

    def cheapest(self) -> Photo:
        """Return the coarsest pixels that are decoded already, or decode for a thumbnail."""
        return self._photos[min(self._photos)][0] if self._photos else self.at(THUMBNAIL_SIDE)

    def ms(self, side: int) -> float:
        """Return how long decoding for ``side`` took."""
        return self._photos[side][1]


def _check(chosen: Sequence[str]) -> None:
    if not chosen:
        raise SettingError("Choose at least one model.")
    if len(chosen) > CHOSEN_LIMIT:
        raise SettingError("Four at most. Remove one first.")
    if len(set(chosen)) < len(chosen):
        raise SettingError("Each model can be chosen once here.")
    for name in chosen:
        if get(name).task != "classify":
            raise SettingError(f"{get(name).title} does not classify photos. Choose a classifier.")


def _answer(decoder: _Decoder, name: str, own_labels: tuple[str, ...], progress: OnProgress | None) -> Answer:
    labels = own_labels if get(name).zero_shot else ()
    key = (decoder.digest, name, labels)
    known = _answers.get(key)
    if known is None:
        report = None if progress is None else lambda step: progress(name, step)
        with models.borrow(name, report) as model:
            known = _run(model, decoder, labels)
        _answers.put(key, known)
    return known


def _run(model: "ReadyModel", decoder: _Decoder, own_labels: tuple[str, ...]) -> Answer:
    """Prepare the pixels, run the network once, check its numbers."""
    spec = model.spec
    if spec.zero_shot and not own_labels:
        raise SettingError(f"{spec.title} compares the photo with your own labels. Write some, separated by commas.")
    side = preprocess.needed_side([model.preprocessing])
    photo = decoder.at(side)
    started = time.perf_counter()
    entry = preprocess.prepare(photo, model.preprocessing)
    prepared = time.perf_counter()
    engine = None if spec.zero_shot else engines.engine_for(model, entry.array.shape)
    chosen = time.perf_counter()
    with compute.turn() as waited_s:
        logits = (engine.run(entry.array) if engine else model.run(entry.array, own_labels))[0]
    done = time.perf_counter()
    _runs.add()
    if not np.isfinite(logits).all():
        raise ModelUnavailable(
            f"{spec.title} returned invalid numbers for this photo. Choose another model.", spec.name
        )
    return Answer(
        model=spec.name,
        title=spec.title,
        family=spec.family,
        weights=model.weights,
        engine=engine.name if engine else "torch",
        engine_note=engine.note if engine else "",
        labels=own_labels or model.labels,
        logits=logits.astype(np.float32),
        seen=entry.seen,
        crop_xyxy=entry.crop_xyxy,
        cut_off=entry.cut_off,
        parameter_count=model.parameter_count,
        multiply_adds=model.multiply_adds,
        licence=spec.licence,
        decode_ms=decoder.ms(side),
        preprocess_ms=1000 * (prepared - started),
        network_ms=1000 * (done - chosen - waited_s),
    )


def _thumbnail(photo: Photo) -> np.ndarray:
    small = Image.fromarray(photo.pixels)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return np.asarray(small)

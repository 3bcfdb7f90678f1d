"""Runs the chosen classifiers on one photo; answers that are already known cost no network run."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from cvdemo import engines, images, pace, preprocess, runs, zerogpu
from cvdemo.catalogue import ModelSpec, get
from cvdemo.classify.result import CHOSEN_LIMIT, Answer, Classification, Missing
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError, Stopped
from cvdemo.images import OpenedPhoto, Photo
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

THUMBNAIL_SIDE = 240

OnProgress = Callable[[str, Progress], None]
"""Called with a model's name and how far its fetching or loading is; may raise Stopped."""

_answers = Results("classifications")
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
    specs = _checked(chosen)
    photo = images.open(path)  # what is no picture is refused before any model is loaded
    answers: list[Answer] = []
    missing: list[Missing] = []
    reasons: list[CvDemoError] = []
    for spec in specs:
        labels = own_labels if spec.zero_shot else ()
        key, report = (photo.digest, spec.name, labels), progress and partial(progress, spec.name)
        work = partial(_run, photo=photo, own_labels=labels)
        try:
            answers.append(runs.run(_answers, key, spec, work, progress=report))
        except Stopped:
            raise
        except CvDemoError as error:
            suggestion = error.suggestion if isinstance(error, ModelUnavailable) else None
            missing.append(Missing(spec.name, spec.title, str(error), suggestion))
            reasons.append(error)
    if not answers:
        raise reasons[0]
    small = photo.at_hand(THUMBNAIL_SIDE)
    return Classification(tuple(answers), tuple(missing), small.full_size_wh, _thumbnail(small))


def _checked(chosen: Sequence[str]) -> list[ModelSpec]:
    if not chosen:
        raise SettingError("Choose at least one model.")
    if len(chosen) > CHOSEN_LIMIT:
        raise SettingError("Four at most. Remove one first.")
    if len(set(chosen)) < len(chosen):
        raise SettingError("Each model can be chosen once here.")
    specs = [get(name) for name in chosen]
    for spec in specs:
        if spec.task != "classify":
            raise SettingError(f"{spec.title} does not classify photos. Choose a classifier.")
    return specs


def _run(ready: "ReadyModel", photo: OpenedPhoto, own_labels: tuple[str, ...]) -> Answer:
    """Prepare the pixels, run a borrowed network once, check its numbers."""
    spec = ready.spec
    if spec.zero_shot and not own_labels:
        raise SettingError(f"{spec.title} compares the photo with your own labels. Write some, separated by commas.")
    decoded = photo.at(preprocess.needed_side([ready.preprocessing]))
    started = time.perf_counter()
    entry = preprocess.prepare(decoded, ready.preprocessing)
    prepare_ms = 1000 * (time.perf_counter() - started)
    engine = None if spec.zero_shot else engines.engine_for(ready, entry.array.shape)
    look = partial(engine.run, entry.array) if engine else partial(ready.run, entry.array, own_labels)
    with runs.turn(_runs) as took:
        logits = look()[0]
    runs.check_finite(spec, logits)
    way = (spec.name, ready.weights, ready.sha256, engine.name if engine else "torch", entry.array.shape)
    return Answer(
        model=spec.name,
        title=spec.title,
        family=spec.family,
        weights=ready.weights,
        engine=engine.name if engine else "torch",
        engine_note=engine.note if engine else "",
        labels=own_labels or ready.labels,
        logits=logits.astype(np.float32),
        seen=entry.seen,
        crop_xyxy=entry.crop_xyxy,
        cut_off=entry.cut_off,
        parameter_count=ready.parameter_count,
        multiply_adds=ready.multiply_adds,
        licence=spec.licence,
        decode_ms=decoded.decode_ms,
        preprocess_ms=prepare_ms,
        network_ms=pace.median_ms(way, took.ms, look),
    )


def _thumbnail(photo: Photo) -> np.ndarray:
    small = Image.fromarray(photo.pixels)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return np.asarray(small)

"""Runs the chosen classifiers on one photo; answers that are already known cost no network run."""

import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from cvdemo import engines, images, preprocess, runs, zerogpu
from cvdemo.catalogue import ModelSpec, get
from cvdemo.classify.result import CHOSEN_LIMIT, Answer, Classification, Missing
from cvdemo.classify.together import Outdated, Ran, gathers, together
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError, Stopped
from cvdemo.images import OpenedPhoto, Photo
from cvdemo.preprocess import Preprocessing
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

THUMBNAIL_SIDE = 240

OnProgress = Callable[[str, Progress], None]
"""Called with a model's name and how far its fetching or loading is; may raise Stopped."""

_answers = Results("classifications")
_preparations: dict[str, Preprocessing] = {}  # how each model's photos are prepared, as it was seen last
_runs = Count()


def network_runs() -> int:
    """Return how many times a network has run for this tab since the start; a shared run counts for each photo."""
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
        work = partial(_alone, photo=photo, own_labels=labels)
        try:
            shared = _answers.get(key) or _together(photo, spec, key, report)
            answers.append(shared or runs.run(_answers, key, spec, work, progress=report))
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


def _together(
    photo: OpenedPhoto, spec: ModelSpec, key: Hashable, report: Callable[[Progress], None] | None
) -> Answer | None:
    """Run the network once for all who wait for it, where that pays; None where the photo runs alone."""
    preprocessing = _preparations.get(spec.name) if gathers(spec) else None
    if preprocessing is None:
        return None
    pixels = _Pixels(photo, preprocessing)
    try:
        ran = together(spec, preprocessing, pixels.entry.array, report or (lambda _: None))
    except Outdated:
        return None  # as if it were the first time
    _runs.add()
    answer = _told(ran, pixels, ())
    _answers.put(key, answer)
    return answer


def _alone(ready: "ReadyModel", photo: OpenedPhoto, own_labels: tuple[str, ...]) -> Answer:
    """Prepare the pixels and run a borrowed network once."""
    spec = ready.spec
    if spec.zero_shot and not own_labels:
        raise SettingError(f"{spec.title} compares the photo with your own labels. Write some, separated by commas.")
    _preparations[spec.name] = ready.preprocessing
    pixels = _Pixels(photo, ready.preprocessing)
    array = pixels.entry.array
    engine = None if spec.zero_shot else engines.engine_for(ready, array.shape)
    with runs.turn(_runs) as took:
        logits = (engine.run(array) if engine else ready.run(array, own_labels))[0]
    name, note = (engine.name, engine.note) if engine else ("torch", "")
    return _told(Ran(ready, logits, name, note, took.ms), pixels, own_labels)


class _Pixels:
    """One photo as one model sees it, and what that took."""

    def __init__(self, opened: OpenedPhoto, preprocessing: Preprocessing) -> None:
        photo = opened.at(preprocess.needed_side([preprocessing]))
        started = time.perf_counter()
        self.entry = preprocess.prepare(photo, preprocessing)
        self.prepare_ms = 1000 * (time.perf_counter() - started)
        self.decode_ms = photo.decode_ms


def _told(ran: Ran, pixels: _Pixels, own_labels: tuple[str, ...]) -> Answer:
    """Check the numbers and put the answer together."""
    model, entry, spec = ran.model, pixels.entry, ran.model.spec
    runs.check_finite(spec, ran.logits)
    return Answer(
        model=spec.name,
        title=spec.title,
        family=spec.family,
        weights=model.weights,
        engine=ran.engine,
        engine_note=ran.note,
        labels=own_labels or model.labels,
        logits=ran.logits.astype(np.float32),
        seen=entry.seen,
        crop_xyxy=entry.crop_xyxy,
        cut_off=entry.cut_off,
        parameter_count=model.parameter_count,
        multiply_adds=model.multiply_adds,
        licence=spec.licence,
        decode_ms=pixels.decode_ms,
        preprocess_ms=pixels.prepare_ms,
        network_ms=ran.network_ms,
    )


def _thumbnail(photo: Photo) -> np.ndarray:
    small = Image.fromarray(photo.pixels)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return np.asarray(small)

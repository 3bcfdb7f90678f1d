"""Runs the chosen classifiers on one photo; answers that are already known cost no network run."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from cvdemo import images, models, preprocess, zerogpu
from cvdemo.catalogue import get
from cvdemo.classify.result import CHOSEN_LIMIT, Answer, Classification, Missing
from cvdemo.classify.together import Outdated, Ran, alone, gathers, together
from cvdemo.errors import CvDemoError, ModelUnavailable, SettingError, Stopped
from cvdemo.images import OpenedPhoto, Photo
from cvdemo.preprocess import Preprocessing
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

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
    _check(chosen)
    opened = images.open(path)  # what is no picture is refused before any model is loaded
    answers: list[Answer] = []
    missing: list[Missing] = []
    reasons: list[CvDemoError] = []
    for name in chosen:
        try:
            answers.append(_answer(opened, name, own_labels, progress))
        except Stopped:
            raise
        except CvDemoError as error:
            suggestion = error.suggestion if isinstance(error, ModelUnavailable) else None
            missing.append(Missing(name, get(name).title, str(error), suggestion))
            reasons.append(error)
    if not answers:
        raise reasons[0]
    photo = opened.at_hand(THUMBNAIL_SIDE)
    return Classification(tuple(answers), tuple(missing), photo.full_size_wh, _thumbnail(photo))


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


def _answer(opened: OpenedPhoto, name: str, own_labels: tuple[str, ...], progress: OnProgress | None) -> Answer:
    labels = own_labels if get(name).zero_shot else ()
    key = (opened.digest, name, labels)
    known = _answers.get(key)
    if known is None:
        known = _run(opened, name, labels, progress)
        _answers.put(key, known)
    return known


def _run(opened: OpenedPhoto, name: str, own_labels: tuple[str, ...], progress: OnProgress | None) -> Answer:
    """Prepare the pixels and run the network once, in one run with others where that pays."""
    report: Callable[[Progress], None] = (lambda _: None) if progress is None else (lambda step: progress(name, step))
    preprocessing = _preparations.get(name) if gathers(get(name)) else None
    if preprocessing is not None:
        pixels = _Pixels(opened, preprocessing)
        try:
            return _told(together(name, preprocessing, pixels.entry.array, report), pixels, ())
        except Outdated:
            pass  # as if it were the first time
    with models.borrow(name, None if progress is None else report) as model:
        if model.spec.zero_shot and not own_labels:
            raise SettingError(
                f"{model.spec.title} compares the photo with your own labels. Write some, separated by commas."
            )
        _preparations[name] = model.preprocessing
        pixels = _Pixels(opened, model.preprocessing)
        return _told(alone(model, pixels.entry.array, own_labels), pixels, own_labels)


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
    _runs.add()
    if not np.isfinite(ran.logits).all():
        raise ModelUnavailable(
            f"{spec.title} returned invalid numbers for this photo. Choose another model.", spec.name
        )
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

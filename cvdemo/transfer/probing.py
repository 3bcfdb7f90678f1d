"""Teaches a set of labelled photos to the last layer alone: seconds on two cores, since features are computed once."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from cvdemo import catalogue
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import SettingError
from cvdemo.photo_sets import PhotoSet, held_out, near_duplicates, too_few
from cvdemo.probes import choose_strength, curve, features, fit, has_features, majority, nearest
from cvdemo.results import Results
from cvdemo.transfer.result import Lesson, Taught, way
from cvdemo.weights import Progress

MOST_BACKBONES = 4
HELD_OUT = 0.25

OnStep = Callable[[ModelSpec, int, int], None]
"""Called with a backbone, how many photos it has looked at and how many it will; may raise Stopped."""

_groups = Results("near-duplicates")
_taught = Results("probes")


def probe(
    photos: PhotoSet,
    models: Sequence[str],
    seed: int = 0,
    share: float = HELD_OUT,
    with_curve: bool = False,
    told: OnStep | None = None,
    progress: Callable[[str, Progress], None] | None = None,
) -> Lesson:
    """Return how well the last layer alone can be taught ``photos``, on each of ``models``.

    Regularisation is chosen by cross-validation among the photos that are learned from; the held-out ones are read
    once. Everything follows from ``seed``.

    Args:
        models: one to four names of networks with features.
        share: of the photos that are held out, above 0 and below 1.

    Raises:
        SettingError: the photos or the models cannot be used; the sentence says why.
        CvDemoError: a model cannot be had.
    """
    specs = _checked(models)
    photos.check()
    groups = _groups.find(photos.digest, lambda: near_duplicates(photos))
    out = held_out(photos, groups, share, seed)
    why = too_few(photos, out)
    if why is not None:
        raise SettingError(why)
    taught = []
    for spec in specs:
        found = features(photos, spec, told and partial(told, spec), progress and partial(progress, spec.name))
        learn = partial(_learned, photos, groups, out, spec, found, seed, with_curve)
        taught.append(_taught.find((photos.digest, spec.name, seed, share, with_curve), learn))
    labels = photos.labels
    always = way("majority", majority(labels[~out], int(out.sum())), labels[out])
    return Lesson(photos, groups, out, seed, always, tuple(taught))


def _checked(models: Sequence[str]) -> list[ModelSpec]:
    if not models or len(models) > MOST_BACKBONES or len(set(models)) < len(models):
        raise SettingError(f"Choose one to {MOST_BACKBONES} different networks.")
    specs = [catalogue.get(name) for name in models]
    for spec in specs:
        if not has_features(spec):
            raise SettingError(f"{spec.title} gives no features that a probe could use. Choose another network.")
    return specs


def _learned(
    photos: PhotoSet, groups: np.ndarray, out: np.ndarray, spec: ModelSpec, found: np.ndarray, seed: int, draw: bool
) -> Taught:
    learn, labels = ~out, photos.labels
    strength = choose_strength(found[learn], labels[learn], groups[learn], seed)
    head = fit(found[learn], labels[learn], strength)
    ways = (
        way("nearest", nearest(found[learn], labels[learn], found[out]), labels[out]),
        way("probe", head.predict(found[out]), labels[out]),
    )
    points = tuple(curve(found, labels, out, strength, seed)) if draw else ()
    return Taught(spec.name, spec.title, spec.family, ways, head, points)

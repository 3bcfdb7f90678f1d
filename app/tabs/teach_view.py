"""What the Teach tab draws of a lesson: the classes, charts, who was taken for whom."""

from typing import Any

import numpy as np
from PIL import Image, ImageOps

from cvdemo import images
from cvdemo.photo_sets import LabelledPhoto
from cvdemo.transfer import Lesson, Taught, advice, charts, training_charts, words
from cvdemo.transfer.more import HowFar
from cvdemo.wording import in_line

SHOWN_OF_A_CLASS = 4
THUMBNAIL = 56  # px
IN_A_CELL = 12


def drawn(lesson: Lesson) -> dict[str, Any]:
    """Return all that the tab shows of a lesson."""
    photos = lesson.photos
    sheet = {
        "classes": [_class(lesson, label) for label in range(len(photos.classes))],
        "ways": charts.ways(lesson).plain(),
        "enough": charts.enough(lesson).plain(),
        "confused": [_confused(lesson, place, one) for place, one in enumerate(lesson.taught)],
        "training": training(lesson),
        "claim": words.self_supervised(lesson),
    }
    told = {
        "answer": " ".join(filter(None, (words.answer(lesson), words.more(lesson)))),
        "title": photos.title,
        "source": photos.source,
        "split": words.split(lesson),
    }
    return {**told, "sheet": sheet}


def training(lesson: Lesson) -> dict[str, Any] | None:
    """Return what is drawn of the ways that trained more layers; None where there are none."""
    lines = training_charts.lines(lesson)
    if not lines:
        return None
    told = [advice.advice(lesson, place) for place in range(len(lesson.taught))]
    curves = {"loss": training_charts.loss(lines).plain(), "right": training_charts.right(lines).plain()}
    return {**curves, "scratch": words.scratch(lesson), "advice": told}


def live(now: HowFar) -> dict[str, Any]:
    """Return what changes while more layers are trained."""
    lines = training_charts.lines(now.lesson, now.step)
    curves = {"loss": training_charts.loss(lines).plain(), "right": training_charts.right(lines).plain()}
    sheet = {
        "ways": charts.ways(now.lesson).plain(),
        "training": {**curves, "scratch": "", "advice": []} if lines else None,
        "stopped": words.stopped(now.done, now.of),
    }
    waits = now.step.place > 0
    text = in_line(now.step.place) if waits else words.teaching(now.done, now.of, now.left_s)
    return {"busy": {"text": text, "share": now.done / now.of, "stoppable": True}, "live": sheet}


def _class(lesson: Lesson, label: int) -> dict[str, Any]:
    """Return a class's card: a few photos, the first ones that are learned from and one that is held out."""
    mine = np.flatnonzero(lesson.photos.labels == label)
    learned, held = mine[~lesson.out[mine]], mine[lesson.out[mine]]
    shown = [*learned[: SHOWN_OF_A_CLASS - 1], *held[:1]]
    return {
        "name": lesson.photos.classes[label],
        "count": len(mine),
        "held_out": len(held),
        "photos": [{"src": thumbnail(lesson.photos.photos[at]), "out": bool(lesson.out[at])} for at in shown],
    }


def _confused(lesson: Lesson, place: int, one: Taught) -> dict[str, Any]:
    cells = lesson.confusion(one.way("probe"))
    said = words.confused(lesson, place)
    return {"model": one.model, "title": one.title, "family": one.family, "cells": cells.tolist(), "said": said}


def cell(lesson: Lesson, question: Any) -> dict[str, Any]:
    """Return the photos in one cell of a confusion matrix, named as ``[backbone, true class, answer]``."""
    wanted = question if isinstance(question, list) else []
    if len(wanted) != 3 or not all(isinstance(one, int) and not isinstance(one, bool) for one in wanted):
        return {"cell": None}
    place, row, column = wanted
    sizes = (len(lesson.taught), len(lesson.photos.classes), len(lesson.photos.classes))
    if not all(0 <= one < size for one, size in zip(wanted, sizes, strict=True)):
        return {"cell": None}
    predicted = lesson.taught[place].way("probe").predicted
    held = np.flatnonzero(lesson.out)
    found = held[(lesson.labels == row) & (predicted == column)]
    photos = [{"src": thumbnail(lesson.photos.photos[at], 112), "name": lesson.photos.photos[at].name} for at in found]
    return {"cell": {"at": wanted, "count": len(found), "photos": photos[:IN_A_CELL]}}


def thumbnail(photo: LabelledPhoto, side: int = THUMBNAIL) -> str:
    """Return a small square of a photo as a data URL."""
    image = Image.fromarray(photo.photo().pixels)
    return images.data_url(np.asarray(ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)), 80)

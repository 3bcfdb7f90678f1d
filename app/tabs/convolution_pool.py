"""The Convolution tab's view of pooling: the photo halved in four ways, moved pixel by pixel."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.lab import Bench, Report, Wish, Work
from cvdemo import images
from cvdemo.convolution import ReducedPhoto, maps, pooling, reduce_photo, reduced_photo
from cvdemo.convolution.pooling import Halved, Halving, compare, last_halving

SHOWN_WIDTH = 512  # at least: small pictures are enlarged before they are sent, so that every browser keeps the cells


@dataclass(frozen=True)
class Shown:
    """The photo that one page shows halved, and its digest."""

    asked: str
    photo: ReducedPhoto


def _reduced(asked: Wish, _report: Report) -> Shown:
    photo = reduce_photo(asked.path)
    return Shown(photo.digest, photo)


def view(photo: ReducedPhoto, settings: Halving) -> dict[str, Any]:
    """Return the picture and the four made of it, and what changes in them; no more halvings than it has room for.

    Raises:
        SettingError: it is too small for one.
    """
    planes = pooling.stripes() if settings.picture == "stripes" else reduced_photo.colours(photo)
    times = min(settings.times, last_halving((planes.shape[1], planes.shape[2])))
    before = pooling.moved(planes, settings.shift)
    halved = compare(planes, times, settings.shift)
    height, width = before.shape[1:]
    return {
        "answer": pooling.answer(halved),
        "settings": {**settings.plain(), "times": times},
        "before": {"src": _enlarged(before), "what": f"{width:,} × {height:,} pixels", "ratio": width / height},
        "panels": [_panel(one, row) for one, row in zip(halved, pooling.WAYS, strict=True)],
        "live": pooling.cells(times),
        "ran": pooling.left(halved[0].picture),
    }


def _panel(one: Halved, row: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "title": row[1],
        "what": row[2],
        "src": _enlarged(one.picture),
        "figures": pooling.changes(one),
        "flicker": round(one.flicker, 4),
        "brightness": round(one.brightness, 4),
    }


def _enlarged(planes: NDArray[np.float64]) -> str:
    picture = maps.picture(planes, 255)
    enlarge = max(1, SHOWN_WIDTH // picture.shape[1])
    return images.data_url(np.repeat(np.repeat(picture, enlarge, 0), enlarge, 1), format="png")


BENCH = Bench(
    id="convolution-pool",
    question="Pooling or a stride: which one keeps the picture?",
    settings=Halving,
    scripts=("head", "range", "convolution_pool"),
    css="convpane conv-pool",
    props={"why_title": pooling.WHY_TITLE, "why": pooling.WHY},
    work={"again": Work(_reduced, told=None, mode="always_last", light=True)},
    draw=lambda shown, settings, _: view(shown.photo, settings),
    own_head=True,
    pointed=False,
)

"""Runs one detector on one photo, once or tile by tile; every slider afterwards acts on what it proposed."""

import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cvdemo import compute, engines, images, runs, zerogpu
from cvdemo.catalogue import ModelSpec, get
from cvdemo.detect.result import CANDIDATE_LIMIT, Candidates
from cvdemo.detect.tiles import TileProgress, View, checked_tiles, sides_per_tile, views
from cvdemo.errors import SettingError
from cvdemo.preprocess import detector_side
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyDetector
    from cvdemo.loading.boxes import RawBoxes

GIVE_WAY_S = 0.1  # so long, at most, a photo in tiles leaves the device to somebody who waits for it

OnProgress = Callable[[Progress | TileProgress], None]

_candidates = Results("detections")
_runs = Count()


def detector_runs() -> int:
    """Return how many times a detector has run since the start; each tile is one run."""
    return _runs.total


@zerogpu.on_gpu(lambda tiles=1, **_: 10 + 2 * tiles**2, named=False)
def find(path: Path, model: str, progress: OnProgress | None = None, tiles: int = 1) -> tuple[Candidates, bool]:
    """Return the raw candidates of ``model`` on the photo at ``path``, and whether they were known already.

    Args:
        progress: told how far the weights are and, where the photo is cut, before each run; what it raises ends the
            work, and nothing is kept.
        tiles: 1 shows the whole photo to the detector. 2 and 3 also cut it into as many overlapping tiles along each
            side; it sees each of them too, and others may use the device in between.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: ``model`` is no detector, or ``tiles`` is none of these.
        ModelUnavailable: it cannot be had now, or computed something that is no number.
    """
    spec = get(model)
    if spec.task != "detect":
        raise SettingError(f"{spec.title} does not detect objects. Choose a detector.")
    checked_tiles(tiles)
    photo = images.open(path)
    key = (photo.digest, model, tiles)
    known = _candidates.get(key)
    if known is not None:
        return known, True
    work = partial(_run_each, spec=spec, seen=_views(photo, spec, tiles), progress=progress)
    return runs.run(_candidates, key, spec, work, progress=progress), False


def _views(photo: images.OpenedPhoto, spec: ModelSpec, tiles: int) -> tuple[View, ...]:
    """Return what the detector shall see: the whole photo as ever, and tiles with as many pixels as it looks at."""
    side = detector_side(spec)
    whole = photo.at(side)
    needed = math.ceil(side * sides_per_tile(tiles))
    reduced = whole.pixels.shape[1::-1] != whole.full_size_wh
    finer = photo.at(needed) if reduced and min(whole.pixels.shape[:2]) < needed else whole
    return views(whole, finer, tiles)


def _run_each(
    ready: "ReadyDetector", spec: ModelSpec, seen: tuple[View, ...], progress: OnProgress | None
) -> Candidates:
    """Run the detector on each view, in a turn of its own, and put together what it proposed."""
    raws: list[RawBoxes] = []
    for view in seen:
        if raws:
            _give_way()
        with runs.turn(_runs):
            if progress is not None and len(seen) > 1:
                progress(TileProgress(len(raws), len(seen)))
            raws.append(engines.detect(ready, view.pixels))
    return _ordered(seen, raws, spec)


def _give_way() -> None:
    """Let somebody who waits for the device have it: without a pause we would take it again before they wake up."""
    waiting, until = compute.waiting(), time.monotonic() + GIVE_WAY_S
    while 0 < waiting <= compute.waiting() and time.monotonic() < until:
        time.sleep(0.002)


def _ordered(seen: tuple[View, ...], raws: "list[RawBoxes]", spec: ModelSpec) -> Candidates:
    """Bring boxes to full-size pixels, cut at their view's edges, best first; leave out what lies outside of it."""
    boxes = np.concatenate([view.on_photo(raw.boxes_xyxy) for view, raw in zip(seen, raws, strict=True)])
    scores = np.concatenate([raw.scores for raw in raws])
    tile = np.concatenate([np.full(len(raw.scores), view.tile, np.int16) for view, raw in zip(seen, raws, strict=True)])
    margins = [raw.margins for raw in raws if raw.margins is not None]
    inside = np.flatnonzero((boxes[:, 2:] > boxes[:, :2]).all(axis=1))
    order = inside[np.argsort(-scores[inside], kind="stable")][:CANDIDATE_LIMIT]
    was_cut = len(seen) > 1
    return Candidates(
        model=spec.name,
        title=spec.title,
        boxes_xyxy=boxes[order],
        scores=scores[order],
        class_ids=np.concatenate([raw.class_ids for raw in raws])[order],
        labels=raws[0].labels,
        size_wh=seen[0].photo.full_size_wh,
        raw_scores=np.concatenate(margins)[order] if margins else None,
        needs_nms=spec.needs_nms,
        found=len(inside),
        decode_ms=sum(photo.decode_ms for photo in {id(view.photo): view.photo for view in seen}.values()),
        preprocess_ms=sum(raw.preprocess_ms for raw in raws),
        network_ms=sum(raw.network_ms for raw in raws),
        tile=tile[order] if was_cut else None,
        tiles_xyxy=np.array([view.xyxy for view in seen[1:]], np.float32) if was_cut else None,
        runs=len(seen),
        engine=raws[-1].engine,
    )

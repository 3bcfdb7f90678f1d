"""Turns candidates and settings into what the Detect tab draws; NMS runs here, a detector never does."""

import json
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.lab.shown import ShownByKey
from app.tabs import detect_rows, detect_tiles, detect_truth
from app.uploads import uploaded
from cvdemo import catalogue
from cvdemo.detect import (
    THRESHOLDS,
    Candidates,
    Ledger,
    Settings,
    box_words,
    charts,
    counts_by_iou,
    scope,
    suppress_ranked,
    words,
)
from cvdemo.detect.curve import survivors
from cvdemo.detect.export import csv_table, detections, settings_of_export
from cvdemo.detect.labels_file import GroundTruth, LabelsError, parse
from cvdemo.detect.outcomes import compare
from cvdemo.detect.settings import DETECTION_LIMIT, Wanted
from cvdemo.detect.truth import bundled_truth
from cvdemo.engines import TITLES
from cvdemo.errors import PhotoError
from cvdemo.results import Results
from cvdemo.saliency.box import can_explain
from cvdemo.wording import milliseconds

DRAWN_AT_MOST = 400  # removed boxes beyond that cannot be told apart
TELLING = 12  # among so many of the best removed boxes stands the one that is shown first
CLASSES_AT_MOST = 40  # kinds of things to choose from
LOWEST_CONFIDENCE = 0.05  # where the slider ends

SHOWN = ShownByKey()  # for the boxes that are asked about, too
_curves = Results("detect curves")  # by candidates, method and measure of overlap


@dataclass(frozen=True)
class Request:
    """What was asked for: the photo by its digest, which detectors, tiles along each side, the label file's path."""

    digest: str
    models: tuple[str, ...]
    tiles: int = 1
    labels: str | None = None


@dataclass(frozen=True)
class Pane:
    """What one detector found, how many network runs that cost, and the true boxes where they are known.

    ``outside``: nothing that it knows is on the photo.
    """

    found: Candidates
    runs: int = 0
    truth: GroundTruth | None = None
    outside: bool = False


@dataclass(frozen=True)
class Shown:
    """What a page shows: the answer to a request on the photo at ``path``, a pane for each detector."""

    request: Request
    path: Path
    panes: tuple[Pane, ...]

    @property
    def asked(self) -> tuple[Request, list[int]]:
        """What the page's key is made of; how many runs it cost is told, too."""
        return self.request, [one.runs for one in self.panes]


def drawn(shown: Shown, wanted: Wanted) -> dict[str, Any]:
    """Return what the page draws, a pane for each detector, and the sentence above them."""
    panes = []
    for one in shown.panes:
        key = (shown.request.digest, one.found.model, shown.request.tiles)
        panes.append(pane(one, wanted.settings_for(one.found.labels), key, wanted.merged))
    said = [f"{row['looks']}. {row['truth']['sentence']}" if row["truth"] else row["answer"] for row in panes]
    return {"panes": panes, "answer": " ".join(said)}


def taken_away(shown: Shown, wanted: Wanted, place: Any, kind: Any) -> dict[str, str]:
    """Return a file with everything that the pane at ``place`` shows, CSV or JSON: its name and its text."""
    one = shown.panes[place if type(place) is int and place in range(len(shown.panes)) else 0]
    chosen = wanted.settings_for(one.found.labels)
    if kind == "csv":
        return {"name": f"{one.found.model}.csv", "text": csv_table(one.found, chosen)}
    everything = detections(one.found, chosen, one.runs == 0) | settings_of_export(one.found, chosen)
    return {"name": f"{one.found.model}.json", "text": json.dumps(everything, indent=1)}


def with_truth(shown: Shown, labels: Any) -> tuple[Shown, LabelsError | None]:
    """Return ``shown`` with the true boxes, as each detector numbers its classes; None where they do not fit it.

    They are those of a scene that we drew or, where ``labels`` is not None, in the uploaded file at that path. The
    error is that of the first detector, where the file fits none.
    """
    truths: list[GroundTruth | None] = []
    errors: list[LabelsError] = []
    for found in (one.found for one in shown.panes):
        truth = None
        try:
            if labels is None:
                truth = bundled_truth(shown.path, found.labels)
            else:
                truth = parse(uploaded(labels), found.size_wh, found.labels)
        except PhotoError:
            errors.append(LabelsError("The label file is no longer here. Choose it again."))
        except LabelsError as error:
            errors.append(error)
        truths.append(truth)
    panes = tuple(replace(one, truth=truth) for one, truth in zip(shown.panes, truths, strict=True))
    checked = replace(shown, request=replace(shown.request, labels=labels), panes=panes)
    return checked, errors[0] if errors and not any(truths) else None


def pane(shown: Pane, settings: Settings, key: Hashable, merged: bool = True) -> dict[str, Any]:
    """Return boxes, sentences, funnel and curve of what one detector found, under ``settings``.

    Args:
        key: names the candidates; what sliders do not change is kept by it.
        merged: False shows what each tile keeps by itself, where the photo was cut.
    """
    found = shown.found
    started = time.perf_counter()
    ledger = suppress_ranked(found.ranked, found.acting(settings))
    nms_ms = 1000 * (time.perf_counter() - started)
    place = _place(ledger)
    numbers = {index: row + 1 for index, row in place.items()}
    best = float(found.scores[0]) if len(found.scores) else None
    rows = detect_rows.rows(found, ledger, settings, numbers)
    compared = None
    if shown.truth is not None:
        compared = compare(found, settings, shown.truth, ledger=ledger, key=key)
        rows = [row | detect_truth.outcome(compared, index, numbers) for row, index in zip(rows, place, strict=True)]
        rows += detect_truth.missed(compared, numbers)
    cut = detect_tiles.tiles(found, settings, merged, ledger)
    apart = cut is not None and cut["boxes"] is not None
    return {
        "model": found.model,
        "title": found.title,
        "family": catalogue.get(found.model).family,
        "classes": _classes(found),
        "ran": _ran(found, shown.runs, nms_ms),
        "cap": words.capped(found.found, len(found.scores)),
        "needs_nms": found.nms_acts,
        "no_nms": None if found.nms_acts else words.NO_NMS,
        "margins": words.MARGINS if found.raw_scores is not None else None,
        "boxes": cut["boxes"] if cut and apart else rows,
        "tiles": cut,
        "truth": detect_truth.against_labels(compared) if compared and not apart else None,
        "why": found.tile is None and can_explain(catalogue.get(found.model)),
        "steps": [] if apart else _steps(ledger, settings, place, numbers),
        "answer": words.answer(found, ledger, settings, shown.outside),
        "brief": words.brief(found, ledger, settings),
        "looks": scope.looks(found.title, found.labels),
        "outside": f"{scope.shows_none(found.title, found.labels)}." if shown.outside else None,
        "live": words.live(ledger, settings, len(found.labels) > 1) if found.nms_acts else None,
        "empty": words.empty(found.title, found.labels, len(found.scores), ledger, settings, best),
        "lower_to": words.lower_to(best) if best is not None and not ledger.above_confidence else None,
        "funnel": words.funnel(found.found, ledger),
        "curve": charts.kept_by_limit(THRESHOLDS, _kept(found, settings, key), settings.iou).plain(),
        "first_pin": None if apart else _displaced(ledger, place),
    }


def _classes(found: Candidates) -> list[tuple[str, int]]:
    """Return the classes among the candidates that can be shown at all, most frequent first."""
    counts = np.bincount(found.class_ids[found.scores >= LOWEST_CONFIDENCE], minlength=len(found.labels))
    order = np.argsort(-counts, kind="stable")[:CLASSES_AT_MOST]
    return [(found.labels[number], int(counts[number])) for number in order if counts[number]]


def _ran(found: Candidates, runs: int, nms_ms: float) -> dict[str, str]:
    """Return what ran, for the last line of the tab."""
    by = f"detector ({TITLES.get(found.engine, 'OpenCV')})"
    stages = {"decode": found.decode_ms, "prepare": found.preprocess_ms, by: found.network_ms, "NMS": nms_ms}
    told = ", ".join(f"{name} {milliseconds(duration)}" for name, duration in stages.items())
    return {"times": words.ran(runs), "stages": told}


def _place(ledger: Ledger) -> dict[int, int]:
    """Return where each drawn candidate stands among the drawn ones, best first."""
    chosen = sorted({*map(int, ledger.kept), *map(int, ledger.suppressed[:DRAWN_AT_MOST])})
    return {index: row for row, index in enumerate(chosen)}


def _displaced(ledger: Ledger, place: dict[int, int]) -> int | None:
    """Return the row of a removed box that is clearly another window than its remover: it explains NMS best."""
    removed = [index for index in map(int, ledger.suppressed[:TELLING]) if index in place]
    return place[min(removed, key=lambda index: float(ledger.overlap[index]))] if removed else None


def _steps(ledger: Ledger, settings: Settings, place: dict[int, int], numbers: dict[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "kept": place[step.survivor],
            "removed": [place[index] for index in map(int, step.removed) if index in place],
            "sentence": box_words.step(ledger, number, settings, numbers),
        }
        for number, step in enumerate(ledger.steps)
        if step.kept and step.survivor in place
    ]


def _kept(found: Candidates, settings: Settings, key: Hashable) -> Sequence[int]:
    """Return how many boxes each IoU limit keeps; it costs NMS at 19 limits, once for all confidences and limits."""
    settings = found.acting(settings)
    lowest = min(LOWEST_CONFIDENCE, settings.confidence)
    alike = replace(settings, iou=0.5, confidence=lowest, max_detections=DETECTION_LIMIT, max_per_class=None)
    if settings.method.startswith("soft"):
        return counts_by_iou(found.ranked, settings)
    stayed = _curves.get((key, alike))
    if stayed is None:
        stayed = survivors(found.ranked, alike)
        _curves.put((key, alike), stayed)
    return stayed.counts(settings)

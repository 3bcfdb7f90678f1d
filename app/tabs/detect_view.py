"""Turns candidates and settings into what the Detect tab draws; NMS runs here, a detector never does."""

from dataclasses import asdict, fields, replace
from typing import Any

from cvdemo import catalogue, weights
from cvdemo.detect import THRESHOLDS, Candidates, Ledger, Settings, State, box_words, counts_by_iou, suppress, words
from cvdemo.detect.curve import survivors
from cvdemo.detect.settings import DETECTION_LIMIT
from cvdemo.errors import SettingError
from cvdemo.results import Results
from cvdemo.wording import megabytes, milliseconds

DRAWN_AT_MOST = 400  # removed boxes beyond that cannot be told apart
SHOWN_SETTINGS = ("confidence", "iou", "method", "class_agnostic", "overlap", "max_detections", "max_per_class")
SHOWN_KEPT, SHOWN_REMOVED = 0, 1  # as app/components/boxes.js knows them

LOWEST_CONFIDENCE = 0.05  # where the slider ends

_curves = Results(8 * 1024 * 1024)  # by what is shown, method and measure of overlap


def settings_from(value: Any) -> Settings:
    """Return validated settings from what the browser sent; names that do not exist are refused.

    Raises:
        SettingError: it is no object of known settings with fitting values.
    """
    known = {field.name for field in fields(Settings)} - {"classes"}
    if not isinstance(value, dict) or not set(value) <= known:
        raise SettingError("These settings are not known here. Reload the page.")
    return Settings(**value)


def echo(settings: Settings) -> dict[str, Any]:
    """Return the settings as the browser keeps them and sends them back."""
    return {name: getattr(settings, name) for name in SHOWN_SETTINGS}


def view(found: Candidates, settings: Settings, key: str) -> dict[str, Any]:
    """Return boxes, sentences, funnel and curve for ``found``, known by ``key``, under ``settings``."""
    ledger = suppress(found.boxes_xyxy, found.scores, found.class_ids, found.acting(settings))
    place = _place(ledger)
    numbers = {index: row + 1 for index, row in place.items()}
    best = float(found.scores[0]) if len(found.scores) else None
    rows = [_row(found, ledger, settings, index, numbers) for index in place]
    return {
        "model": found.model,
        "settings": echo(settings),
        "needs_nms": found.needs_nms,
        "no_nms": None if found.needs_nms else words.NO_NMS,
        "margins": words.MARGINS if found.raw_scores is not None else None,
        "boxes": rows,
        "steps": _steps(ledger, settings, place, numbers),
        "answer": words.answer(ledger, settings, found.needs_nms),
        "live": words.live(ledger, settings, len(found.labels) > 1) if found.needs_nms else None,
        "hint": words.HINT,
        "empty": words.empty(found.title, found.labels, len(found.scores), ledger, settings, best),
        "lower_to": words.lower_to(best) if best is not None and not ledger.above_confidence else None,
        "funnel": words.funnel(found.found, ledger),
        "curve": _curve(found, settings, key),
        "first_pin": next((row for row, shown in enumerate(rows) if shown["state"] == SHOWN_REMOVED), None),
    }


def _place(ledger: Ledger) -> dict[int, int]:
    """Return where each drawn candidate stands among the drawn ones, best first."""
    chosen = sorted({*map(int, ledger.kept), *map(int, ledger.suppressed[:DRAWN_AT_MOST])})
    return {index: row for row, index in enumerate(chosen)}


def _row(found: Candidates, ledger: Ledger, settings: Settings, index: int, numbers: dict[int, int]) -> dict[str, Any]:
    kept, rank = ledger.states[index] == State.KEPT, numbers[index]
    x0, y0, x1, y1 = (round(float(edge), 2) for edge in ledger.boxes_xyxy[index])
    label = found.labels[int(found.class_ids[index])]
    name = "" if len(found.labels) == 1 else f" {label}"
    margin = "" if found.raw_scores is None else f" Its margin is {found.raw_scores[index]:.2f}."
    return {
        **{"x0": x0, "y0": y0, "x1": x1, "y1": y1},
        "score": round(float(ledger.scores[index]), 4),
        "state": SHOWN_KEPT if kept else SHOWN_REMOVED,
        "by": numbers.get(int(ledger.by[index]), 0) - 1,
        "rank": rank,
        "label": label,
        "sentence": box_words.inspector(ledger, index, settings, numbers) + margin,
        "tag": f"#{rank}{name} {ledger.scores[index]:.2f}"
        if kept
        else f"#{rank}{name} removed, {box_words.measure_name(settings)} {ledger.overlap[index]:.2f}",
    }


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


def _curve(found: Candidates, settings: Settings, key: str) -> dict[str, Any]:
    """Return how many boxes each IoU limit keeps; it costs NMS at 19 limits, once for all confidences and limits."""
    lowest = min(LOWEST_CONFIDENCE, settings.confidence)
    alike = replace(settings, iou=0.5, confidence=lowest, max_detections=DETECTION_LIMIT, max_per_class=None)
    arrays = (found.boxes_xyxy, found.scores, found.class_ids)
    if settings.method.startswith("soft"):
        return {"thresholds": list(THRESHOLDS), "kept": list(counts_by_iou(*arrays, settings))}
    stayed = _curves.get((key, alike))
    if stayed is None:
        stayed = survivors(*arrays, alike)
        _curves.put((key, alike), stayed)
    return {"thresholds": list(THRESHOLDS), "kept": list(stayed.counts(settings))}


def detectors() -> list[dict[str, Any]]:
    """Return the detectors for the menu: name, text, ready (on this machine), offered (can be had now)."""
    rows = []
    for spec in map(catalogue.get, catalogue.names("detect")):
        state, size = weights.state(spec), weights.size(spec)
        if state == "random only":
            continue
        ready = state in ("bundled", "cached")
        cost = "" if ready else f" ({megabytes(size)})" if size else " (download)"
        rows.append({"name": spec.name, "text": f"{spec.title}{cost}", "ready": ready, "offered": weights.online()})
    return rows


def ran(found: Candidates, known: bool) -> str:
    """Return what ran for this photo, for the last line of the tab."""
    times = "did not run again: its candidates were known" if known else "ran 1 time for this photo"
    return (
        f"The detector {times}; sliders run NMS only. Decode {milliseconds(found.decode_ms)}, "
        f"detector {milliseconds(found.preprocess_ms + found.network_ms)}."
    )


def as_json(found: Candidates, settings: Settings) -> dict[str, Any]:
    """Return everything that is on screen, with settings, as plain values."""
    ledger = suppress(found.boxes_xyxy, found.scores, found.class_ids, found.acting(settings))
    place = _place(ledger)
    numbers = {index: row + 1 for index, row in place.items()}
    shown = [_row(found, ledger, settings, index, numbers) for index in place]
    return {"model": found.model, "settings": {**asdict(settings), "classes": None}, "boxes": shown}

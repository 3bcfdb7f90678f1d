"""What the browser asks without a detector run: a slider step, a label file, something to take away."""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.tabs import detect_view as view
from app.tabs.detect_asked import SIDE_BY_SIDE, Wanted, wanted
from app.tabs.detect_view import Shown
from app.uploads import uploaded
from cvdemo.detect import Candidates
from cvdemo.detect.export import csv_table, detections, settings_of_export
from cvdemo.detect.labels_file import GroundTruth, LabelsError, parse
from cvdemo.detect.truth import bundled_truth
from cvdemo.errors import CvDemoError, PhotoError
from cvdemo.results import Results

GONE = {"gone": True}  # the server forgot: the page asks for a new run


_shown = Results("detect shown")  # by a key that only its page knows


def remember(shown: Shown) -> str:
    """Return the key under which the browser asks for ``shown``."""
    key = secrets.token_urlsafe(12)
    _shown.put(key, shown)
    return key


def known(keys: Any) -> list[Shown] | None:
    """Return what stands under ``keys``, untrusted, or None when one of them is not known any more."""
    if not isinstance(keys, list) or not 1 <= len(keys) <= SIDE_BY_SIDE:
        return None
    found = [_shown.get(key) if isinstance(key, str) else None for key in keys]
    return None if None in found else found  # type: ignore[return-value]


def panes(keys: list[str], shown: list[Shown], asked: Wanted) -> list[dict[str, Any]]:
    """Return what the page draws, a pane for each detector."""
    return [
        view.pane(one, asked.settings_for(one.found.labels), key, asked.merged)
        for key, one in zip(keys, shown, strict=True)
    ]


def _answers(step: Callable[[list[str], list[Shown], Wanted, dict[str, Any]], dict[str, Any]]) -> Callable[..., Any]:
    """Turn ``step`` into a server function: its question is checked, its errors are sentences."""

    def answer(asked: Any) -> dict[str, Any]:
        shown = known(asked.get("keys")) if isinstance(asked, dict) else None
        if shown is None:
            return GONE
        try:
            return step(asked["keys"], shown, wanted(asked.get("settings") or {}), asked)
        except CvDemoError as error:
            return {"error": str(error)}

    answer.__name__ = step.__name__.strip("_")
    return answer


def _suppress(keys: list[str], shown: list[Shown], settings: Wanted, asked: dict[str, Any]) -> dict[str, Any]:
    """Run NMS on known candidates under other settings."""
    return {"panes": panes(keys, shown, settings)}


def _take_away(keys: list[str], shown: list[Shown], settings: Wanted, asked: dict[str, Any]) -> dict[str, Any]:
    """Return a file with everything that one pane shows: its name and its text."""
    one = shown[asked["pane"] if asked.get("pane") in range(len(shown)) else 0]
    chosen = settings.settings_for(one.found.labels)
    if asked.get("format") == "csv":
        return {"name": f"{one.found.model}.csv", "text": csv_table(one.found, chosen)}
    everything = detections(one.found, chosen, one.runs == 0) | settings_of_export(one.found, chosen)
    return {"name": f"{one.found.model}.json", "text": json.dumps(everything, indent=1)}


def _check(keys: list[str], shown: list[Shown], settings: Wanted, asked: dict[str, Any]) -> dict[str, Any]:
    """Compare with an uploaded label file from now on."""
    truths, error = truths_of([one.found for one in shown], asked.get("path"))
    if error is not None:
        raise error
    checked = [replace(one, truth=truth) for one, truth in zip(shown, truths, strict=True)]
    for key, one in zip(keys, checked, strict=True):
        _shown.put(key, one)
    return {"panes": panes(keys, checked, settings)}


def with_truth(shown: list[Shown], photo: Path, labels: dict[str, str] | None) -> tuple[list[Shown], str | None]:
    """Return ``shown`` with the true boxes, from the visitor's label file or of a scene that we drew; and an error."""
    if labels is None:
        return [replace(one, truth=bundled_truth(photo, one.found.labels)) for one in shown], None
    truths, error = truths_of([one.found for one in shown], labels["path"])
    return [replace(one, truth=truth) for one, truth in zip(shown, truths, strict=True)], str(error) if error else None


def truths_of(found: list[Candidates], path: object) -> tuple[list[GroundTruth | None], LabelsError | None]:
    """Return what an uploaded label file says, as each detector numbers its classes; None where it does not fit.

    The error is that of the first detector, where the file fits none.
    """
    truths: list[GroundTruth | None] = []
    errors: list[LabelsError] = []
    for one in found:
        try:
            truths.append(parse(uploaded(path), one.size_wh, one.labels))
        except PhotoError:
            errors.append(LabelsError("The label file is no longer here. Choose it again."))
            truths.append(None)
        except LabelsError as error:
            errors.append(error)
            truths.append(None)
    return truths, errors[0] if errors and not any(truths) else None


suppress, take_away, check = _answers(_suppress), _answers(_take_away), _answers(_check)

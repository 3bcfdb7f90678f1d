"""Detect, why this box: what in the photo holds up one box's score, and how far that map can be trusted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.components.box_why import BoxWhy
from app.errors import shows_errors
from app.lab.busy import busy
from app.lab.streaming import Finished, end, follow
from app.tabs import detect_steps as steps
from app.tabs.inside_view_input import npy_file, packed, small
from app.tabs.saliency_curves import curves
from cvdemo import images
from cvdemo.catalogue import get
from cvdemo.errors import CvDemoError, SettingError, Stopped
from cvdemo.saliency import box_words
from cvdemo.saliency.box import METHODS, BoxAsked, BoxEvidence, box_map, explain_box, known_box, over_photo
from cvdemo.saliency.box_checks import BOX_FILL, check_box, hidden_in_the_end, known_box_checks
from cvdemo.versions import versions

LINE = "why this box"
GONE = "This box is no longer known here. Choose the photo again."
SIDE = 160  # rows of the map that is sent


def build() -> None:
    """Lay the card out below the picture; it is closed."""
    card = BoxWhy({}, arrays)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    heavy: dict[str, Any] = {"concurrency_id": "compute", "concurrency_limit": 4, **quiet}
    checking = card.check(check, card, card, trigger_mode="always_last", **heavy)
    asking = card.ask(ask, card, card, trigger_mode="always_last", cancels=[checking], **heavy)
    stopping = card.stop(None, cancels=[asking, checking], **quiet)
    stopping.then(stopped, card, card, queue=False, **quiet)


@shows_errors
def ask(value: Any) -> Iterator[dict[str, Any]]:
    """Make the map of the box that ``value`` names; checks of another one end."""
    end(LINE)
    yield from _answer(value, lambda report: _evidence(value), "Looking back through the detector")


@shows_errors
def check(value: Any) -> Iterator[dict[str, Any]]:
    """Hide and show pixels in the order of the map, and compare with random weights."""

    def work(report: Callable[..., None]) -> tuple[BoxEvidence, str]:
        found, method = _evidence(value)
        check_box(found, method, report)
        return found, method

    yield from _answer(value, work, "Checking the map")


def _answer(value: Any, work: Callable[[Callable[..., None]], Any], text: str) -> Iterator[dict[str, Any]]:
    before = value if isinstance(value, dict) else {}
    before = {"asked": before.get("asked"), "for": before.get("asked"), "shown": before.get("shown")}
    if text != "Checking the map":
        before["shown"] = None
    try:
        for step in follow(work, LINE):
            if isinstance(step, Finished):
                yield {**before, "busy": None, "message": "", "shown": _shown(*step.result)}
            else:
                told = f"{text}: {step[0]} of {step[1]} runs" if step else text
                yield {**before, "busy": busy(told), "message": ""}
    except Stopped:
        return
    except CvDemoError as error:
        yield {**before, "busy": None, "message": str(error), "shown": None}


def _evidence(value: Any) -> tuple[BoxEvidence, str]:
    """Return what is known of the asked box, run if need be, and the method.

    Raises:
        CvDemoError: the box is not known any more, or cannot be explained.
    """
    path, asked, method = _asked(value.get("asked") if isinstance(value, dict) else None)
    return explain_box(path, asked.model, asked.box_xyxy, asked.kind), method


def _asked(asked: Any) -> tuple[Path, BoxAsked, str]:
    """Return the photo, the box and the method that the browser names."""
    asked = asked if isinstance(asked, dict) else {}
    shown = steps.known([asked.get("key")])
    index, method = asked.get("index"), asked.get("method")
    if shown is None or shown[0].path is None:
        raise SettingError(GONE)
    found = shown[0].found
    if type(index) is not int or not 0 <= index < len(found.scores) or method not in METHODS or found.tile is not None:
        raise SettingError("There is no such box or method. Reload the page.")
    x0, y0, x1, y1 = found.boxes_xyxy[index].tolist()
    digest, kind = images.open(shown[0].path).digest, int(found.class_ids[index])
    return shown[0].path, BoxAsked(digest, get(found.model).name, (x0, y0, x1, y1), kind), method


def arrays(asked: Any) -> list[dict[str, str]]:
    """Return the map of a box over the photo as an NPY file; nothing if it is not known any more: no network runs."""
    try:
        _, box, method = _asked(asked)
    except CvDemoError:
        return []
    found = known_box(box)
    return [npy_file(f"{box.model}-{method}", over_photo(found, box_map(found, method)))] if found else []


def _shown(found: BoxEvidence, method: str) -> dict[str, Any]:
    values, made = box_map(found, method), known_box_checks(found, method)
    share = hidden_in_the_end(found)
    return {
        "answer": box_words.answer(found, values),
        "box": list(found.box_xyxy),
        "facts": {
            "model": found.asked.model,
            "weights": found.weights,
            "label": found.labels[found.kind],
            "box_xyxy": [round(side, 1) for side in found.box_xyxy],
            "method": method,
            "logit": found.logit,
            "versions": versions(("torch", "ultralytics")),
        },
        "map": packed(small(over_photo(found, values), SIDE), 0.0, 1.0),
        "notes": [box_words.WHAT[method], box_words.origin(found)],
        "told": box_words.checked(found, made) if made else [],
        "checks": {**curves(made, BOX_FILL), "share": share} if made else None,
    }


def stopped(value: Any) -> dict[str, Any]:
    """End the work, and show what is known."""
    end(LINE)
    known = value if isinstance(value, dict) else {}
    message = "" if known.get("shown") else "Stopped. Choose a box to go on."
    return {**known, "for": known.get("asked"), "busy": None, "message": message, "stopped": True}

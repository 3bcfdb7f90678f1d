"""What happens on the Detect tab: thin handlers from the visitor's choice to what the component draws."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.components.photo import photo_path
from app.errors import shows_errors
from app.lab.busy import busy, working
from app.lab.streaming import Finished, end, follow
from app.tabs import detect_menu as menu
from app.tabs import detect_steps as steps
from app.tabs.detect_asked import FIRST_DETECTOR, Wish, asked
from app.tabs.detect_view import Shown
from app.tabs.missing import is_ready, offer
from cvdemo import catalogue
from cvdemo.detect.find import find
from cvdemo.errors import CvDemoError, ModelUnavailable, Stopped

LINE = "detect"


@shows_errors
def run(photo: Any, picture: Any) -> Iterator[Any]:
    """Run those chosen detectors that are ready; the others show a button with their cost."""
    wish = asked(picture)
    ready = tuple(filter(is_ready, wish.models))
    offers = [offer(name) for name in wish.models if name not in ready]
    yield from _run(photo, _plain(picture), wish, ready or (FIRST_DETECTOR,), offers)


@shows_errors
def fetch_and_run(photo: Any, picture: Any) -> Iterator[Any]:
    """Run all chosen detectors, downloading what is missing."""
    wish = asked(picture)
    yield from _run(photo, _plain(picture), wish, wish.models, [])


def _run(photo: Any, before: dict[str, Any], wish: Wish, names: tuple[str, ...], offers: list[Any]) -> Iterator[Any]:
    choice: dict[str, Any] = {"models": list(wish.models), "detectors": menu.detectors(), "offers": offers}
    choice |= {"classic": menu.classic(names[0]), "about": menu.about(wish.models[0]), "busy": None}
    shown = [_plain(photo).get("photo", {}).get("id"), list(names), wish.tiles, (wish.labels or {}).get("path")]
    if before.get("shown") == shown and steps.known(before.get("keys")):
        yield {**before, **choice}
        return
    found: list[Shown] = []
    try:
        path = photo_path(photo)
        for name in names:
            try:
                for step in _watched(path, name, wish.tiles):
                    if isinstance(step, Shown):
                        found.append(step)
                    else:
                        yield {**before, **choice, "busy": step}
            except ModelUnavailable as gone:
                choice["offers"] = [*choice["offers"], offer(name, gone)]
    except Stopped:
        raise
    except CvDemoError as error:
        yield {**nothing(wish, str(error)), **choice}
        return
    if not found:
        yield {**before, **choice}
        return
    yield {**_result(photo, path, wish, found), **choice, "shown": shown}


def _watched(path: Path, name: str, tiles: int) -> Iterator[Any]:
    """Yield what the headline shows while a detector is fetched and runs; last, what it found."""
    started, title = time.perf_counter(), catalogue.get(name).title
    for step in follow(lambda report: find(path, name, report, tiles), LINE):
        if isinstance(step, Finished):
            found, known = step.result
            yield Shown(found, 0 if known else found.runs, path=path)
        else:
            seconds = time.perf_counter() - started
            yield working(name, step[0], seconds) if step else busy(f"{title} looks at the photo")


def _plain(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def nothing(wish: Wish, message: str) -> dict[str, Any]:
    """Return the picture's value while there are no boxes: a sentence, and the detectors to choose from."""
    return {
        "message": message,
        "models": list(wish.models),
        "settings": wish.wanted.echo(),
        "tiles": wish.tiles,
        "labels": wish.labels,
        "detectors": menu.detectors(),
        "ways_on": menu.ways_on(),
        "classic": None,
        "offers": [],
        "keys": None,
        "busy": None,
    }


def _result(photo: dict[str, Any], path: Path, wish: Wish, found: list[Shown]) -> dict[str, Any]:
    shown, labels = photo["photo"], wish.labels
    width, height = found[0].found.size_wh
    if labels is not None and labels["photo"] != shown.get("id"):
        labels = None
    found, error = steps.with_truth(found, path, labels)
    keys = [steps.remember(one) for one in found]
    return {
        **nothing(wish, ""),
        "labels": labels,
        "labels_error": error,
        "keys": keys,
        "panes": steps.panes(keys, found, wish.wanted),
        "photo": {"src": shown.get("src"), "name": shown.get("name"), "width": width, "height": height},
    }


def stopped(picture: Any) -> dict[str, Any]:
    """End the work, and show what was there before."""
    end(LINE)
    return {**_plain(picture), "busy": None, "message": "Stopped. Choose a detector or a photo to go on."}

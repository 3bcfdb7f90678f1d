"""Detect: what did the detector find, and what did NMS throw away?"""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import gradio as gr

from app.components.detect import DetectView
from app.components.foot import Foot
from app.components.photo import PhotoRail, photo_path
from app.errors import shows_errors
from app.streaming import Finished, follow
from app.tabs import detect_view as view
from cvdemo import catalogue
from cvdemo.detect import Candidates, Settings
from cvdemo.detect.find import find
from cvdemo.errors import CvDemoError
from cvdemo.results import Results

TITLE = "Detect"
ID = "detect"
QUESTION = "What did the detector find, and what did NMS throw away?"
FIRST_DETECTOR = "hog_people"

_shown = Results()  # candidates by a key that only their page knows: what slider steps act on


def build(rail: PhotoRail) -> None:
    """Lay the tab out and wire it to the shared photo."""
    picture = DetectView(_waiting(FIRST_DETECTOR, Settings(), "One moment."), suppress=suppress)
    foot = Foot({"bold": None, "text": "", "json": None, "link": None})
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    running = gr.on(
        [rail.photo, picture.again],
        run,
        inputs_kwargs={"photo": rail, "picture": picture},
        outputs=[picture, foot],
        trigger_mode="always_last",
        concurrency_id="compute",
        concurrency_limit=4,
        **quiet,
    )
    cancelled = picture.stop(None, cancels=[running], **quiet)
    cancelled.then(stopped, picture, picture, queue=False, **quiet)


@shows_errors
def run(photo: Any, picture: Any) -> Iterator[tuple[Any, ...]]:
    """Run the chosen detector once on the photo, if this tab is open; show its boxes under the current settings."""
    if isinstance(photo, dict) and photo.get("tab") not in (None, ID):
        yield gr.skip(), gr.skip()
        return
    name, settings = _asked(picture)
    if _unchanged(photo, picture, name):
        yield gr.skip(), gr.skip()
        return
    title = catalogue.get(name).title
    try:
        path = photo_path(photo)
        for step in follow(lambda report: find(path, name, report)):
            if isinstance(step, Finished):
                yield _found(photo, *step.result, settings)
            else:
                text = f"Fetching {title}" if step else f"{title} looks at the photo"
                busy = {"text": text, "share": None, "stoppable": True}
                yield {**_plain(picture), "busy": busy}, gr.skip()
    except CvDemoError as error:
        yield _waiting(name, settings, str(error)), gr.skip()


def _asked(picture: Any) -> tuple[str, Settings]:
    known = _plain(picture)
    return (
        catalogue.get(str(known.get("model") or FIRST_DETECTOR)).name,
        view.settings_from(known.get("settings") or {}),
    )


def _unchanged(photo: Any, picture: Any, name: str) -> bool:
    """Whether the boxes on screen are those of this photo and this detector already."""
    shown = _plain(picture)
    same = shown.get("shown") == [_plain(photo).get("photo", {}).get("id"), name]
    return bool(same and shown.get("key") and _shown.get(shown["key"]) is not None)


def _plain(picture: Any) -> dict[str, Any]:
    return picture if isinstance(picture, dict) else {}


def _waiting(model: str, settings: Settings, message: str) -> dict[str, Any]:
    """Return the picture's value while there are no boxes: a sentence, and the detectors to choose from."""
    return {
        "question": QUESTION,
        "message": message,
        "model": model,
        "settings": view.echo(settings),
        "detectors": view.detectors(),
        "key": None,
        "busy": None,
    }


def _found(photo: dict[str, Any], found: Candidates, known: bool, settings: Settings) -> tuple[Any, ...]:
    key = secrets.token_urlsafe(12)
    _shown.put(key, found)
    width, height = found.size_wh
    shown = {"src": photo["photo"].get("src"), "name": photo["photo"].get("name"), "width": width, "height": height}
    picture = {**_waiting(found.model, settings, ""), **view.view(found, settings, key), "key": key, "photo": shown}
    picture["shown"] = [photo["photo"].get("id"), found.model]
    foot = {
        "bold": None,
        "text": view.ran(found, known),
        "json": json.dumps(view.as_json(found, settings), indent=1),
        "link": {"tab": ID, "detector": found.model},
    }
    return picture, foot


def suppress(asked: Any) -> dict[str, Any]:
    """Answer one slider step, for the browser: NMS on known candidates; ``{"gone": True}`` when they are not known."""
    if not isinstance(asked, dict) or not isinstance(asked.get("key"), str):
        return {"gone": True}
    found = _shown.get(asked["key"])
    if found is None:
        return {"gone": True}
    try:
        return {"key": asked["key"], **view.view(found, view.settings_from(asked.get("settings")), asked["key"])}
    except CvDemoError as error:
        return {"key": "", "error": str(error)}


def stopped(picture: Any) -> dict[str, Any]:
    """Show what was there before the stopped work."""
    return {**_plain(picture), "busy": None, "message": "Stopped. Choose a detector or a photo to go on."}

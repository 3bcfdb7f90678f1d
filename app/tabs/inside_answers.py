"""Answers clicks and slider moves on Look inside out of what is known, without a queue; a network rarely runs."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.components.photo import photo_point
from app.tabs import inside_saliency
from app.tabs import inside_view as view
from app.tabs.inside_asked import settings_from
from app.tabs.inside_view_input import ViewInput
from cvdemo.errors import CvDemoError
from cvdemo.inside import activations
from cvdemo.inside.activations import PassRequest
from cvdemo.results import Results

_shown = Results("look inside shown")  # by a key that takes the photo to know: what clicks and slider moves act on


@dataclass(frozen=True)
class Shown:
    """What one visitor's page shows: the photo and what was asked of each model; the passes themselves are shared."""

    path: Path
    photo_wh: tuple[int, int]
    asked: tuple[PassRequest, ...]


def remember(shown: Shown) -> str:
    """Return the key under which the browser asks about ``shown``: asked twice, it is one and the same picture."""
    key = hashlib.sha256(repr(shown).encode()).hexdigest()
    _shown.put(key, shown)
    return key


def look(asked: Any) -> dict[str, Any]:
    """Answer a click or a slider move, for the browser, out of what is known.

    Returns:
        ``{"key", "view", "point", "answer", "cards", "notes", "runs"}``; ``{"work": true}`` when a network has to run
        first; ``{"error": sentence}``.
    """
    try:
        found = _view_input(asked)
        if found is None:
            return {"work": True}
        which = settings_from(asked["settings"]).view
        if asked.get("npy") is True:
            return {"files": view.files(found, which)}
        if isinstance(asked.get("classes"), str):
            return {"classes": inside_saliency.classes(found, asked["classes"][:80])}
        if isinstance(asked.get("off"), dict):
            return view.switched_off(found, asked["off"])
        if isinstance(asked.get("table"), str):
            return view.table(found, asked["table"])
        if not view.named(which).known(found):
            return {"work": True}
        return {"key": asked["key"], "runs": activations.network_runs(), **view.shown(found, which)}
    except CvDemoError as error:
        return {"error": str(error)}


def _view_input(asked: Any) -> ViewInput | None:
    """Return what the browser's question is about; None when it is not known any more."""
    shown = _shown.get(asked.get("key")) if isinstance(asked, dict) and isinstance(asked.get("key"), str) else None
    if shown is None:
        return None
    seen = tuple(one for one in map(activations.known, shown.asked) if one is not None)
    if len(seen) < len(shown.asked):
        return None
    settings = settings_from(asked.get("settings"))
    point = photo_point({"point": asked.get("point")}, shown.photo_wh)
    return ViewInput(shown.path, seen, point, settings.depth, settings.own)

"""The Convolution tab's view of pooling: the photo halved in four ways, moved pixel by pixel."""

import secrets
from typing import Any

import numpy as np

from app.components.photo import photo_path
from cvdemo import images
from cvdemo.convolution import ReducedPhoto, maps, pooling, reduce_photo, reduced_photo
from cvdemo.convolution.pooling import HALVINGS_LIMIT, Halved, compare, last_halving
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.results import Results
from cvdemo.wording import figures3

QUESTION = "Max-pooling, averaging or a stride: which one keeps your photo?"
SHIFT_LIMIT = 8
FIRST = {"times": 2, "shift": 0}
SHOWN_WIDTH = 512  # at least: small pictures are enlarged before they are sent, so that every browser keeps the cells

_shown = Results("pooling shown")


def waiting(message: str) -> dict[str, Any]:
    """Return the view's value while there are no pictures."""
    return {"question": QUESTION, "message": message, "key": None, "settings": FIRST, "panels": None}


def see(photo: Any, shown: Any) -> dict[str, Any] | None:
    """Return the view of the visitor's photo, or None when it is on screen already."""
    known = shown if isinstance(shown, dict) else {}
    try:
        found = reduce_photo(photo_path(photo))
        if known.get("shown") == photo["photo"]["id"] and known.get("panels") and _shown.get(known.get("key")):
            return None
        key = secrets.token_urlsafe(12)
        _shown.put(key, found)
        return {**waiting(""), "key": key, "shown": photo["photo"]["id"], **_view(found, dict(FIRST))}
    except CvDemoError as error:
        return waiting(str(error))


def halve(asked: Any) -> dict[str, Any]:
    """Answer changed settings, for the browser; ``{"gone": True}`` when the photo is not known any more."""
    key = asked.get("key") if isinstance(asked, dict) else None
    found = _shown.get(key) if isinstance(key, str) else None
    if found is None:
        return {"gone": True}
    try:
        return {"key": key, **_view(found, _settings(asked.get("settings")))}
    except CvDemoError as error:
        return {"key": key, "error": str(error)}


def _settings(value: Any) -> dict[str, int]:
    wanted = {**FIRST, **value} if isinstance(value, dict) else {}
    for name, low, high in (("times", 1, HALVINGS_LIMIT), ("shift", 0, SHIFT_LIMIT)):
        number = wanted.get(name)
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            raise SettingError(f"This setting must be a whole number from {low} to {high}.")
    return {name: wanted[name] for name in FIRST}


def _view(found: ReducedPhoto, settings: dict[str, int]) -> dict[str, Any]:
    planes = reduced_photo.colours(found)
    times = min(settings["times"], last_halving(found.pixels.shape[:2]))
    halved = compare(planes, times, settings["shift"])
    height, width = halved[0].picture.shape[1:]
    factor = 2**times
    return {
        "answer": pooling.answer(halved),
        "settings": {**settings, "times": times},
        "panels": [_panel(one, row) for one, row in zip(halved, pooling.WAYS, strict=True)],
        "live": f"Each cell stands for {factor} × {factor} pixels; watch the fine lines while you move it.",
        "ran": f"{width:,} × {height:,} cells are left of the photo. No network ran.",
    }


def _panel(one: Halved, row: tuple[str, str, str]) -> dict[str, Any]:
    picture = maps.picture(one.picture, 255)
    enlarge = max(1, SHOWN_WIDTH // picture.shape[1])
    brighter = round(one.brightness)
    way = "brighter" if brighter > 0 else "darker"
    levels = "1 level" if abs(brighter) == 1 else f"{abs(brighter)} levels"
    change = f"{levels} {way}" if brighter else "as bright as the photo"
    return {
        "title": row[1],
        "what": row[2],
        "src": images.data_url(np.repeat(np.repeat(picture, enlarge, 0), enlarge, 1), format="png"),
        "figures": f"Changes by {figures3(one.flicker)} levels of 255 when the photo moves by a pixel; {change}.",
        "flicker": round(one.flicker, 4),
        "brightness": round(one.brightness, 4),
    }

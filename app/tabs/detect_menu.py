"""The detectors to choose from, and which ones help where another cannot."""

from typing import Any

from app.tabs.missing import is_ready
from cvdemo import catalogue, weights
from cvdemo.catalogue import ModelSpec
from cvdemo.detect import scope
from cvdemo.wording import megabytes, percent

WAYS_ON = (
    {"text": "Try the street photo", "photo": "starter:street", "model": "hog_people"},
    {"text": "Try blood cells", "photo": "starter:blood_cells", "model": "yolov8n_blood_cells"},
)


def detectors() -> list[dict[str, Any]]:
    """Return the detectors for the menu: name, text, ready (on this machine), offered (can be had now), about."""
    return [_row(spec) for spec in _specs()]


def ways_on() -> list[dict[str, str]]:
    """Return photos on which a detector of this machine finds something."""
    return [way for way in WAYS_ON if is_ready(way["model"])]


def classic(beside: str) -> str | None:
    """Return a ready detector that needs NMS, to stand beside one that needs none; the closest relative first."""
    ready = [spec for spec in _specs() if spec.needs_nms and spec.name != beside and is_ready(spec.name)]
    source = catalogue.get(beside).source
    ready.sort(key=lambda spec: (spec.source != source, spec.name != "hog_people"))
    return ready[0].name if ready else None


def _specs() -> list[ModelSpec]:
    specs = map(catalogue.get, catalogue.names("detect"))
    return [spec for spec in specs if weights.state(spec) != "random only"]


def suiting() -> dict[str, tuple[str, ...]]:
    """Return which detectors suit a photo, best first, by its name on the page; "" for a visitor's own."""
    return {f"starter:{starter}": names for starter, names in scope.SUITING.items()} | {"": scope.EVERYDAY}


def _row(spec: ModelSpec) -> dict[str, Any]:
    ready, online, size = is_ready(spec.name), weights.online(), weights.size(spec)
    cost = megabytes(size) if size else "download"
    text = spec.title if ready else f"{spec.title} ({cost})" if online else f"{spec.title} ({cost}, no network here)"
    return {"name": spec.name, "text": text, "ready": ready, "offered": online, "about": _about(spec.name)}


def _about(name: str) -> str:
    """Return what a detector knows; of one of our own also how it was made and how good it is.

    That was measured on photos that it never saw.
    """
    card, knows = weights.detector_card(name), f"Knows: {scope.known_to(name)}."
    made = f" Trained by us. {card.data}. On the latter its mAP@50 is {percent(card.map50)}." if card else ""
    return knows + made

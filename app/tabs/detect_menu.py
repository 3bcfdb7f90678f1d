"""The detectors to choose from, and which ones help where another cannot."""

from typing import Any

from app.tabs.missing import is_ready
from cvdemo import catalogue, weights
from cvdemo.catalogue import ModelSpec
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


def _row(spec: ModelSpec) -> dict[str, Any]:
    ready, size = is_ready(spec.name), weights.size(spec)
    cost = "" if ready else f" ({megabytes(size)})" if size else " (download)"
    text, about = f"{spec.title}{cost}", _about(spec.name)
    return {"name": spec.name, "text": text, "ready": ready, "offered": weights.online(), "about": about}


def _about(name: str) -> str | None:
    """Return how a detector of our own was made and how good it is, as measured on photos that it never saw."""
    card = weights.detector_card(name)
    return f"Trained by us. {card.data}. On the latter its mAP@50 is {percent(card.map50)}." if card else None

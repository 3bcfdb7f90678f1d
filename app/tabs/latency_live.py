"""Latency, live: frames of the visitor's webcam go through the chosen models in turn, and are kept nowhere."""

from typing import Any

from app.components.live import LiveSpeed
from app.live_frames import NO_FRAME, one_at_a_time, pixels, says_why
from cvdemo import catalogue
from cvdemo.engines import TITLES
from cvdemo.errors import SettingError
from cvdemo.latency.live import Said, classify_frame, ready
from cvdemo.latency.settings import MODEL_LIMIT
from cvdemo.pairs import opening_pair


def component() -> LiveSpeed:
    """Return the component, wired."""
    return LiveSpeed({"models": list(opening_pair().names)}, look=one_at_a_time(prepare, answer))


@says_why
def prepare(asked: Any) -> None:
    """Load the models that a frame asks for."""
    ready(_names(asked))


@says_why
def answer(asked: Any) -> dict[str, Any]:
    """Answer one frame, for the browser: a row a model."""
    found = classify_frame(pixels(asked), _names(asked), asked.get("turned") is True)
    return {"models": [_row(said) for said in found]}


def _row(said: Said) -> dict[str, Any]:
    spec = catalogue.get(said.model)
    return {
        "model": said.model,
        "title": spec.title,
        "family": spec.family,
        "by": TITLES[said.engine] + (", random weights" if said.weights == "random" else ""),
        "says": None if said.label is None else f"{said.label}, {said.share:.0%}",
        "prepare_ms": said.prepare_ms,
        "network_ms": said.network_ms,
    }


def _names(asked: Any) -> tuple[str, ...]:
    names = asked.get("models") if isinstance(asked, dict) else None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise SettingError(NO_FRAME)
    if len(names) > MODEL_LIMIT:
        raise SettingError("Six at most. Remove one first.")
    return tuple(dict.fromkeys(names))

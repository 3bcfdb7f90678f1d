"""Answers for the Latency tab that need no run: what a duel will take, and files of one that is known."""

from typing import Any

from app.tabs.latency_asked import models_from, settings_from
from app.tabs.latency_known import known
from cvdemo import compute
from cvdemo.errors import CvDemoError
from cvdemo.latency.estimate import TooMuch, duration, expected_s, refuse
from cvdemo.latency.export import as_csv, to_json
from cvdemo.latency.settings import QUICK_ROUNDS, Settings

QUICK_S = 1.0
LONG_S = 60.0


def look(asked: Any) -> dict[str, Any]:
    """Answer what needs no run, for the browser: the estimate for a choice, or a file of a known duel."""
    if not isinstance(asked, dict):
        return {}
    if "file" in asked:
        return _file(asked)
    try:
        names = asked.get("models")
        chosen = tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
        models, settings = models_from(chosen), settings_from(asked.get("settings"))
        return _estimate(models, settings, bool(asked.get("measured")))
    except CvDemoError as error:
        return {"label": "Measure", "refused": {"text": str(error), "use": None}, "quick": False}


def _estimate(models: tuple[str, ...], settings: Settings, measured: bool) -> dict[str, Any]:
    seconds = expected_s(models, settings)
    label = f"About {duration(seconds)}. Start?"
    if seconds <= LONG_S:
        again = "again" if measured else f"{settings.rounds} rounds"
        label = f"Measure {again}, about {duration(seconds)}"
    refused = None
    try:
        refuse(models, settings)
    except TooMuch as error:
        use = error.instead
        refused = {"text": str(error), "use": [*use, _use(use[1])] if use else None}
    quick_s = seconds * QUICK_ROUNDS / settings.rounds
    return {"label": label, "refused": refused, "quick": refused is None and quick_s < QUICK_S and not compute.held()}


def _use(value: int | str) -> str:
    return f"Use {value:,}" if isinstance(value, int) else f"Use {value}"


def _file(asked: dict[str, Any]) -> dict[str, Any]:
    duel = known(asked.get("key"))
    if duel is None:
        return {"gone": True}
    return {"text": as_csv(duel) if asked.get("file") == "csv" else to_json(duel)}

"""What happens on the Latency tab: thin handlers from the visitor's choice to what its component draws."""

import secrets
import time
from collections.abc import Iterator
from typing import Any

from app.components.chips import chips
from app.errors import shows_errors
from app.streaming import Finished, end, follow
from app.tabs import latency_view as view
from app.tabs.busy import busy, fetching
from app.tabs.latency_asked import DEFAULTS, Wish, models_from, settings_from, wish
from cvdemo import catalogue, compute
from cvdemo.errors import CvDemoError, Stopped
from cvdemo.latency import words
from cvdemo.latency.duel import Race
from cvdemo.latency.duel import run as measure
from cvdemo.latency.estimate import TooMuch, duration, expected_s, refuse
from cvdemo.latency.export import as_csv, to_json
from cvdemo.latency.result import Duel
from cvdemo.latency.settings import MODEL_LIMIT, QUICK_ROUNDS
from cvdemo.results import Results

ID = "latency"
QUICK_S = 1.0
LONG_S = 60.0

_shown = Results(32 * 1024 * 1024)  # duels by a key that only their page knows
_stored: dict[tuple[str, ...], Duel] = {}  # the last finished one of each choice, for those who come while it is busy
STORED_LIMIT = 32


def offered() -> list[catalogue.ModelSpec]:
    """Return the models of this tab: all but detectors; random weights are right for timing."""
    return [spec for spec in catalogue.offered() if spec.task != "detect"]


def chips_here(names: tuple[str, ...] | None) -> dict[str, Any]:
    """Return the chips' value; what is not on this machine runs with random weights."""
    value = chips(names, offered(), MODEL_LIMIT)
    rows = [
        row
        if row["state"] in ("bundled", "cached")
        else {**row, "state": "random only", "state_text": "random weights"}
        for row in value["offered"]
    ]
    return {**value, "offered": rows}


def waiting(message: str) -> dict[str, Any]:
    """Return the picture's value while nothing is measured: a sentence."""
    return {
        "question": words.QUESTION,
        "message": message,
        "key": None,
        "busy": None,
        "duel": None,
        "settings": DEFAULTS,
    }


@shows_errors
def run(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Measure the chosen models, streaming every run."""
    yield from _run(photo, models, picture, None)


@shows_errors
def quick(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Look for ten rounds if the machine is free; else show the last duel of these models."""
    try:
        asked = wish(photo, models, picture)
    except CvDemoError as error:
        yield {**_plain(picture), "message": str(error), "busy": None}
        return
    known = _stored.get(asked.models)
    if compute.held() and known is not None:
        note = words.ago(time.time() - known.measured_at)
        yield {**_plain(picture), "message": None, "busy": None, "key": _keep(known), "duel": view.look(known, note)}
        return
    yield from _run(photo, models, picture, QUICK_ROUNDS)


def _run(photo: Any, models: Any, picture: Any, rounds: int | None) -> Iterator[dict[str, Any]]:
    key, race, shown = secrets.token_urlsafe(12), None, {**_plain(picture), "message": None, "stopped": False}
    try:
        asked = wish(photo, models, picture)
        if rounds is not None:
            asked = Wish(asked.path, asked.models, type(asked.settings)(**{**vars(asked.settings), "rounds": rounds}))
        started = time.perf_counter()
        for step in follow(lambda report: measure(asked.path, asked.models, asked.settings, report), line=ID):
            if isinstance(step, Finished):
                duel = step.result
                _store(asked.models, duel)
                _shown.put(key, duel)
                yield {**shown, "busy": None, "key": key, "duel": view.look(duel)}
            elif step and step[0] == "race":
                race = step[1]
                duel = race.duel()
                shown |= {"key": key, "duel": view.look(duel)} if duel.rounds else {}
                yield {**shown, "busy": _racing(race, duel)}
            else:
                yield {**shown, "busy": _before(step, time.perf_counter() - started)}
    except Stopped:
        yield stopped(shown)
    except CvDemoError as error:
        yield {**shown, "message": str(error), "busy": None}
    finally:
        if race is not None and not race.finished:
            _shown.put(key, race.duel())  # stopped: what was finished is kept


def _racing(race: Race, duel: Duel) -> dict[str, Any]:
    total = race.settings.rounds
    if not duel.rounds:
        return {"text": "Warming up: the first runs do not count", "share": None, "stoppable": False}
    return {
        "text": words.running(duel.rounds, total, race.seconds_left()),
        "share": duel.rounds / total,
        "stoppable": False,
    }


def _before(step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if not step:
        return {**busy("Getting ready"), "stoppable": False}
    if step[0] == "waiting":
        return {"text": words.in_line(step[1] + 1, compute.seconds_left()), "share": None, "stoppable": False}
    return {**fetching(step[1], step[2], elapsed_s), "stoppable": False}


def _plain(picture: Any) -> dict[str, Any]:
    return picture if isinstance(picture, dict) else waiting("")


def _keep(duel: Duel) -> str:
    key = secrets.token_urlsafe(12)
    _shown.put(key, duel)
    return key


def _store(models: tuple[str, ...], duel: Duel) -> None:
    _stored.pop(models, None)
    _stored[models] = duel
    while len(_stored) > STORED_LIMIT:
        del _stored[next(iter(_stored))]


def stopped(picture: Any) -> dict[str, Any]:
    """End what runs for this visitor, and show what is known of it."""
    end(ID)
    known = _plain(picture)
    duel = known.get("duel")
    part = isinstance(duel, dict) and not duel.get("finished")
    message = None if duel else "Stopped before the first round."
    if part and isinstance(duel, dict):
        rounds = int(duel.get("rounds") or 0)
        message = words.stopped_after(rounds)
    return {**known, "busy": None, "stopped": True, "message": message}


def look(asked: Any) -> dict[str, Any]:
    """Answer what needs no run, for the browser: the estimate for a choice, or a file of a known duel."""
    if not isinstance(asked, dict):
        return {}
    if "file" in asked:
        return _file(asked)
    try:
        names = asked.get("models")
        known = tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
        models, settings = models_from(known), settings_from(asked.get("settings"))
        return _estimate(models, settings, bool(asked.get("measured")))
    except CvDemoError as error:
        return {"label": "Measure", "refused": {"text": str(error), "use": None}, "quick": False}


def _estimate(models: tuple[str, ...], settings: Any, measured: bool) -> dict[str, Any]:
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
        refused = {"text": str(error), "use": [*use, f"Use {use[1]:,}"] if use else None}
    quick_s = seconds * QUICK_ROUNDS / settings.rounds
    return {"label": label, "refused": refused, "quick": refused is None and quick_s < QUICK_S and not compute.held()}


def _file(asked: dict[str, Any]) -> dict[str, Any]:
    key = asked.get("key")
    duel: Duel | None = _shown.get(key) if isinstance(key, str) else None
    if duel is None:
        return {"gone": True}
    return {"text": as_csv(duel) if asked.get("file") == "csv" else to_json(duel)}

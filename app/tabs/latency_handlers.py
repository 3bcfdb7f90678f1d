"""What happens on the Latency tab: thin handlers from the visitor's choice to what its component draws."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.components.chips import chips
from app.errors import shows_errors
from app.lab.streaming import Finished, end, follow
from app.tabs import latency_view as view
from app.tabs.latency_asked import ID, wish
from app.tabs.latency_busy import before, plain
from app.tabs.latency_known import keep, latest, remember
from cvdemo import catalogue, compute
from cvdemo.errors import CvDemoError, Stopped
from cvdemo.latency import words
from cvdemo.latency.duel import Race
from cvdemo.latency.duel import run as measure
from cvdemo.latency.result import Duel
from cvdemo.latency.settings import MODEL_LIMIT, QUICK_ROUNDS

QUICK_S = 6.0  # on a busy machine ten rounds may take longer: then there are fewer


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


@shows_errors
def run(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Measure the chosen models, streaming every run."""
    yield from _run(photo, models, picture)


@shows_errors
def quick(photo: Any, models: Any, picture: Any) -> Iterator[dict[str, Any]]:
    """Look for ten rounds if the machine is free; else show the last duel of these models."""
    try:
        asked = wish(photo, models, picture)
    except CvDemoError as error:
        yield {**plain(picture), "message": str(error), "busy": None}
        return
    known = latest(asked.models)
    if compute.held() and known is not None:
        note = words.ago(time.time() - known.measured_at)
        yield {**plain(picture), "message": None, "busy": None, "key": keep(known), "duel": view.charts(known, note)}
        return
    yield from _run(photo, models, picture, quick_look=True)


def _run(photo: Any, models: Any, picture: Any, quick_look: bool = False) -> Iterator[dict[str, Any]]:
    key, race = secrets.token_urlsafe(12), None
    shown = {**plain(picture), "message": None, "stopped": False, "measuring": None}
    try:
        asked = wish(photo, models, picture)
        settings = replace(asked.settings, rounds=QUICK_ROUNDS) if quick_look else asked.settings
        options: dict[str, Any] = {"budget_s": QUICK_S} if quick_look else {}
        started = time.perf_counter()
        for step in follow(lambda report: measure(asked.path, asked.models, settings, report, **options), line=ID):
            if isinstance(step, Finished):
                duel = step.result
                remember(asked.models, duel)
                keep(duel, key)
                yield {**shown, "busy": None, "key": key, "duel": view.charts(duel)}
            elif step and step[0] == "race":
                race = step[1]
                duel = race.duel()
                told = words.running(duel.rounds, race.settings.rounds, race.seconds_left())
                shown |= {"key": key, "duel": {**view.charts(duel), "answer": told}} if duel.rounds else {}
                yield {**shown, "busy": _racing(race, duel)}
            else:
                yield {**shown, "busy": before(step, time.perf_counter() - started)}
    except Stopped:
        return  # whoever stopped it shows what is known
    except CvDemoError as error:
        yield {**shown, "message": str(error), "busy": None}
    finally:
        if race is not None and not race.finished:
            keep(race.duel(), key)  # stopped: what was finished is kept


def _racing(race: Race, duel: Duel) -> dict[str, Any]:
    total = race.settings.rounds
    if not duel.rounds:
        return {"text": "Warming up: the first runs do not count", "share": None, "stoppable": False}
    return {"text": "The models take turns", "share": duel.rounds / total, "stoppable": False}


def stopped(picture: Any) -> dict[str, Any]:
    """End what runs for this visitor, and show what is known of it."""
    end(ID)
    known = plain(picture)
    duel = known.get("duel")
    part = isinstance(duel, dict) and not duel.get("finished")
    message = None if duel else "Stopped before the first round."
    if part and isinstance(duel, dict):
        rounds = int(duel.get("rounds") or 0)
        message = words.stopped_after(rounds)
    return {**known, "busy": None, "stopped": True, "message": message}

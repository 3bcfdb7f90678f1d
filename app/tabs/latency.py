"""Latency: which model is faster here, and are we sure?"""

import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from app.api.latency import latency as endpoint
from app.components.latency import PROPS, SCRIPTS, LatencyView
from app.components.photo import PhotoRail
from app.lab import Bench, Lab, Report, Wish, Work, insist, lay_out
from app.lab.busy import fetching
from app.lab.handlers import first_found
from app.tabs import latency_live
from app.tabs import latency_view as view
from app.tabs import latency_views as views
from app.tabs.latency_estimate import CHIPS, estimate, racers
from cvdemo import compute
from cvdemo.catalogue import BUNDLED_PAIR
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.latency import words
from cvdemo.latency.duel import run as measure
from cvdemo.latency.export import as_csv, to_json
from cvdemo.latency.layers import layer_times
from cvdemo.latency.result import Duel
from cvdemo.latency.settings import QUICK_ROUNDS, Settings
from cvdemo.latency.sweep import STEPS, Sweep, sweep
from cvdemo.results import Results

QUICK_S = 6.0  # on a busy machine ten rounds may take longer: then there are fewer
VIEWED = ("sweep", "layers")
CHECK_ROUNDS = 5

_latest = Results("latency latest")  # finished duels, by their racers: for those who come while the machine is busy


@dataclass(frozen=True)
class Shown:
    """A duel as a page shows it.

    Args:
        asked: names the measurement: what is known of it, round by round, stands under one key.
        note: what else there is to say, if anything.
    """

    asked: str
    duel: Duel
    note: str | None = None


def _measure(asked: Wish, report: Report, quick: bool = False) -> Shown:
    """Let the chosen models race; every run is reported."""
    names, one = racers(asked.models), secrets.token_hex(12)
    settings = replace(asked.settings, rounds=QUICK_ROUNDS) if quick else asked.settings
    budget_s = QUICK_S if quick else None
    duel = measure(asked.path, names, settings, lambda *step: report(*step, one), budget_s=budget_s)
    _latest.put(names, duel)
    return Shown(one, duel)


def _glance(asked: Wish, report: Report) -> Shown:
    """Look for ten rounds if the machine is free; else return the last duel of these models."""
    known: Duel | None = _latest.get(racers(asked.models))
    if known is None or not compute.held():
        return _measure(asked, report, quick=True)
    return Shown(secrets.token_hex(12), known, words.ago(time.time() - known.measured_at))


def _measuring(asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if not step or step[0] != "race":
        return _preparing(step, elapsed_s)
    _, race, one = step
    duel, rounds = race.duel(), race.settings.rounds
    if not duel.rounds:
        return _busy("Warming up: the first runs do not count")
    told = words.running(duel.rounds, rounds, race.seconds_left())
    now = _busy("The models take turns", duel.rounds / rounds, told)
    return {**first_found(BENCH, asked, Shown(one, duel)), **now}


def _preparing(step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if step and step[0] == "waiting":
        return _busy(words.in_line(step[1] + 1, compute.seconds_left()))
    if step and step[0] == "loading":
        now = fetching(step[1], step[2], elapsed_s)
        return _busy(now["text"], now["share"])
    return _busy("Getting ready")


def _busy(text: str, share: float | None = None, message: str = "") -> dict[str, Any]:
    """Return what changes while something runs; its Stop stands beside the chips, not in the headline."""
    return {"message": message, "busy": {"text": text, "share": share, "stoppable": False}}


def _explore(asked: Wish, report: Report) -> Any:
    """Measure one of the views: growth with the photo, with the batch, or the layers."""
    kind, names = asked.value.get("measuring"), racers(asked.models)
    if kind == "layers":
        return layer_times(asked.path, names, asked.settings, report)
    if kind not in ("side", "batch"):
        raise SettingError("This view is not known here. Reload the page.")
    return sweep(asked.path, names, asked.settings, kind, report)


def _explored(asked: Wish, found: Any) -> dict[str, Any]:
    shown = views.of_sweep(found) if isinstance(found, Sweep) else views.of_layers(found)
    return {"message": "", "views": {**(asked.value.get("views") or {}), asked.value["measuring"]: shown}}


def _exploring(asked: Wish, step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if not step or step[0] not in VIEWED:
        return _preparing(step, elapsed_s)
    kind, found = asked.value["measuring"], step[1]
    if kind == "layers":
        return {**_explored(asked, found), **_busy("Timing every layer")}
    steps = STEPS[kind]
    now = found.now or steps[-1]
    photos = f"Measuring with {now} photo{'' if now == 1 else 's'} per run"
    told = f"Measuring at {now} px" if kind == "side" else photos
    return {**_explored(asked, found), **_busy(told, steps.index(now) / len(steps))}


def _refused(error: CvDemoError) -> dict[str, Any]:
    return {"message": str(error)}


def _draw(shown: Shown, _settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    if "file" in question:
        return {"text": as_csv(shown.duel) if question["file"] == "csv" else to_json(shown.duel)}
    return view.charts(shown.duel, shown.note)


BENCH = Bench(
    id="latency",
    question=words.QUESTION,
    settings=Settings,
    view=LatencyView,
    scripts=SCRIPTS,
    css="latency",
    props=PROPS,
    chips=CHIPS,
    beside=lambda _chips: gr.HTML(html_template='<div class="latency-bar"></div>', apply_default_css=False),
    row="choice-bar",
    answers=(estimate,),
    stays=True,
    work={
        "quick": Work(_glance, told=_measuring, refused=_refused, mode="once"),
        "measure": Work(_measure, told=_measuring, refused=_refused, mode="once", ends=("quick",)),
        "explore": Work(_explore, _explored, _exploring, refused=_refused, mode="once", ends=("quick", "measure")),
    },
    draw=_draw,
    pointed=False,
    stopped="Stopped before the first round.",
)


def _build(rail: PhotoRail) -> None:
    lay_out(BENCH, LAB.id, rail)
    latency_live.component()


def _check(photo: Path) -> str:
    found = measure(photo, BUNDLED_PAIR, replace(Settings(), rounds=CHECK_ROUNDS))
    insist(all(racer.failed is None and min(racer.ms) > 0 for racer in found.racers), "a model did not run")
    return words.quick(found)


LAB = Lab(
    id="latency",
    title="Latency",
    group="Decide",
    brief="Which is faster here, and are we sure?",
    question=words.QUESTION,
    build=_build,
    endpoints=(endpoint,),
    check=_check,
)

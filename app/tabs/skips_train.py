"""Skips, Train both: plain and residual nets learn the same photos while their curves grow."""

import secrets
import time
from typing import TYPE_CHECKING, Any

from app.components import chart
from app.components.skips import TrainBoth
from app.lab import Report, Wish
from app.lab.busy import busy
from app.lab.shown import ShownByKey
from app.lab.streaming import session
from app.tabs import skips_line
from app.tabs.skips_line import in_turn, training, waiting
from app.tabs.skips_train_view import Shown, at, drawn, stored_run, table
from cvdemo import residual
from cvdemo.errors import SettingError
from cvdemo.inside.palettes import VIRIDIS
from cvdemo.photo_sets import VISITORS, ready
from cvdemo.residual import Race, depth_words, words
from cvdemo.residual.data import small
from cvdemo.residual.kept import NetsByPage
from cvdemo.residual.settings import MOST_STEPS, OWN, Racing
from cvdemo.wording import left

if TYPE_CHECKING:
    from cvdemo.residual import Nets

FIRST = "stored"
HELD_OUT = 0.25  # of the visitor's own photos
NO_OWN = "You have no classes of your own yet. Make two or more on the Teach tab, or choose a ready set."
NOT_HERE = "These nets are not known here any more. Train both again."
ENOUGH = f"These nets have made {MOST_STEPS} steps, which is as far as they go here. Train both again to begin anew."

TOLD_FROM = 3  # steps: the first ones are slower

NETS = NetsByPage()


class RacesByKey(ShownByKey):
    """What pages show of their nets, by key; under `FIRST` the run that was stored before the page started."""

    def get(self, key: object) -> Any | None:
        """Return what is shown; None where its nets are not known any more."""
        if key == FIRST:
            return stored_run()
        nets = NETS.get(key)
        return Shown(nets.race, nets.seconds, nets.about) if nets is not None else None


def _photos(asked: Wish) -> Any:
    if asked.settings.photos != OWN:
        return ready(asked.settings.photos)
    own = VISITORS.split(session(), HELD_OUT)
    if not own.photos:
        raise SettingError(NO_OWN)
    own.check()
    return own


def _train(asked: Wish, report: Report) -> str:
    """Train new nets, and keep them from their first step on."""
    report()
    photos = _photos(asked)
    nets = residual.Nets(small(photos), asked.settings.designs(), range(asked.settings.seeds))
    return _go(nets, secrets.token_hex(16), asked.settings.steps, report)


def _more(asked: Wish, report: Report) -> str:
    """Let the nets that are shown go on: to where they were stopped, or as many steps more."""
    key, nets = str(asked.value.get("key")), NETS.get(asked.value.get("key"))
    if nets is None:
        raise SettingError(NOT_HERE)
    done = nets.race
    if done.step >= MOST_STEPS:
        raise SettingError(ENOUGH)
    until = done.steps if done.step < done.steps else min(MOST_STEPS, done.step + asked.settings.steps)
    return _go(nets, key, until, report)


def _go(nets: "Nets", key: str, until: int, report: Report) -> str:
    """Train in turn with other trainings, and tell how far it is; a new race is kept once it has made a step."""
    page, begun = session(), nets.race.step
    started_s = time.monotonic()

    def told(race: Race) -> None:
        if race.step == 1:
            NETS.keep(page, key, nets)
        waits(0)

    def waits(place: int) -> None:
        done = nets.race.step - begun
        share = done / (until - begun)
        left_s = (time.monotonic() - started_s) * (1 - share) / share if done >= TOLD_FROM else None
        report(key, nets, place, share, left_s)

    with in_turn(waits):
        started_s = time.monotonic()
        nets.go(until, told, waits)
    return key


def _told(_asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    if not step:
        return {"busy": busy("Making the photos small")}
    key, nets, place, share, left_s = step
    race = nets.race
    if place:
        return waiting(place)
    if not race.step:
        return {"busy": busy("The first step")}
    text = f"Step {race.step}" + (f", {left(left_s)} left" if left_s is not None else "")
    shown = Shown(race, nets.seconds, nets.about)
    return {"busy": {"text": text, "share": share, "stoppable": True}, "key": key, "message": "", **drawn(shown)}


def _trained(_asked: Wish, key: str) -> dict[str, Any]:
    shown = BENCH.shown.get(key)
    if shown is None:
        raise SettingError(NOT_HERE)
    return {"key": key, "message": "", "fault": None, **drawn(shown)}


def _draw(shown: Shown, _settings: Racing, question: dict[str, Any]) -> dict[str, Any]:
    if "table" in question:
        return {"table": table(shown.race)}
    step = question.get("step")
    if step is None:
        return drawn(shown)
    if type(step) is not int or not 1 <= step <= max(1, shown.race.step):
        raise SettingError(f"There are {shown.race.step} steps. Choose one of them.")
    return {"at": at(shown.race, step)}


def _first() -> dict[str, Any]:
    """Return the stored run's answer; the rest is asked for when the view is opened."""
    shown = stored_run()
    if shown is None:
        return {}
    return {"key": FIRST, "message": "", "answer": words.answer(shown.race)}


BENCH = skips_line.bench(
    id="skips-train",
    question=words.QUESTION,
    settings=Racing,
    view=TrainBoth,
    scripts=(*chart.SCRIPTS, "head", "range", "skips_strip", "skips_train"),
    css="skips skips-train",
    props={
        "why_title": words.WHY_TITLE,
        "why": words.WHY,
        "errors_note": words.ERRORS_NOTE,
        "split_note": words.SPLIT_NOTE,
        "begins": words.BEGINS,
        "deeper": depth_words.TITLE,
        "viridis": list(VIRIDIS),
        "not_here": NOT_HERE,
    },
    work={
        "again": training(_train, _trained, _told),
        "more": training(_more, _trained, _told),
    },
    draw=_draw,
    first=_first,
    stopped="Stopped before the first step. Nothing has changed.",
    shown=RacesByKey(),
)

"""Skips, Loss surface: two stored surfaces beside each other; one can be computed anew, here."""

import time
from dataclasses import dataclass
from typing import Any

from app.components import chart
from app.lab import Report, ShownByKey, Wish
from app.lab.busy import busy
from app.tabs import skips_line
from app.tabs.skips_line import at_work, in_turn, training, waiting
from cvdemo import compute, residual
from cvdemo.photo_sets import ready
from cvdemo.residual import surface_charts as charts
from cvdemo.residual import surface_store
from cvdemo.residual import surface_words as words
from cvdemo.residual.data import small
from cvdemo.residual.design import Design
from cvdemo.residual.records import LIVE_SIDE, Surface
from cvdemo.settings import Settings, choice, whole

FIRST = "stored"
DEPTH, STEPS = 56, 120
WITH, WITHOUT = "with", "without"


@dataclass(frozen=True)
class Looking(Settings):
    """From where both surfaces are seen, and which one is computed anew, along which pair of directions."""

    turn: int = whole(charts.TURN, -180, 180, "turn", step=5, link="turn")
    net: str = choice(WITHOUT, (WITH, WITHOUT), "network", link="net")
    draw: int = whole(0, 0, 9, "draw of the directions", link="draw")


@dataclass(frozen=True)
class Pair:
    """What one page shows, and of each where it was computed."""

    residual: Surface
    plain: Surface
    told: tuple[str, str]


class PairsByKey(ShownByKey):
    """What pages show, by key; under `FIRST` what ships with the page."""

    def get(self, key: object) -> Any | None:
        """Return what is shown; None where it is not known any more."""
        return _stored() if key == FIRST else super().get(key)


def _stored() -> Pair | None:
    found = surface_store.read()
    if found is None:
        return None
    where = f"{found.card.machine}, {found.card.day}"
    return Pair(found.residual, found.plain, (where, where))


def _compute(asked: Wish, report: Report) -> Pair:
    """Train the chosen net and walk around it; where nothing is shown, both."""
    report("photos", 0, 1, 0.0)
    before = asked.shown or _stored()
    chosen = asked.settings.net == WITH
    here = f"{compute.describe()}, just now"
    with in_turn(lambda place: report("line", place, 1, 0.0)):
        if before is None:
            return Pair(_surface(True, asked, report), _surface(False, asked, report), (here, here))
        found = _surface(chosen, asked, report)
    if chosen:
        return Pair(found, before.plain, (here, before.told[1]))
    return Pair(before.residual, found, (before.told[0], here))


def _surface(skip: bool, asked: Wish, report: Report) -> Surface:
    photos, begun = small(ready("digits")), time.perf_counter()

    def told(phase: str, done: int, of: int) -> None:
        report(phase, done, of, time.perf_counter() - begun)

    net = residual.learned(photos, Design(DEPTH, skip), 0, STEPS, lambda done, of: told(_name(skip), done, of))
    begun = time.perf_counter()
    return residual.survey(photos, net, 0, LIVE_SIDE, asked.settings.draw, lambda done, of: told("points", done, of))


def _name(skip: bool) -> str:
    return f"{DEPTH} layers {WITH if skip else WITHOUT} skips"


def _told(_asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    if not step or step[0] == "photos":
        return {"busy": busy("Making the photos small")}
    phase, done, of, elapsed_s = step
    if phase == "line":
        return waiting(done)
    text = f"Point {done} of {of}" if phase == "points" else f"Training {phase}: step {done} of {of}"
    return at_work(text, done, of, elapsed_s)


def _draw(pair: Pair, settings: Looking, _question: dict[str, Any]) -> dict[str, Any]:
    both = (pair.residual, pair.plain)
    sheet = {
        "chart": charts.surfaces(both, settings.turn).plain(),
        "hollows": words.hollows(*both),
        "where": [words.computed(one, told) for one, told in zip(both, pair.told, strict=True)],
    }
    return {"answer": words.answer(*both), "fault": None, "sheet": sheet}


def _first() -> dict[str, Any]:
    """Return the stored pair's answer; the rest is asked for when the view is opened."""
    pair = _stored()
    if pair is None:
        return {"message": words.NOT_HERE}
    return {"key": FIRST, "message": "", "answer": words.answer(pair.residual, pair.plain)}


BENCH = skips_line.bench(
    id="skips-surface",
    question=words.QUESTION,
    settings=Looking,
    scripts=(*chart.SCRIPTS, "head", "range", "skips_surface"),
    css="skips-surface",
    props={"why_title": words.WHY_TITLE, "why": words.WHY, "side": LIVE_SIDE},
    work={"again": training(_compute, told=_told)},
    draw=_draw,
    first=_first,
    shown=PairsByKey(),
)

"""Skips, Costs and order: what a bottleneck saves, and whether the order in a block matters, trained here."""

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.components import chart
from app.lab import Report, ShownByKey, Wish
from app.lab.busy import busy
from app.tabs import skips_line
from app.tabs.skips_line import at_work, in_turn, training, waiting
from app.tabs.skips_train_view import ASSETS
from cvdemo import compute, residual
from cvdemo.photo_sets import ready
from cvdemo.residual import costs, order_charts, stored
from cvdemo.residual import order_words as words
from cvdemo.residual.costs import Branch
from cvdemo.residual.data import small
from cvdemo.residual.design import Design
from cvdemo.residual.records import Race
from cvdemo.settings import choice
from cvdemo.wording import scaled

FIRST = "stored"
FILE = ASSETS / "skips_orders.json"
STEPS, STARTS = 120, 2
DEPTHS = (8, 20, 56)


@dataclass(frozen=True)
class Asked(Branch):
    """The block that is priced, and how deep the nets are that learn in either order."""

    depth: int = choice(20, DEPTHS, "number of layers", link="layers")


@dataclass(frozen=True)
class Shown:
    """What one page shows: the race of both orders, None where none is stored either, and where it was run."""

    race: Race | None
    where: str = ""


class RacesByKey(ShownByKey):
    """What pages show, by key; under `FIRST` the race that was stored before the page started."""

    def get(self, key: object) -> Any | None:
        """Return what is shown; None where it is not known any more."""
        return stored_race() if key == FIRST else super().get(key)


@cache
def stored_race() -> Shown:
    """Return the race that is shown first, or none where its file is not here."""
    try:
        found = stored.read(FILE)
    except (OSError, ValueError):
        return Shown(None)
    return Shown(found.race, f"{found.machine}, {found.date}")


def _train(asked: Wish, report: Report) -> Shown:
    """Train nets of both orders from the same weights on the same batches."""
    report("steps", 0, STEPS, 0.0)
    photos = small(ready("digits"))
    designs = [Design(asked.settings.depth, order=order) for order in words.ORDERS]
    with in_turn(lambda place: report("line", place, STEPS, 0.0)):
        begun = time.perf_counter()

        def told(now: Race) -> None:
            report("steps", now.step, now.steps, time.perf_counter() - begun)

        return Shown(residual.race(photos, designs, range(STARTS), STEPS, told), f"{compute.describe()}, just now")


def _told(asked: Wish, step: tuple[Any, ...] | None, _elapsed_s: float) -> dict[str, Any]:
    if step and step[0] == "line":
        return waiting(step[1])
    if not step or not step[1]:
        return {"busy": busy("Making the photos small")}
    _, done, of, elapsed_s = step
    return at_work(f"Training both orders, {asked.settings.depth} layers: step {done} of {of}", done, of, elapsed_s)


def _draw(shown: Shown, settings: Asked, question: dict[str, Any]) -> dict[str, Any]:
    bars = {"answer": costs.answer(settings), "bars": _bars(settings)}
    if question.get("bars"):
        return bars
    orders = {
        "table": words.table(),
        "said": words.answer(shown.race) if shown.race else "",
        "chart": order_charts.losses(shown.race).plain() if shown.race else None,
        "where": words.told(shown.race, shown.where) if shown.race else "",
    }
    return {**bars, "fault": None, "orders": orders}


def _bars(branch: Branch) -> dict[str, Any]:
    rows = [
        {
            "title": one.title,
            "formula": f"{one.formula} = {one.weights:,}",
            "weights": one.weights,
            "weights_text": scaled(one.weights),
            "work": one.multiply_adds,
            "work_text": scaled(one.multiply_adds),
        }
        for one in costs.costs(branch)
    ]
    return {"rows": rows, "corrected": costs.corrected(branch), "projection": costs.projection(branch)}


def _first() -> dict[str, Any]:
    """Return the bars; the stored race is asked for when the view is opened."""
    return {"key": FIRST, "message": "", **_draw(stored_race(), Asked(), {"bars": True})}


BENCH = skips_line.bench(
    id="skips-costs",
    question=costs.QUESTION,
    settings=Asked,
    scripts=(*chart.SCRIPTS, "head", "range", "skips_order", "skips_costs"),
    css="convpane skips-costs",
    props={
        "why_title": costs.WHY_TITLE,
        "why": costs.WHY,
        "order": {"title": words.TITLE, "why": words.WHY, "corrected": words.CORRECTED, "starts": STARTS},
    },
    work={"again": training(_train, told=_told)},
    draw=_draw,
    first=_first,
    shown=RacesByKey(),
)

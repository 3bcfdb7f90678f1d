"""What Skips, Train both draws of a race: its curves, and what every layer gets and gives at one step."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cvdemo.plots import numbers
from cvdemo.residual import Race, charts, depths, stored, words
from cvdemo.residual.depth_chart import by_depth
from cvdemo.residual.depth_words import deeper
from cvdemo.residual.records import About

ASSETS = Path(__file__).parents[2] / "assets"
FILE, DEPTHS = ASSETS / "skips.json", ASSETS / "skips_depths.json"


@dataclass(frozen=True)
class Shown:
    """A race as far as it is.

    Args:
        seconds: that its steps took.
        where: a stored one was run, and when.
    """

    race: Race
    seconds: float
    about: About
    where: str = ""


@cache
def stored_run() -> Shown | None:
    """Return the run that is shown first; None where its file is not here."""
    try:
        found = stored.read(FILE)
    except (OSError, ValueError):
        return None
    return Shown(found.race, found.seconds, found.about, f"{found.machine}, {found.date}")


@cache
def stored_depths() -> dict[str, Any] | None:
    """Return what is drawn of nets of several depths, trained before; None where the file is not here."""
    try:
        found = depths.read(DEPTHS)
    except (OSError, ValueError):
        return None
    return {"chart": by_depth(found).plain(), "said": deeper(found), "where": f"{found.machine}, {found.date}"}


def drawn(shown: Shown) -> dict[str, Any]:
    """Return all that is drawn of a race, at its last step."""
    race = shown.race
    first, last = charts.decades(race)
    sheet: dict[str, Any] = {
        "loss": charts.losses(race).plain(),
        "errors": charts.errors(race).plain(),
        "scale": [first, last],
        "step": race.step,
        "steps": race.steps,
        "layers": race.lanes[0].design.depth,
        "lost": words.lost(race),
        "pace": None if shown.where else _pace(shown),
        "said": words.told(race, shown.about, shown.seconds, shown.where),
        "at": at(race, race.step),
    }
    if shown.where:
        sheet["depths"] = stored_depths()
    return {"answer": words.answer(race), "sheet": sheet}


def _pace(shown: Shown) -> float | None:
    """Return the seconds that a step of one layer of one net takes here."""
    made = sum(len(lane.moments) * lane.design.depth for lane in shown.race.lanes)
    return shown.seconds / made if made else None


def at(race: Race, step: int) -> dict[str, Any]:
    """Return what stands at a step: runs no network."""
    parts = charts.parts_at(race, step)
    rows = [
        {"name": words.SIDES[design.skip], "skip": design.skip, "norms": numbers(charts.strip(lanes, step))}
        for design, lanes in charts.designs(race)
    ]
    return {
        "step": step,
        "live": words.live(race, step),
        "strip": rows,
        "reaches": words.reaches(race, step),
        "spread": charts.spreads(race, step).plain(),
        "bars": charts.split_bars(parts).plain(),
        "norms": charts.split_norms(parts).plain(),
    }


def table(race: Race) -> list[list[Any]]:
    """Return each start's loss at each step: with skips or not, start, step, nats."""
    return [
        ["with" if lane.design.skip else "without", lane.seed + 1, moment.step, float(f"{moment.loss:.5g}")]
        for lane in race.lanes
        for moment in lane.moments
    ]

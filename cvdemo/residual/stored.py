"""Races in one file, with machine and day: what is shown before anybody trains."""

import json
from array import array
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cvdemo.residual.design import Design
from cvdemo.residual.records import About, Errors, Lane, Moment, Parts, Race, Split


@dataclass(frozen=True)
class Stored:
    """A race that was run elsewhere or before.

    Args:
        seconds: that all its steps took there.
        machine, date: where and when, in words.
    """

    race: Race
    seconds: float
    machine: str
    date: str
    about: About


def write(stored: Stored, file: Path) -> None:
    """Write it as JSON, four figures a number."""
    file.write_text(json.dumps(_rounded(asdict(stored)), separators=(",", ":")) + "\n", encoding="utf-8")


def losses_only(race: Race) -> Race:
    """Return a race without what its layers gave and got: a tenth of the file, enough for curves of the loss."""

    def bare(lane: Lane) -> Lane:
        moments = tuple(replace(one, gradients=(), spreads=()) for one in lane.moments)
        return replace(lane, moments=moments, errors=(), splits=())

    return replace(race, lanes=tuple(map(bare, race.lanes)))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple | array):
        return [_rounded(one) for one in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def read(file: Path) -> Stored:
    """Return what `write` wrote.

    Raises:
        OSError: there is no such file.
        ValueError: it holds something else.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    try:
        lanes = tuple(_lane(one) for one in told["race"]["lanes"])
        race = Race(lanes, told["race"]["step"], told["race"]["steps"])
        return Stored(race, told["seconds"], told["machine"], told["date"], About(**told["about"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file.name} holds no race") from error


def _lane(told: dict[str, Any]) -> Lane:
    moments = tuple(
        Moment(one["step"], one["loss"], array("f", one["gradients"]), array("f", one["spreads"]))
        for one in told["moments"]
    )
    splits = tuple(Parts(one["step"], tuple(Split(**each) for each in one["blocks"])) for one in told["splits"])
    errors = tuple(Errors(**one) for one in told["errors"])
    return Lane(Design(**told["design"]), told["seed"], moments, errors, splits, told["diverged"])

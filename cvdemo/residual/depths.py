"""What both kinds of nets come to at several depths, in one file: that deeper plain nets learn worse."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cvdemo.residual.records import Race


@dataclass(frozen=True)
class AtDepth:
    """Nets of one depth and kind at the end of a race.

    Args:
        losses: of each start that is still a number, the mean of its last steps, nats.
        training: what each of them names wrongly of the photos it learns from, 0..1.
    """

    depth: int
    skip: bool
    losses: tuple[float, ...]
    training: tuple[float, ...]


@dataclass(frozen=True)
class Depths:
    """Nets of several depths after ``steps``, where and when they were trained."""

    rows: tuple[AtDepth, ...]
    steps: int
    machine: str
    date: str


def at_depth(race: Race, last: int) -> list[AtDepth]:
    """Return both kinds of a race, with losses over the ``last`` steps."""
    found = []
    for skip in (True, False):
        lanes = [lane for lane in race.lanes if lane.design.skip is skip and lane.diverged is None]
        losses = tuple(sum(one.loss for one in lane.moments[-last:]) / last for lane in lanes)
        found.append(AtDepth(race.lanes[0].design.depth, skip, losses, tuple(one.errors[-1].training for one in lanes)))
    return found


def write(depths: Depths, file: Path) -> None:
    """Write it as JSON."""
    file.write_text(json.dumps(asdict(depths), indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> Depths:
    """Return what `write` wrote.

    Raises:
        OSError: there is no such file.
        ValueError: it holds something else.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    try:
        return Depths(_rows(told["rows"]), told["steps"], told["machine"], told["date"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file.name} holds no depths") from error


def _rows(told: Sequence[dict[str, Any]]) -> tuple[AtDepth, ...]:
    return tuple(AtDepth(one["depth"], one["skip"], tuple(one["losses"]), tuple(one["training"])) for one in told)

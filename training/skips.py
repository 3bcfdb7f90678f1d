"""Plain and residual nets side by side, stored for the page: ``python -m training.skips``."""

from datetime import date
from pathlib import Path

from cvdemo import compute
from cvdemo.photo_sets import ready
from cvdemo.residual import Design, Nets, depths, stored
from cvdemo.residual.data import small
from cvdemo.residual.depths import Depths
from cvdemo.residual.design import ORDERS
from cvdemo.residual.settings import Racing
from cvdemo.residual.stored import Stored
from cvdemo.residual.words import LAST

ASSETS = Path(__file__).parents[1] / "assets"
SEEDS = 3
DEEP = (8, 20, 56, 110)


def trained(settings: Racing) -> Nets:
    """Train what the tab trains under these settings."""
    nets = Nets(small(ready(settings.photos)), settings.designs(), range(settings.seeds))
    nets.go(settings.steps)
    return nets


def today() -> str:
    """Return the day in words."""
    day = date.today()
    return f"{day.day} {day:%B %Y}"


def store_run(out: Path, settings: Racing = Racing(seeds=SEEDS)) -> None:  # noqa: B008 - frozen
    """Store the race that the tab shows first."""
    nets = trained(settings)
    stored.write(Stored(nets.race, nets.seconds, compute.describe(), today(), nets.about), out)


def store_depths(out: Path, deep: tuple[int, ...] = DEEP, steps: int = Racing().steps, seeds: int = SEEDS) -> None:
    """Store what both kinds come to at several depths."""
    rows = []
    for depth in deep:
        rows += depths.at_depth(trained(Racing(depth=depth, steps=steps, seeds=seeds)).race, LAST)
        depths.write(Depths(tuple(rows), steps, compute.describe(), today()), out)


def store_orders(out: Path, depth: int = Racing().depth, steps: int = Racing().steps, seeds: int = SEEDS) -> None:
    """Store post- and pre-activation nets that begin from the same weights: their losses, start by start."""
    nets = Nets(small(ready("digits")), [Design(depth, order=order) for order in ORDERS], range(seeds))
    nets.go(steps)
    race = stored.losses_only(nets.race)
    stored.write(Stored(race, nets.seconds, compute.describe(), today(), nets.about), out)


if __name__ == "__main__":
    compute.use_all_cores()
    store_run(ASSETS / "skips.json")
    store_depths(ASSETS / "skips_depths.json")
    store_orders(ASSETS / "skips_orders.json")

"""Plain and residual nets of 20 layers side by side, stored for the page: ``python -m training.skips``."""

from datetime import date
from pathlib import Path

from cvdemo import compute
from cvdemo.photo_sets import ready
from cvdemo.residual import Nets, stored
from cvdemo.residual.data import small
from cvdemo.residual.settings import Racing
from cvdemo.residual.stored import Stored

OUT = Path(__file__).parents[1] / "assets" / "skips.json"
SEEDS = 3


def store(out: Path = OUT, settings: Racing = Racing(seeds=SEEDS)) -> Stored:  # noqa: B008 - frozen
    """Train what the tab trains, store it, and return it."""
    compute.use_all_cores()
    day = date.today()
    nets = Nets(small(ready(settings.photos)), settings.designs(), range(settings.seeds))
    nets.go(settings.steps)
    when = f"{day.day} {day:%B %Y}"
    found = Stored(nets.race, nets.seconds, compute.describe(), when, nets.about)
    stored.write(found, out)
    return found


if __name__ == "__main__":
    store()

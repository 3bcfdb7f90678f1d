"""What a headline shows while a model is fetched, loaded or runs."""

from typing import Any

from cvdemo.catalogue import get
from cvdemo.detect.tiles import TileProgress
from cvdemo.weights import Progress
from cvdemo.wording import megabytes


def busy(text: str) -> dict[str, Any]:
    """Return the state of work whose length is not known."""
    return {"text": text, "share": None, "stoppable": True}


def working(model: str, progress: Progress | TileProgress, elapsed_s: float) -> dict[str, Any]:
    """Return how far a detector is: fetched, loaded, or busy with the tiles of a photo."""
    if not isinstance(progress, TileProgress):
        return fetching(model, progress, elapsed_s)
    text = f"{get(model).title} looks at part {progress.done + 1} of {progress.total}"
    return {"text": text, "share": progress.done / progress.total, "stoppable": True}


PHASES = {"fetch": "Fetching", "load": "Loading"}


def fetching(model: str, progress: Progress, elapsed_s: float) -> dict[str, Any]:
    """Return how far ``model`` is, with the time that is left where it can be told."""
    title = get(model).title
    if progress.phase != "fetch" or not progress.total:
        return busy(f"{PHASES[progress.phase]} {title}")
    share = progress.done / progress.total
    left = f", about {max(1, round(elapsed_s * (1 - share) / share))} s left" if share > 0.02 else ""
    done = f"{progress.done / 1e6:.0f} of {megabytes(progress.total)}"
    return {"text": f"Fetching {title}: {done}{left}", "share": share, "stoppable": True}

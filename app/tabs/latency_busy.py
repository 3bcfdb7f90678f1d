"""What the Latency tab shows before anything is measured, and while it waits or fetches."""

from typing import Any

from app.lab.busy import busy, fetching
from app.tabs.latency_asked import DEFAULTS
from cvdemo import compute
from cvdemo.latency import words


def waiting(message: str) -> dict[str, Any]:
    """Return the picture's value while nothing is measured: a sentence."""
    return {
        "question": words.QUESTION,
        "message": message,
        "key": None,
        "busy": None,
        "duel": None,
        "settings": DEFAULTS,
    }


def plain(picture: Any) -> dict[str, Any]:
    return picture if isinstance(picture, dict) else waiting("")


def before(step: tuple[Any, ...] | None, elapsed_s: float) -> dict[str, Any]:
    if not step or step[0] not in ("waiting", "loading"):
        return {**busy("Getting ready"), "stoppable": False}
    if step[0] == "waiting":
        return {"text": words.in_line(step[1] + 1, compute.seconds_left()), "share": None, "stoppable": False}
    return {**fetching(step[1], step[2], elapsed_s), "stoppable": False}

"""The models that the Receptive field tab offers: all of them, since random weights are enough for it."""

from typing import Any


def offered_here(value: dict[str, Any]) -> dict[str, Any]:
    """Return the chips' value with every model usable: what is not on this machine runs with random weights."""
    ready = ("bundled", "cached")
    rows = [
        row if row["state"] in ready else {**row, "state": "random only", "state_text": "random weights"}
        for row in value["offered"]
    ]
    return {**value, "offered": rows}

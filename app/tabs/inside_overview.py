"""The view Overview: a row of tiles for each model, each the small form of another view."""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_view_input import ViewInput
from cvdemo.feature_maps import words
from cvdemo.settings import Settings

__all__ = ["ID", "TITLE", "WHY", "Settings", "answer", "arrays", "draw", "known", "work"]

ID = "overview"
TITLE = "Overview"
WHY = words.WHY
COLUMNS = {"saliency": "Saliency", "point": "From this point", "strongest": "Strongest map"}
SOURCES: list[ModuleType] = []  # the views that give tiles, the first for a column wins: filled by inside_views


def work(given: ViewInput, report: Any) -> None:
    """Run what the tiles need."""
    for source in SOURCES:
        getattr(source, "work_tile", source.work)(given, report)


def known(given: ViewInput) -> bool:
    """Whether all tiles can be drawn without a network run."""
    return all(getattr(source, "known_tile", source.known)(given) for source in SOURCES)


def answer(given: ViewInput) -> str:
    """Return the answer of the first view that gives tiles."""
    return SOURCES[0].answer(given) if SOURCES else ""


def draw(given: ViewInput) -> list[dict[str, Any]]:
    """Return a card a model with its tiles, in the order of `COLUMNS`."""
    cards = []
    for number, one in enumerate(given.seen):
        found: dict[str, Any] = {}
        for source in SOURCES:
            tile = source.tile(given, number)
            if tile is not None:
                found.setdefault(tile["column"], tile)
        tiles = [{**found[column], "heading": COLUMNS[column]} for column in COLUMNS if column in found]
        cards.append({"model": one.asked.model, "layer": one.stops[given.stop(number)].label, "tiles": tiles})
    return cards


def arrays(given: ViewInput) -> list[tuple[str, NDArray[np.float32]]]:
    """Return what the tiles' views return."""
    return [row for source in SOURCES for row in source.arrays(given)]

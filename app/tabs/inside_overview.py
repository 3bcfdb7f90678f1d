"""The view Overview: a row of tiles for each model, each the small form of another view."""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_view_input import ViewInput
from cvdemo.attention.study import has_attention
from cvdemo.inside import words
from cvdemo.settings import Settings
from cvdemo.wording import FAMILY_WORDS

__all__ = ["ID", "TITLE", "WHY", "WHY_TITLE", "Settings", "answer", "arrays", "columns", "draw", "known", "work"]

ID = "overview"
TITLE = "Overview"
WHY_TITLE, WHY = words.WHY_TITLE, words.WHY
COLUMNS = {"saliency": "Matters for the answer", "point": "Reached from this point", "strongest": "Strongest map here"}
SOURCES: list[ModuleType] = []  # the views that give tiles, the first for a column wins: filled by inside_views


def work(given: ViewInput, report: Any) -> None:
    """Run what the tiles need."""
    for source in SOURCES:
        getattr(source, "work_tile", source.work)(given, report)


def known(given: ViewInput) -> bool:
    """Whether all tiles can be drawn without a network run."""
    return all(getattr(source, "known_tile", source.known)(given) for source in SOURCES)


def answer(given: ViewInput) -> str:
    """Return how much the point matters; where no model has classes, what the next view says of it."""
    told = (source.tiles_answer(given) for source in SOURCES if hasattr(source, "tiles_answer"))
    return next((one for one in told if one), SOURCES[-1].answer(given))


def columns(given: ViewInput) -> list[dict[str, str]]:
    """Return name and sentence of each column."""
    looking = [has_attention(one.asked.model) for one in given.seen]
    families = [FAMILY_WORDS[one.spec.family] for one in given.seen]
    groups = [
        list(dict.fromkeys(word for word, looks in zip(families, looking, strict=True) if looks == wanted))
        for wanted in (False, True)
    ]
    told = {
        "saliency": SOURCES[0].tiles_column(given),
        "point": words.reached(*groups),
        "strongest": words.STRONGEST,
    }
    return [{"id": name, "title": title, "sentence": told[name]} for name, title in COLUMNS.items()]


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
        cards.append({"model": one.asked.model, "layer": one.stops[given.stop(number)].title, "tiles": tiles})
    return cards


def arrays(given: ViewInput) -> list[tuple[str, NDArray[np.float32]]]:
    """Return what the tiles' views return."""
    return [row for source in SOURCES for row in source.arrays(given)]

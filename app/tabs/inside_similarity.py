"""The view Similarity: which patches look to a model like the clicked one, here or in a second photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.components.photo import photo_path
from app.tabs.inside_look import Look, one_of, own, packed
from cvdemo import images, starters
from cvdemo.inside import activations
from cvdemo.inside.activations import Seen
from cvdemo.inside.model_input import enlarged
from cvdemo.inside.projection import colours, foreground, projected
from cvdemo.similarity import words
from cvdemo.similarity.patches import Similar, similar, stop_for

ID = "similarity"
TITLE = "Similarity"
WHY = words.WHY
DEFAULTS: dict[str, Any] = {"show": "heat", "second": ""}
SHOWS = ("heat", "colours", "foreground")


@dataclass(frozen=True)
class Settings:
    """What is drawn over the photo, and the second photo's id ('' for none): a starter's or an upload's."""

    show: str
    second: str


def settings(value: Any) -> Settings:
    """Return sound settings.

    Raises:
        SettingError: a setting that does not exist.
        PhotoError: no such second photo.
    """
    asked = own(value, DEFAULTS)
    second = asked["second"] if isinstance(asked["second"], str) else ""
    if second:
        photo_path({"photo": {"id": second}})
    return Settings(one_of(asked["show"], SHOWS, "The picture"), second)


def work(look: Look, report: Any) -> None:
    """Run the models on the second photo."""
    second = look.settings[ID].second
    if second:
        for one in look.seen:
            report()
            activations.see(photo_path({"photo": {"id": second}}), one.asked.model, one.asked.random, one.asked.side)


def _second(look: Look, one: Seen) -> Seen | None:
    """Return the pass of the same model on the second photo, if there is one and it is known."""
    if not look.settings[ID].second:
        return None
    path = photo_path({"photo": {"id": look.settings[ID].second}})
    return activations.known_on(path, one.asked)


def known(look: Look) -> bool:
    """Whether each model has run on the second photo, if there is one."""
    return not look.settings[ID].second or all(_second(look, one) is not None for one in look.seen)


def answer(look: Look) -> str:
    """Return how much of the photo looks to each model like the point."""
    found = [_found(look, number) for number in range(len(look.seen))]
    return words.answer(look.seen, found, _name(look.settings[ID].second))


def draw(look: Look) -> list[dict[str, Any]]:
    """Return a card a model."""
    return [_card(look, number) for number in range(len(look.seen))]


def _name(second: str) -> str | None:
    if not second:
        return None
    return starters.get(second.removeprefix("starter:")).name if second.startswith("starter:") else "the second photo"


def _found(look: Look, number: int, alone: bool = False) -> Similar:
    one = look.seen[number]
    other = None if alone else _second(look, one)
    stop = stop_for(one, look.depth)
    return similar(one.maps[stop], look.unit(number, stop), None if other is None else other.maps[stop])


def _card(look: Look, number: int) -> dict[str, Any]:
    one, found = look.seen[number], _found(look, number)
    other = _second(look, one)
    stop = stop_for(one, look.depth)
    layer = one.stops[stop]
    projection = projected(one, stop)
    front = foreground(projection)
    second = {} if other is None else {
        "picture": images.data_url(enlarged(photo_path({"photo": {"id": look.settings[ID].second}}), other.picture)),
        "size": list(other.picture.size_hw),
    }  # fmt: skip
    return {
        "model": one.asked.model,
        "layer": layer.label,
        "size": f"{layer.hw[0]} x {layer.hw[1]}",
        "grid": layer.hw,
        "unit": found.unit,
        "best": found.best,
        "told": words.told(found, float(front.mean())),
        "map": packed(found.cosines),
        "colours": images.data_url(colours(projection), format="png"),
        "foreground": packed(front.astype(np.float32), 0.0, 1.0),
        "second": second or None,
    }


def tile(look: Look, number: int) -> dict[str, Any] | None:
    """Return the similar patches as the tile of what the point concerns."""
    found = _found(look, number, alone=True)
    return {
        "column": "point",
        "title": "Similar patches",
        "caption": words.tile(found),
        "map": packed(found.cosines),
        "opens": ID,
    }


def arrays(look: Look) -> list[tuple[str, NDArray[np.float32]]]:
    """Return the cosines: float32 (h, w) a model."""
    return [(f"{one.asked.model}-similarity", _found(look, n).cosines) for n, one in enumerate(look.seen)]

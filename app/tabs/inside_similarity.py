"""The view Similarity: which patches look to a model like the clicked one, here or in a second photo."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.components.photo import photo_path
from app.tabs.inside_view_input import ViewInput, packed
from cvdemo import images, settings, starters
from cvdemo.inside import activations
from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.model_input import enlarged
from cvdemo.inside.projection import colours, foreground, projected
from cvdemo.settings import choice, custom
from cvdemo.similarity import words
from cvdemo.similarity.patches import Similar, similar, stop_for

ID = "similarity"
TITLE = "Similarity"
WHY = words.WHY


def _photo(value: Any) -> str:
    second = value if isinstance(value, str) else ""
    if second:
        photo_path({"photo": {"id": second}})  # raises where there is none
    return second


@dataclass(frozen=True)
class Settings(settings.Settings):
    """What is drawn over the photo, and the second photo's id ('' for none): a starter's or an upload's."""

    show: str = choice("heat", ("heat", "colours", "foreground"), "picture")
    second: str = custom("", _photo)


def work(given: ViewInput, report: Any) -> None:
    """Run the models on the second photo."""
    second = given.settings.similarity.second
    if second:
        for one in given.seen:
            report()
            activations.forward_pass(
                photo_path({"photo": {"id": second}}), one.asked.model, one.asked.random, one.asked.side
            )


def _second(given: ViewInput, one: ForwardPass) -> ForwardPass | None:
    """Return the pass of the same model on the second photo, if there is one and it is known."""
    if not given.settings.similarity.second:
        return None
    path = photo_path({"photo": {"id": given.settings.similarity.second}})
    return activations.known_on(path, one.asked)


def known(given: ViewInput) -> bool:
    """Whether each model has run on the second photo, if there is one."""
    return not given.settings.similarity.second or all(_second(given, one) is not None for one in given.seen)


def answer(given: ViewInput) -> str:
    """Return how much of the photo looks to each model like the point."""
    found = [_found(given, number) for number in range(len(given.seen))]
    return words.answer(given.seen, found, _name(given.settings.similarity.second))


def draw(given: ViewInput) -> list[dict[str, Any]]:
    """Return a card a model."""
    return [_card(given, number) for number in range(len(given.seen))]


def _name(second: str) -> str | None:
    if not second:
        return None
    return starters.get(second.removeprefix("starter:")).name if second.startswith("starter:") else "the second photo"


def _found(given: ViewInput, number: int, alone: bool = False) -> Similar:
    one = given.seen[number]
    other = None if alone else _second(given, one)
    stop = stop_for(one, given.settings.depth)
    return similar(one.maps[stop], given.unit(number, stop), None if other is None else other.maps[stop])


def _card(given: ViewInput, number: int) -> dict[str, Any]:
    one, found = given.seen[number], _found(given, number)
    other = _second(given, one)
    stop = stop_for(one, given.settings.depth)
    layer = one.stops[stop]
    projection = projected(one, stop)
    front = foreground(projection)
    path = photo_path({"photo": {"id": given.settings.similarity.second}}) if other else None
    second = {} if other is None or path is None else {
        "picture": images.data_url(enlarged(path, other.picture)),
        "size": list(other.picture.size_hw),
    }  # fmt: skip
    return {
        "model": one.asked.model,
        "layer": layer.title,
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


def tile(given: ViewInput, number: int) -> dict[str, Any] | None:
    """Return the similar patches as the tile of what the point concerns."""
    found = _found(given, number, alone=True)
    return {
        "column": "point",
        "title": "Similar patches.",
        "scale": ["cosine", "unlike", "the same"],
        "caption": words.tile(found),
        "map": packed(found.cosines, high=1.0),
        "opens": ID,
    }


def arrays(given: ViewInput) -> list[tuple[str, NDArray[np.float32]]]:
    """Return the cosines: float32 (h, w) a model."""
    return [(f"{one.asked.model}-similarity", _found(given, n).cosines) for n, one in enumerate(given.seen)]

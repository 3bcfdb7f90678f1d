"""What the view Saliency draws for one model: its map, the sentences about it, and its checks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs import inside_saliency_asked as asked
from app.tabs.inside_view_input import ViewInput, packed
from app.tabs.saliency_curves import curves
from cvdemo.inside.activations import ForwardPass
from cvdemo.saliency import checks, study, words
from cvdemo.saliency.compared import compared
from cvdemo.saliency.faithful import FILL
from cvdemo.saliency.measures import resized, scaled
from cvdemo.saliency.methods import METHODS, methods_for
from cvdemo.saliency.study import Evidence

SMOOTH = 96  # a map is sent with about so many rows, bilinear, as all such maps are drawn


def draw(given: ViewInput) -> list[dict[str, Any]]:
    """Return a card a model."""
    rows = [asked.map_of(given, one) for one in given.seen]
    both = [row for row in rows if row is not None]
    shared = None
    if len(both) == 2:
        (one, first), (other, second) = both
        shared = words.shared(*compared((one.picture, first), (other.picture, second)))
    offered = [method.name for method in METHODS if any(method in methods_for(one.spec) for one in given.seen)]
    common = {"offered": offered, "shared": shared}
    return [{**common, **_card(given, one, row)} for one, row in zip(given.seen, rows, strict=True)]


def _card(given: ViewInput, one: ForwardPass, row: tuple[Evidence, NDArray[np.float32]] | None) -> dict[str, Any]:
    card: dict[str, Any] = {"model": one.asked.model, "map": None, "told": [], "checks": None}
    if not methods_for(one.spec):
        return {**card, "rest": "no classes", "told": [words.NO_CLASSES]}
    method, chosen = asked.method_of(given, one), given.settings.saliency.method
    card["rest"] = method.title
    found = study.known(asked.asked_of(given, one))
    if found is None:
        return {**card, "told": [study.refused(asked.asked_of(given, one)) or "Not explained yet."]}
    card["rest"] = f"{method.title}: {words.explained(found)}"
    if row is None:
        runs = len(found.activations)
        cost = words.cost(one.spec.title, runs, runs * min(one.network_ms, found.network_ms) / 1000)
        return {**card, "run": "Run Score-CAM", "told": [cost]}
    values = row[1]
    notes = [] if method.name == chosen else [f"{_titled(chosen)} is made for CNNs; this is {method.title}."]
    notes += [words.SAME_FOR_ALL] if not method.needs_class else []
    notes += [words.AGAINST_MEAN] if study.uses_centred(found, method.name) else []
    notes += [f"No place of the last map speaks for {found.target_name}."] if not values.any() else []
    notes += [words.RANDOM] if found.weights == "random" else []
    made = checks.known(found, method.name)
    return {
        **card,
        "map": packed(resized(scaled(values), _smooth(values.shape)), 0.0, 1.0),
        "grid": f"{values.shape[0]} x {values.shape[1]} places, drawn smoothly",
        "notes": notes,
        "what": method.what,
        "told": words.checked(made) if made else [],
        "checks": curves(made, FILL) if made else None,
    }


def _titled(name: str) -> str:
    return next(method.title for method in METHODS if method.name == name)


def _smooth(shape: tuple[int, ...]) -> tuple[int, int]:
    return max(SMOOTH, shape[0]), max(SMOOTH, shape[1])


def tile(given: ViewInput, number: int) -> dict[str, Any] | None:
    """Return a model's map as the overview's first tile."""
    row = asked.map_of(given, given.seen[number])
    if row is None:
        return None
    found, values = row
    return {
        "column": "saliency",
        "title": asked.method_of(given, given.seen[number]).title,
        "caption": f"for {words.explained(found)}",
        "map": packed(resized(scaled(values), _smooth(values.shape)), 0.0, 1.0),
        "opens": "saliency",
    }

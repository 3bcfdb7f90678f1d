"""What the view Saliency draws for one model: its map, the sentences about it, and its checks."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs import inside_saliency_asked as asked
from app.tabs.inside_view_input import ViewInput, packed
from app.tabs.saliency_curves import curves
from cvdemo.inside.activations import ForwardPass
from cvdemo.saliency import by_depth, checks, study, words
from cvdemo.saliency.compared import compared, share_of_photo
from cvdemo.saliency.faithful import FILL
from cvdemo.saliency.measures import resized, scaled
from cvdemo.saliency.methods import METHODS, methods_for
from cvdemo.saliency.point import at_point
from cvdemo.saliency.study import Evidence
from cvdemo.wording import called

Row = tuple[Evidence, NDArray[np.float32]]
SMOOTH = 96  # a map is sent with about so many rows, bilinear, as all such maps are drawn


def draw(given: ViewInput) -> list[dict[str, Any]]:
    """Return a card a model."""
    rows = [asked.map_of(given, one) for one in given.seen]
    both = [row for row in rows if row is not None]
    shared = _halves(given, rows)
    if len(both) == 2:
        (one, first), (other, second) = both
        agreed = words.shared(*compared((one.picture, first), (other.picture, second)))
        shared = " ".join(text for text in (shared, agreed) if text) or None
    offered = [method.name for method in METHODS if any(method in methods_for(one.spec) for one in given.seen)]
    common = {"offered": offered, "shared": shared}
    return [{**common, **_card(given, one, row)} for one, row in zip(given.seen, rows, strict=True)]


def _halves(given: ViewInput, rows: Sequence[Row | None]) -> str | None:
    """Return in how much of the photo half of each model's saliency lies."""
    held = [None if row is None else share_of_photo(row[0].picture, row[1]) for row in rows]
    names = called(one.spec for one in given.seen)
    return words.halves([(name, share) for name, share in zip(names, held, strict=True) if share is not None])


def _card(given: ViewInput, one: ForwardPass, row: Row | None) -> dict[str, Any]:
    card: dict[str, Any] = {"model": one.asked.model, "map": None, "told": [], "checks": None}
    if not methods_for(one.spec):
        return {**card, "rest": "no classes", "told": [words.NO_CLASSES]}
    method, chosen = asked.method_of(given, one), given.settings.saliency.method
    card["rest"] = method.title
    found = study.known(asked.asked_of(given, one))
    if found is None:
        return {**card, "told": [study.refused(asked.asked_of(given, one)) or words.NOT_EXPLAINED]}
    card["rest"] = f"{method.title}: {words.explained(found)}"
    if row is None:
        runs = len(found.activations)
        cost = words.cost(one.spec.title, runs, runs * min(one.network_ms, found.network_ms) / 1000)
        return {**card, "run": "Run Score-CAM", "told": [cost]}
    values = row[1]
    heat = at_point(found.picture, values, given.point_rc)
    notes = [] if method.name == chosen else [words.instead(_titled(chosen), method.title)]
    notes += [words.SAME_FOR_ALL] if not method.needs_class else []
    notes += [words.AGAINST_MEAN] if study.uses_centred(found, method.name) else []
    notes += [words.silent(found.target_name)] if not values.any() else []
    notes += [words.RANDOM] if found.weights == "random" else []
    made = checks.known(found, method.name)
    return {
        **card,
        "map": packed(resized(scaled(values), _smooth(values.shape)), 0.0, 1.0),
        "grid": words.places(values.shape),
        "notes": notes,
        "what": method.what,
        "point": words.same_everywhere(heat),
        "told": words.checked(made) if made else [],
        "checks": curves(made, FILL) if made else None,
    }


def _titled(name: str) -> str:
    return next(method.title for method in METHODS if method.name == name)


def _smooth(shape: tuple[int, ...]) -> tuple[int, int]:
    return max(SMOOTH, shape[0]), max(SMOOTH, shape[1])


def tile(given: ViewInput, number: int) -> dict[str, Any] | None:
    """Return a model's map as the overview's first tile."""
    one = given.seen[number]
    row = tile_map(given, number)
    if row is None:
        told = words.NO_CLASSES if not methods_for(one.spec) else study.refused(asked.asked_of(given, one))
        return {"column": "saliency", "title": "No map.", "caption": told or "Not made yet.", "opens": "saliency"}
    found, values = row
    return {
        "column": "saliency",
        "title": f"{asked.method_of(given, one).title} for \u201c{words.explained(found)}\u201d.",
        "caption": words.at_point(at_point(found.picture, values, given.point_rc), found.target_name),
        "map": packed(resized(scaled(values), _smooth(values.shape)), 0.0, 1.0),
        "scale": ["", "no part in it", "most"],
        "opens": "saliency",
    }


def tile_map(given: ViewInput, number: int) -> Row | None:
    """Return what is known of a model for the overview, with its map at the chosen depth; None where there is none."""
    one, stop = given.seen[number], given.stop(number)
    row = asked.map_of(given, one)
    if row is None:
        return None
    layered, method = by_depth.known(row[0]), asked.method_of(given, one).name
    if layered is None or method not in layered.maps or stop == len(one.stops) - 1:
        return row  # the last map, as the view Saliency shows it
    own = layered.maps[method][stop]
    return row if own is None else (row[0], own)

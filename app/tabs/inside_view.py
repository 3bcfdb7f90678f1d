"""Turns what the models gave into what Look inside draws; no network runs here, but to switch a channel off."""

from pathlib import Path
from types import ModuleType
from typing import Any

from app.tabs.inside_view_input import ViewInput, npy_file, whole
from app.tabs.inside_views import VIEWS
from cvdemo import images
from cvdemo.errors import SettingError
from cvdemo.feature_maps import words
from cvdemo.feature_maps.answer import has_classes, probabilities, switch_off
from cvdemo.feature_maps.layers import layer_rows
from cvdemo.inside import activations
from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.model_input import enlarged
from cvdemo.wording import FAMILY_WORDS, percent


def named(view: str) -> ModuleType:
    """Return the view called ``view``."""
    return next(one for one in VIEWS if view == one.ID)


def head(one: ForwardPass, path: Path) -> dict[str, Any]:
    """Return what stays the same for a model while points and sliders move."""
    spec = one.spec
    return {
        "model": spec.name,
        "title": spec.title,
        "family": spec.family,
        "word": FAMILY_WORDS[spec.family],
        "weights": one.weights,
        "random": one.weights == "random",
        "stops": [stop.label for stop in one.stops],
        "picture": images.data_url(enlarged(path, one.picture), quality=88),
        "size": list(one.picture.size_hw),
        "crop": vars(one.picture.crop),
        "says": _says(one),
        "network_ms": one.network_ms,
    }


def _says(one: ForwardPass) -> str | None:
    if one.logits is None or one.weights == "random" or not has_classes(one):
        return None
    chances = probabilities(one.logits)
    return f"says {one.labels[int(chances.argmax())]}, {percent(float(chances.max()))}"


def shown(given: ViewInput, view: str) -> dict[str, Any]:
    """Return a view's sentence and cards, and where the point fell in each model's picture."""
    found = named(view)
    points = [one.point(given.point_rc) for one in given.seen]
    return {
        "view": view,
        "point": list(given.point_rc),
        "answer": found.answer(given),
        "cards": found.draw(given),
        "points": [list(point) for point, _ in points],
        "notes": [words.CUT_OFF if gone else None for _, gone in points],
        "layers": found.layers(given) if hasattr(found, "layers") else _layers(given),
    }


def _layers(given: ViewInput) -> list[str]:
    return [one.stops[given.stop(number)].label for number, one in enumerate(given.seen)]


def files(given: ViewInput, view: str) -> list[dict[str, str]]:
    """Return the arrays of what is shown as NPY files: their names and data URLs."""
    return [npy_file(stem, array) for stem, array in named(view).arrays(given)]


def _one(given: ViewInput, model: Any) -> tuple[int, ForwardPass]:
    for number, one in enumerate(given.seen):
        if one.asked.model == model:
            return number, one
    raise SettingError("This model is not among the chosen ones. Choose it first.")


def switched_off(given: ViewInput, asked: dict[str, Any]) -> dict[str, Any]:
    """Run a model with one channel of the shown layer switched off; return the sentence."""
    number, one = _one(given, asked.get("model"))
    channel = whole(asked.get("channel"), 0, 65_535, "The channel")
    return {"off": words.without(switch_off(one, given.stop(number), channel)), "runs": activations.network_runs()}


def table(given: ViewInput, model: str) -> dict[str, Any]:
    """Return the rows of a model's table of layers."""
    _, one = _one(given, model)
    return {"table": layer_rows(one), "runs": activations.network_runs()}

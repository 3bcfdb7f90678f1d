"""Turns what the models gave into what Look inside draws; no network runs here, but to switch a channel off."""

from pathlib import Path
from types import ModuleType
from typing import Any

from app.tabs.inside_look import Look, npy_file, whole
from app.tabs.inside_views import VIEWS
from cvdemo import images
from cvdemo.errors import SettingError
from cvdemo.feature_maps import words
from cvdemo.feature_maps.answer import has_classes, probabilities, switch_off
from cvdemo.feature_maps.layers import layer_rows
from cvdemo.inside import activations
from cvdemo.inside.activations import Seen
from cvdemo.inside.model_input import enlarged
from cvdemo.wording import FAMILY_WORDS, percent


def named(view: str) -> ModuleType:
    """Return the view called ``view``."""
    return next(one for one in VIEWS if view == one.ID)


def head(one: Seen, path: Path) -> dict[str, Any]:
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


def _says(one: Seen) -> str | None:
    if one.logits is None or one.weights == "random" or not has_classes(one):
        return None
    chances = probabilities(one.logits)
    return f"says {one.labels[int(chances.argmax())]}, {percent(float(chances.max()))}"


def shown(look: Look, view: str) -> dict[str, Any]:
    """Return a view's sentence and cards, and where the point fell in each model's picture."""
    found = named(view)
    points = [one.point(look.point_rc) for one in look.seen]
    return {
        "view": view,
        "point": list(look.point_rc),
        "answer": found.answer(look),
        "cards": found.draw(look),
        "points": [list(point) for point, _ in points],
        "notes": [words.CUT_OFF if gone else None for _, gone in points],
        "layers": found.layers(look) if hasattr(found, "layers") else _layers(look),
    }


def _layers(look: Look) -> list[str]:
    return [one.stops[look.stop(number)].label for number, one in enumerate(look.seen)]


def files(look: Look, view: str) -> list[dict[str, str]]:
    """Return the arrays of what is shown as NPY files: their names and data URLs."""
    return [npy_file(stem, array) for stem, array in named(view).arrays(look)]


def _one(look: Look, model: Any) -> tuple[int, Seen]:
    for number, one in enumerate(look.seen):
        if one.asked.model == model:
            return number, one
    raise SettingError("This model is not among the chosen ones. Choose it first.")


def switched_off(look: Look, asked: dict[str, Any]) -> dict[str, Any]:
    """Run a model with one channel of the shown layer switched off; return the sentence."""
    number, one = _one(look, asked.get("model"))
    channel = whole(asked.get("channel"), 0, 65_535, "The channel")
    return {"off": words.without(switch_off(one, look.stop(number), channel)), "runs": activations.network_runs()}


def table(look: Look, model: str) -> dict[str, Any]:
    """Return the rows of a model's table of layers."""
    _, one = _one(look, model)
    return {"table": layer_rows(one), "runs": activations.network_runs()}

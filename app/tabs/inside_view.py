"""Turns what the models gave into what Look inside draws; no network runs here, but to switch a channel off."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from app.components.photo import photo_point
from app.tabs import inside_maps, inside_saliency
from app.tabs.inside_view_input import ViewInput, npy_file
from app.tabs.inside_views import VIEWS
from cvdemo import images
from cvdemo.errors import SettingError
from cvdemo.feature_maps import words
from cvdemo.feature_maps.answer import has_classes, probabilities, switch_off
from cvdemo.feature_maps.layers import layer_rows
from cvdemo.input_size import shown_at
from cvdemo.inside import activations
from cvdemo.inside.activations import ForwardPass, PassRequest
from cvdemo.inside.model_input import enlarged
from cvdemo.wording import FAMILY_WORDS, percent


@dataclass(frozen=True)
class Shown:
    """What one visitor's page shows: the photo and what was asked of each model; the passes themselves are shared."""

    path: Path
    photo_wh: tuple[int, int]
    asked: tuple[PassRequest, ...]


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
        "stops": [stop.title for stop in one.stops],
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
    return f"{one.labels[int(chances.argmax())]}, {percent(float(chances.max()))}"


def drawn(given: ViewInput) -> dict[str, Any]:
    """Return the open view's sentence and cards, and where the point fell in each model's picture."""
    view = named(given.settings.view)
    points = [one.point(given.point_rc) for one in given.seen]
    return {
        "view": view.ID,
        "point": list(given.point_rc),
        "answer": view.answer(given),
        "cards": view.draw(given),
        "why": view.why(given) if hasattr(view, "why") else view.WHY,
        "columns": view.columns(given) if hasattr(view, "columns") else [],
        "points": [list(point) for point, _ in points],
        "notes": [words.CUT_OFF if gone else None for _, gone in points],
        "sizes": [shown_at(one.spec.name, one.picture.size_hw[0]) for one in given.seen],
        "layers": view.layers(given) if hasattr(view, "layers") else _layers(given),
        "runs": activations.network_runs(),
    }


def answered(shown: Shown, settings: Any, question: dict[str, Any]) -> dict[str, Any]:
    """Answer a click or a slider move out of what is known; ``{"work": True}`` when a network has to run first."""
    passes = [activations.known(one) for one in shown.asked]
    seen = tuple(one for one in passes if one is not None)
    if len(seen) < len(passes):
        return {"work": True}
    given = ViewInput(shown.path, seen, photo_point(question, shown.photo_wh), settings)
    if question.get("npy") is True:
        return {"files": [npy_file(stem, array) for stem, array in named(settings.view).arrays(given)]}
    if isinstance(question.get("classes"), str):
        return {"classes": inside_saliency.classes(given, question["classes"][:80])}
    if isinstance(question.get("off"), dict):
        return _switched_off(given, question["off"])
    if isinstance(question.get("table"), str):
        _, one = _one(given, question["table"])
        return {"table": layer_rows(one), "runs": activations.network_runs()}
    return drawn(given) if named(settings.view).known(given) else {"work": True}


def _layers(given: ViewInput) -> list[str]:
    return [one.stops[given.stop(number)].title for number, one in enumerate(given.seen)]


def _one(given: ViewInput, model: Any) -> tuple[int, ForwardPass]:
    for number, one in enumerate(given.seen):
        if one.asked.model == model:
            return number, one
    raise SettingError("This model is not among the chosen ones. Choose it first.")


def _switched_off(given: ViewInput, asked: dict[str, Any]) -> dict[str, Any]:
    """Run a model with one channel of the shown layer switched off; return the sentence."""
    number, one = _one(given, asked.get("model"))
    channel = inside_maps.CHANNEL.sound(asked.get("channel"))
    return {"off": words.without(switch_off(one, given.stop(number), channel)), "runs": activations.network_runs()}

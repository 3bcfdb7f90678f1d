"""The view Saliency: what a method holds responsible for a class, with the checks beside each map."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_look import Look, one_of, own, packed
from app.tabs.saliency_curves import curves
from cvdemo.errors import SettingError
from cvdemo.inside.seeing import OWN_LABELS, Seen
from cvdemo.saliency import checks, study, words
from cvdemo.saliency.compared import compared, share_of_photo
from cvdemo.saliency.faithful import FILL
from cvdemo.saliency.measures import resized, scaled
from cvdemo.saliency.methods import METHODS, Method, methods_for
from cvdemo.saliency.study import Evidence

ID = "saliency"
TITLE = "Saliency"
WHY = words.WHY
DEFAULTS: dict[str, Any] = {"method": "gradcam", "class": "", "not": "", "check": False, "run": False}
DEPTH = False  # a map is made of the last layer whatever the slider says: it is not shown
SMOOTH = 96  # a map is sent with about so many rows, bilinear, as all such maps are drawn


@dataclass(frozen=True)
class Settings:
    """Method, class and rival ('' = the predicted one, none), whether checks are wanted, and whether a slow map is."""

    method: str
    target: str
    against: str
    check: bool
    run: bool


def settings(value: Any) -> Settings:
    """Return sound settings.

    Raises:
        SettingError: a setting that does not exist or is of the wrong kind.
    """
    asked = own(value, DEFAULTS)
    for name in ("class", "not"):
        if not isinstance(asked[name], str) or len(asked[name]) > 80:
            raise SettingError("A class is named by at most 80 letters.")
    method = one_of(asked["method"], tuple(method.name for method in METHODS), "The method")
    return Settings(
        method, asked["class"].strip(), asked["not"].strip(), asked["check"] is True, asked["run"] is True
    )  # fmt: skip


def _method(look: Look, one: Seen) -> Method:
    """Return the chosen method, or the first where that one makes no sense for the model."""
    offered = methods_for(one.spec)
    return next((method for method in offered if method.name == look.settings[ID].method), offered[0])


def _asked(look: Look, one: Seen) -> study.Asked:
    wanted = look.settings[ID]
    labels: tuple[str, ...] = ()
    if one.spec.zero_shot:
        labels = tuple(dict.fromkeys(name for name in (wanted.target, wanted.against, *OWN_LABELS) if name))
    return study.Asked(
        one.asked.digest, one.asked.model, one.asked.random, wanted.target or None, wanted.against or None, labels
    )  # fmt: skip


def _classifiers(look: Look) -> list[Seen]:
    return [one for one in look.seen if methods_for(one.spec)]


def work(look: Look, report: Any) -> None:
    """Explain each classifier; then what was asked for besides: a slow map, the checks."""
    work_tile(look, report)
    wanted = look.settings[ID]
    for one in _classifiers(look):
        found, method = study.known(_asked(look, one)), _method(look, one).name
        if found is None:
            continue
        if wanted.run and not study.map_known(found, method):
            study.map_of(found, method, lambda done, of: report("Score-CAM", done, of))
        if wanted.check and study.map_known(found, method):
            checks.check_map(found, method, lambda done, of: report("Checking the map", done, of))


def work_tile(look: Look, report: Any) -> None:
    """Explain each classifier, without checks; a class that a model does not know is told when it is drawn."""
    for one in _classifiers(look):
        report()
        asked = _asked(look, one)
        if study.known(asked) is None and study.refused(asked) is None:
            study.explain_asked(look.path, asked)


def known_tile(look: Look) -> bool:
    """Whether each classifier has been explained, or cannot be."""
    asked = [_asked(look, one) for one in _classifiers(look)]
    return all(study.known(one) is not None or study.refused(one) is not None for one in asked)


def known(look: Look) -> bool:
    """Whether all that is wanted is known."""
    if not known_tile(look):
        return False
    wanted = look.settings[ID]
    for one in _classifiers(look):
        found, method = study.known(_asked(look, one)), _method(look, one).name
        if found is None:
            continue
        ready = study.map_known(found, method)
        if (wanted.run and not ready) or (wanted.check and ready and checks.known(found, method) is None):
            return False
    return True


def _map(look: Look, one: Seen) -> tuple[Evidence, NDArray[np.float32]] | None:
    """Return what is known of a model, with its map; None without classes, for an unknown class, before a slow run."""
    if not methods_for(one.spec):
        return None
    found, method = study.known(_asked(look, one)), _method(look, one).name
    return None if found is None or not study.map_known(found, method) else (found, study.map_of(found, method))


def answer(look: Look) -> str:
    """Return in how much of the photo half of each model's saliency lies."""
    rows = [row for row in (_map(look, one) for one in look.seen) if row is not None]
    if not rows and _classifiers(look):
        return "No map yet."
    return words.answer([(found, share_of_photo(found.picture, values)) for found, values in rows])


def draw(look: Look) -> list[dict[str, Any]]:
    """Return a card a model."""
    rows = [_map(look, one) for one in look.seen]
    both = [row for row in rows if row is not None]
    shared = None
    if len(both) == 2:
        (one, first), (other, second) = both
        shared = words.shared(*compared((one.picture, first), (other.picture, second)))
    offered = [method.name for method in METHODS if any(method in methods_for(one.spec) for one in look.seen)]
    common = {"offered": offered, "shared": shared}
    return [{**common, **_card(look, one, row)} for one, row in zip(look.seen, rows, strict=True)]


def _card(look: Look, one: Seen, row: tuple[Evidence, NDArray[np.float32]] | None) -> dict[str, Any]:
    card: dict[str, Any] = {"model": one.asked.model, "map": None, "told": [], "checks": None}
    if not methods_for(one.spec):
        return {**card, "rest": "no classes", "told": [words.NO_CLASSES]}
    method, chosen = _method(look, one), look.settings[ID].method
    card["rest"] = method.title
    found = study.known(_asked(look, one))
    if found is None:
        return {**card, "told": [study.refused(_asked(look, one)) or "Not explained yet."]}
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


def classes(look: Look, text: str) -> list[str]:
    """Return up to 30 classes that the chosen models know and that contain ``text``, the likeliest ones first."""
    found: dict[str, None] = {}
    for one in _classifiers(look):
        if one.logits is not None and not one.spec.zero_shot:
            likely = [one.labels[number] for number in np.argsort(-one.logits)[:5]]
            fits = [name for name in (*likely, *one.labels) if text.casefold() in name.casefold()]
            found |= dict.fromkeys(fits if text else likely)
    return list(found)[:30]


def tile(look: Look, number: int) -> dict[str, Any] | None:
    """Return a model's map as the overview's first tile."""
    row = _map(look, look.seen[number])
    if row is None:
        return None
    found, values = row
    return {
        "column": "saliency",
        "title": _method(look, look.seen[number]).title,
        "caption": f"for {words.explained(found)}",
        "map": packed(resized(scaled(values), _smooth(values.shape)), 0.0, 1.0),
        "opens": ID,
    }


def arrays(look: Look) -> list[tuple[str, NDArray[np.float32]]]:
    """Return each map as calculated: float32 (h, w)."""
    rows = [(one, _map(look, one)) for one in look.seen]
    return [(f"{one.asked.model}-{_method(look, one).name}", row[1]) for one, row in rows if row is not None]

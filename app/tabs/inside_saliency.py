"""The view Saliency: what a method holds responsible for a class, with the checks beside each map."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_look import Look
from app.tabs.inside_saliency_asked import DEFAULTS, ID, asked_of, classifiers, map_of, method_of, settings
from app.tabs.inside_saliency_cards import draw, tile
from cvdemo.saliency import checks, study, words
from cvdemo.saliency.compared import share_of_photo

__all__ = [
    "DEFAULTS", "DEPTH", "ID", "TITLE", "WHY", "answer", "arrays", "classes", "draw", "known", "known_tile", "settings",
    "tile", "work", "work_tile",
]  # fmt: skip

TITLE = "Saliency"
WHY = words.WHY
DEPTH = False  # a map is made of the last layer whatever the slider says: it is not shown


def work(look: Look, report: Any) -> None:
    """Explain each classifier; then what was asked for besides: a slow map, the checks."""
    work_tile(look, report)
    wanted = look.settings[ID]
    for one in classifiers(look):
        found, method = study.known(asked_of(look, one)), method_of(look, one).name
        if found is None:
            continue
        if wanted.run and not study.map_known(found, method):
            study.map_of(found, method, lambda done, of: report("Score-CAM", done, of))
        if wanted.check and study.map_known(found, method):
            checks.check_map(found, method, lambda done, of: report("Checking the map", done, of))


def work_tile(look: Look, report: Any) -> None:
    """Explain each classifier, without checks; a class that a model does not know is told when it is drawn."""
    for one in classifiers(look):
        report()
        asked = asked_of(look, one)
        if study.known(asked) is None and study.refused(asked) is None:
            study.explain_asked(look.path, asked)


def known_tile(look: Look) -> bool:
    """Whether each classifier has been explained, or cannot be."""
    asked = [asked_of(look, one) for one in classifiers(look)]
    return all(study.known(one) is not None or study.refused(one) is not None for one in asked)


def known(look: Look) -> bool:
    """Whether all that is wanted is known."""
    if not known_tile(look):
        return False
    wanted = look.settings[ID]
    for one in classifiers(look):
        found, method = study.known(asked_of(look, one)), method_of(look, one).name
        if found is None:
            continue
        ready = study.map_known(found, method)
        if (wanted.run and not ready) or (wanted.check and ready and checks.known(found, method) is None):
            return False
    return True


def answer(look: Look) -> str:
    """Return in how much of the photo half of each model's saliency lies."""
    rows = [row for row in (map_of(look, one) for one in look.seen) if row is not None]
    if not rows and classifiers(look):
        return "No map yet."
    return words.answer([(found, share_of_photo(found.picture, values)) for found, values in rows])


def classes(look: Look, text: str) -> list[str]:
    """Return up to 30 classes that the chosen models know and that contain ``text``, the likeliest ones first."""
    found: dict[str, None] = {}
    for one in classifiers(look):
        if one.logits is not None and not one.spec.zero_shot:
            likely = [one.labels[number] for number in np.argsort(-one.logits)[:5]]
            fits = [name for name in (*likely, *one.labels) if text.casefold() in name.casefold()]
            found |= dict.fromkeys(fits if text else likely)
    return list(found)[:30]


def arrays(look: Look) -> list[tuple[str, NDArray[np.float32]]]:
    """Return each map as calculated: float32 (h, w)."""
    rows = [(one, map_of(look, one)) for one in look.seen]
    return [(f"{one.asked.model}-{method_of(look, one).name}", row[1]) for one, row in rows if row is not None]

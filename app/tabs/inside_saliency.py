"""The view Saliency: what a method holds responsible for a class, with the checks beside each map."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_saliency_asked import Settings, asked_of, classifiers, map_of, method_of
from app.tabs.inside_saliency_cards import draw, tile, tile_map
from app.tabs.inside_view_input import ViewInput
from cvdemo.inside import words as column_words
from cvdemo.saliency import by_depth, checks, study, words
from cvdemo.saliency.point import at_point
from cvdemo.wording import called

__all__ = [
    "DEPTH", "ID", "TITLE", "WHY", "Settings", "answer", "arrays", "classes", "draw", "known", "known_tile", "tile",
    "tiles_answer", "tiles_column", "tiles_why", "work", "work_tile",
]  # fmt: skip

ID = "saliency"
TITLE = "Saliency"
WHY = words.WHY
DEPTH = False  # a map is made of the last layer whatever the slider says: it is not shown


def work(given: ViewInput, report: Any) -> None:
    """Explain each classifier; then what was asked for besides: a slow map, the checks."""
    _explain(given, report)
    wanted = given.settings.saliency
    for one in classifiers(given):
        found, method = study.known(asked_of(given, one)), method_of(given, one).name
        if found is None:
            continue
        if wanted.run and not study.map_known(found, method):
            study.map_of(found, method, lambda done, of: report("Score-CAM", done, of))
        if wanted.check and study.map_known(found, method):
            checks.check_map(found, method, lambda done, of: report("Checking the map", done, of))


def work_tile(given: ViewInput, report: Any) -> None:
    """Explain each classifier at every depth, without checks."""
    _explain(given, report)
    for one in classifiers(given):
        found = study.known(asked_of(given, one))
        if found is not None and by_depth.known(found) is None:
            report()
            by_depth.explain_layers(found, one.stops)


def _explain(given: ViewInput, report: Any) -> None:
    """Explain each classifier; a class that a model does not know is told when it is drawn."""
    for one in classifiers(given):
        report()
        asked = asked_of(given, one)
        if study.known(asked) is None and study.refused(asked) is None:
            study.explain_asked(given.path, asked)


def known_tile(given: ViewInput) -> bool:
    """Whether each classifier has been explained at every depth, or cannot be."""
    found = (study.known(asked_of(given, one)) for one in classifiers(given))
    return _explained(given) and all(one is None or by_depth.known(one) is not None for one in found)


def _explained(given: ViewInput) -> bool:
    asked = [asked_of(given, one) for one in classifiers(given)]
    return all(study.known(one) is not None or study.refused(one) is not None for one in asked)


def known(given: ViewInput) -> bool:
    """Whether all that is wanted is known."""
    if not _explained(given):
        return False
    wanted = given.settings.saliency
    for one in classifiers(given):
        found, method = study.known(asked_of(given, one)), method_of(given, one).name
        if found is None:
            continue
        ready = study.map_known(found, method)
        if (wanted.run and not ready) or (wanted.check and ready and checks.known(found, method) is None):
            return False
    return True


def answer(given: ViewInput) -> str:
    """Return how much the point matters to each model, by its rank in each map."""
    rows = [(one, row) for one in given.seen if (row := map_of(given, one)) is not None]
    if not rows and classifiers(given):
        return words.NO_MAP
    heats = [at_point(found.picture, values, given.point_rc) for _, (found, values) in rows]
    return words.answer(called(one.spec for one, _ in rows), heats)


def tiles_answer(given: ViewInput) -> str | None:
    """Return the same for the overview's tiles; None where no model has a map."""
    rows = [(one, row) for number, one in enumerate(given.seen) if (row := tile_map(given, number)) is not None]
    if not rows:
        return None
    heats = [at_point(found.picture, values, given.point_rc) for _, (found, values) in rows]
    return words.answer(called(one.spec for one, _ in rows), heats)


def tiles_why(given: ViewInput) -> str | None:
    """Return what the checks say of the overview's maps; None where they have not been made, or for earlier layers."""
    rows = []
    for number, one in enumerate(given.seen):
        found = study.known(asked_of(given, one)) if one in classifiers(given) else None
        made = checks.known(found, method_of(given, one).name) if found else None
        if made and given.stop(number) == len(one.stops) - 1:
            rows.append((one, made))
    names = called(one.spec for one, _ in rows)
    halves = [(made.deletion.half_at, made.blob.half_at) for _, made in rows]
    return words.believed([(name, *half) for name, half in zip(names, halves, strict=True)]) if rows else None


def tiles_column(given: ViewInput) -> str:
    """Return the sentence over the overview's maps."""
    found = [row[0] for number in range(len(given.seen)) if (row := tile_map(given, number)) is not None]
    return column_words.matters([words.explained(one) for one in found])


def classes(given: ViewInput, text: str) -> list[str]:
    """Return up to 30 classes that the chosen models know and that contain ``text``, the likeliest ones first."""
    found: dict[str, None] = {}
    for one in classifiers(given):
        if one.logits is not None and not one.spec.zero_shot:
            likely = [one.labels[number] for number in np.argsort(-one.logits)[:5]]
            fits = [name for name in (*likely, *one.labels) if text.casefold() in name.casefold()]
            found |= dict.fromkeys(fits if text else likely)
    return list(found)[:30]


def arrays(given: ViewInput) -> list[tuple[str, NDArray[np.float32]]]:
    """Return each map as calculated: float32 (h, w)."""
    rows = [(one, map_of(given, one)) for one in given.seen]
    return [(f"{one.asked.model}-{method_of(given, one).name}", row[1]) for one, row in rows if row is not None]

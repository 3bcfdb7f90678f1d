"""Turns studies of effective fields into what the Receptive field tab draws; no network runs here."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.tabs.missing import cost
from cvdemo import images, weights
from cvdemo.catalogue import get
from cvdemo.input_size import not_its_own
from cvdemo.inside.model_input import SquarePhoto
from cvdemo.receptive_field import charts, words
from cvdemo.receptive_field.growth_chart import first_whole, growth, sides
from cvdemo.receptive_field.heat import over_photo
from cvdemo.receptive_field.mass import SHARES
from cvdemo.receptive_field.settings import Settings
from cvdemo.receptive_field.sizes import at_sizes, flips
from cvdemo.receptive_field.study import FieldRequest, Measured, Study, known, stop_at, table
from cvdemo.receptive_field.table import Layer, LayerTable
from cvdemo.receptive_field.translations import COPIES
from cvdemo.receptive_field.units import centre_of, square_of, unit_at
from cvdemo.wording import FAMILY_TITLES

PLAIN: dict[str, Any] = {"log": False, "shortest": False}
MARGIN_LOW, MARGIN_HIGH = 0.06, 0.5  # of the picture's side, around it


@dataclass(frozen=True)
class Shown:
    """What one visitor's page shows: request and picture of each model that could be measured, and the point."""

    asked: tuple[FieldRequest, ...]
    squares: tuple[SquarePhoto, ...]
    point_rc: tuple[int, int]


def curves(shown: Shown, log: bool) -> list[dict[str, Any]]:
    """Return what the growth chart needs of each model."""
    rows = []
    for asked in shown.asked:
        spec, layers = get(asked.model), table(asked.model, asked.side)
        study = known(asked)
        lines = growth(layers, study, log)
        rows.append(
            {
                "model": asked.model,
                "title": spec.title,
                "family": spec.family,
                "word": FAMILY_TITLES[spec.family],
                "side": asked.side,
                "random": study.weights == "random" if study else asked.random,
                "labels": [layer.label for layer in layers.stops],
                "theory": lines.theory,
                "shortest": lines.shortest,
                "effective": [lines.effective[share] for share in SHARES],
                "beyond": words.beyond(spec.title, lines.beyond, asked.side),
            }
        )
    return rows


def at_depth(shown: Shown, settings: Settings) -> dict[str, Any]:
    """Return picture, figures and sentences at one depth."""
    cards = [_card(asked, square, settings) for asked, square in zip(shown.asked, shown.squares, strict=True)]
    wide = _wide(shown)
    return {
        "answer": words.answer([sight for _, sight in cards], settings.share),
        "cards": [{**card, "extent": wide * card["side"]} for card, _ in cards],
        "sizes": by_size(shown, settings),
    }


def by_size(shown: Shown, settings: Settings) -> dict[str, Any]:
    """Return the effective field against the input size, as far as it is known, and whether the order turns over."""
    own = [asked.side for asked in shown.asked]
    models = [
        at_sizes(get(asked.model), asked, square, shown.point_rc, settings.depth, settings.share, own)
        for asked, square in zip(shown.asked, shown.squares, strict=True)
    ]
    return {"chart": charts.by_size(models, settings.side).plain(), "warning": flips(models)}


def _nothing(asked: FieldRequest) -> Study:
    return Study(asked, "random", (None,))


def _card(asked: FieldRequest, square: SquarePhoto, settings: Settings) -> tuple[dict[str, Any], words.Sight]:
    spec, layers = get(asked.model), table(asked.model, asked.side)
    number = stop_at(layers.stops, settings.depth)
    layer, study = layers.stops[number], known(asked) or _nothing(asked)
    stop = study.stops[number] if len(study.stops) > number else None
    unit = unit_at(layer, asked.point, asked.side)
    centre = centre_of(layer, unit, asked.side)
    heat = stop.influence if stop else None
    sight, shown = (_sight(layers, number, study, view) for view in (replace(settings, **PLAIN), settings))
    figures = _figures(layer, shown, settings)
    card = {
        "model": asked.model,
        "title": spec.title,
        "family": spec.family,
        "word": FAMILY_TITLES[spec.family],
        "layer": layer.label,
        "stop": number,
        "side": asked.side,
        "size_note": not_its_own(asked.model, asked.side),
        "random": (study.weights == "random") if stop else asked.random,
        "heat": images.data_url(over_photo(square.pixels, heat, settings.log), quality=88),
        "theory": square_of(layer, unit, asked.side, settings.shortest),
        "effective": _centred(centre, shown.effective),
        "point": [centre[1] + 0.5, centre[0] + 0.5],
        "figures": figures,
        "steadiness": _steadiness(stop, settings),
        "gate": layer.field.global_gate,
        "fetch": _fetch(asked, settings),
        "alt": f"{spec.title}, {layer.label}: {figures[0][0]}, {figures[0][1]}. {figures[1][0]}, {figures[1][1]}.",
    }
    return card, sight


def _fetch(asked: FieldRequest, settings: Settings) -> str | None:
    """Return the words of the button that fetches trained weights, where that is possible and wanted."""
    offered = weights.online() and weights.state(get(asked.model)) == "download"
    return cost(get(asked.model)) if asked.random and not settings.random and offered else None


def _sight(layers: LayerTable, number: int, study: Study, settings: Settings) -> words.Sight:
    """Return what a unit sees under the settings; the answer takes the longest path and the raw gradient always."""
    layer = layers.stops[number]
    field = layer.shortest if settings.shortest else layer.field
    held = sides(study, number, layer, settings.log) if len(study.stops) > number else None
    effective = held[SHARES.index(settings.share)] if held else None
    count = layer.output_hw[0] * layer.output_hw[1]
    return words.Sight(get(layers.model).title, field.size, effective, layers.side, count, first_whole(layers))


def _figures(layer: Layer, sight: words.Sight, settings: Settings) -> list[tuple[str, str]]:
    return [
        words.theory_figure(sight, layer.layout == "tokens", settings.shortest),
        words.effective_figure(sight, settings.share, settings.log),
        words.ratio_figure(sight, settings.log, settings.shortest),
    ]


def _steadiness(stop: Measured | None, settings: Settings) -> str | None:
    """Return what stands behind the i: of the raw gradient's side, once there are copies enough to tell."""
    if stop is None or stop.copies < 4 or settings.log:
        return None
    return words.steadiness(float(np.std(stop.sides[:, SHARES.index(settings.share)])), stop.copies)


def _centred(centre: tuple[float, float], effective: int | None) -> list[float] | None:
    """Return x0, y0, x1, y1 of the effective square, in pixels from the picture's corner."""
    if effective is None:
        return None
    (row, column), half = centre, effective / 2
    return [column + 0.5 - half, row + 0.5 - half, column + 0.5 + half, row + 0.5 + half]


def _wide(shown: Shown) -> float:
    """Return how many photos wide each stage is: so wide that what the fields see outside the photo has room.

    It does not depend on the depth, so that the photo does not shrink while the slider moves, and is one for all
    models: their photos are equally large on the page, however many pixels they have.
    """
    return max((1 + 2 * _margin(asked) / asked.side for asked in shown.asked), default=1.0)


def _margin(asked: FieldRequest) -> float:
    needed = max((_overhang(layer, asked) for layer in table(asked.model, asked.side).stops), default=0)
    return min(max(1.03 * needed, MARGIN_LOW * asked.side), MARGIN_HIGH * asked.side)


def _overhang(layer: Layer, asked: FieldRequest) -> int:
    x0, y0, x1, y1 = square_of(layer, unit_at(layer, asked.point, asked.side), asked.side)
    return max(-x0, -y0, x1 - asked.side, y1 - asked.side)


def refined(shown: Shown) -> dict[str, Any]:
    """Return how far averaging is; ``seen`` counts what is measured, so that later states can be told from earlier."""
    studies = [known(asked) or _nothing(asked) for asked in shown.asked]
    copies = min((study.copies for study in studies), default=0)
    seen = sum(stop.copies for study in studies for stop in study.stops if stop)
    text = words.averaged(copies, COPIES)
    return {"copies": copies, "of": COPIES, "text": text, "done": copies >= COPIES, "seen": seen}


def ran(shown: Shown) -> str:
    """Return what ran for this point."""
    studies = [study for asked in shown.asked if (study := known(asked))]
    rows = [(get(study.asked.model).title, study.network_ms) for study in studies]
    return words.ran(rows, sum(study.runs for study in studies)) if rows else ""

"""How both fields grow with depth: the curves of one model, and the layers that look farther than the photo."""

from dataclasses import dataclass

from cvdemo.receptive_field.mass import SHARES, logged, sides_for
from cvdemo.receptive_field.study import Measured, Study
from cvdemo.receptive_field.table import Layer, LayerTable
from cvdemo.receptive_field.units import centre_of, unit_at
from cvdemo.results import Results

_sides = Results(8 * 1024 * 1024)  # by what was asked, stop, copies and scale


@dataclass(frozen=True)
class Growth:
    """The curves of one model, a value a stop.

    Args:
        theory, shortest: sides in pixels; None = the whole photo.
        effective: by share of the mass; None = not measured yet.
        beyond: how many of the stops see more than the photo is wide.
    """

    theory: tuple[int | None, ...]
    shortest: tuple[int | None, ...]
    effective: dict[float, tuple[int | None, ...]]
    beyond: int


def growth(table: LayerTable, study: Study | None, log: bool = False) -> Growth:
    """Return the curves of what is known so far."""
    stops = table.stops
    rows = [sides(study, number, layer, log) if study else None for number, layer in enumerate(stops)]
    effective = {share: tuple(row[place] if row else None for row in rows) for place, share in enumerate(SHARES)}
    farther = sum(1 for layer in stops if (layer.field.size or 0) > table.side)
    theory, shortest = (tuple(field.size for field in fields) for fields in zip(
        *((layer.field, layer.shortest) for layer in stops), strict=True))  # fmt: skip
    return Growth(theory, shortest, effective, farther)


def sides(study: Study, number: int, layer: Layer, log: bool = False) -> tuple[int, ...] | None:
    """Return the sides that hold 20, 50 and 95 % of the mass at stop ``number``; None while it is not measured."""
    stop = study.stops[number]
    if stop is None:
        return None
    key = (study.asked, number, stop.copies, log)
    known = _sides.get(key)
    if known is None:
        known = _held(stop, layer, study, log)
        _sides.put(key, known)
    return known


def _held(stop: Measured, layer: Layer, study: Study, log: bool) -> tuple[int, ...]:
    asked = study.asked
    centre = centre_of(layer, unit_at(layer, asked.point, asked.side), asked.side)
    return sides_for(logged(stop.influence) if log else stop.influence, centre)


def first_whole(table: LayerTable) -> str | None:
    """Return the label of the first stop whose units see the whole photo."""
    return next((layer.label for layer in table.stops if layer.field.size is None), None)

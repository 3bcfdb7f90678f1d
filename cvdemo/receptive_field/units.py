"""From a point of the photo to a unit of a layer's map, and back to the unit's place in the picture."""

from cvdemo.errors import SettingError
from cvdemo.inside.crop import Pair, Point
from cvdemo.receptive_field.axis import Even
from cvdemo.receptive_field.table import Layer


def unit_at(layer: Layer, point: Point, side: int) -> Pair:
    """Return (row, column) of the unit whose centre lies nearest to ``point`` of a picture of ``side`` pixels."""
    return _nearest(layer, 0, point[0], side), _nearest(layer, 1, point[1], side)


def _nearest(layer: Layer, axis: int, place: float, side: int) -> int:
    count = layer.output_hw[axis]
    seen = (layer.field.rows, layer.field.columns)[axis]
    if isinstance(seen, Even):
        unit = round((place - seen.first - (seen.size - 1) / 2) / seen.stride)
    else:
        unit = int((place + 0.5) * count / side)
    return min(max(unit, 0), count - 1)


def centre_of(layer: Layer, unit: Pair, side: int) -> Point:
    """Return the middle of a unit's field, in pixels of the picture (the first pixel's middle is 0)."""
    return _centre(layer, 0, unit[0], side), _centre(layer, 1, unit[1], side)


def _centre(layer: Layer, axis: int, unit: int, side: int) -> float:
    seen = (layer.field.rows, layer.field.columns)[axis]
    if isinstance(seen, Even):
        first, last = seen.interval(unit)
        return (first + last) / 2
    return (unit + 0.5) * side / layer.output_hw[axis] - 0.5


def square_of(layer: Layer, unit: Pair, side: int, shortest: bool = False) -> tuple[int, int, int, int]:
    """Return x0, y0, x1, y1 of what a unit can see, parts outside the picture included; x1 and y1 are outside it."""
    field = layer.shortest if shortest else layer.field
    if field.rows is None or field.columns is None:
        return 0, 0, side, side
    (top, bottom), (left, right) = field.rows.interval(unit[0]), field.columns.interval(unit[1])
    return left, top, right + 1, bottom + 1


def check_unit(layer: Layer, row: int, column: int) -> Pair:
    """Return the unit.

    Raises:
        SettingError: it lies outside the map.
    """
    rows, columns = layer.output_hw
    if not (0 <= row < rows and 0 <= column < columns):
        raise SettingError(
            f"The map of {layer.name} has {rows} x {columns} units: row must be from 0 to {rows - 1} and "
            f"column from 0 to {columns - 1}."
        )
    return row, column

"""Measures effective fields at one point: first of one layer, then of all, over more and more copies of the photo.

What is known already is kept by photo, model and point: a slider acts on that and runs no network.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import runs
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import SettingError
from cvdemo.input_size import own_side
from cvdemo.inside.crop import Point
from cvdemo.inside.model_input import SquarePhoto, normalised, square_photo
from cvdemo.receptive_field.mass import sides_for
from cvdemo.receptive_field.table import Layer, LayerTable, check
from cvdemo.receptive_field.translations import shifted
from cvdemo.receptive_field.units import centre_of, unit_at
from cvdemo.results import Count, Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

OnProgress = Callable[[str, Progress], None]

_measured = Results("effective fields")
_units = Results("effective fields of one unit")
_runs = Count()


def network_runs() -> int:
    """Return how many times a network has run for this lab since the start."""
    return _runs.total


def network_turn() -> AbstractContextManager[runs.Took]:
    """Hold the device for one run of a borrowed network, and count it among those of this lab, see `runs.turn`."""
    return runs.turn(_runs)


@dataclass(frozen=True)
class FieldRequest:
    """What a measurement depends on.

    Args:
        digest: of the photo.
        random: random weights, also where trained ones are here.
        side: of the picture, in pixels.
        point: row and column in the picture.
    """

    digest: str
    model: str
    random: bool
    side: int
    point: Point


@dataclass(frozen=True)
class Measured:
    """The effective field of one unit.

    Args:
        influence: float32 (side, side), the mean over ``copies`` of |gradient|; not negative.
        sides: a row for each copy: the sides that hold 20, 50 and 95 % of its mass.
    """

    influence: NDArray[np.float32]
    copies: int
    sides: NDArray[np.int32]


@dataclass(frozen=True)
class Study:
    """What is known of one model at one point: a `Measured` for each stop of its depth slider, or None.

    ``network_ms`` is the time of the last run, forward and back; ``runs`` counts them.
    """

    asked: FieldRequest
    weights: str
    stops: tuple[Measured | None, ...]
    network_ms: float = 0.0
    runs: int = 0

    @property
    def copies(self) -> int:
        """Over how many copies every stop is averaged."""
        return min((stop.copies if stop else 0) for stop in self.stops)


def table(model: str, side: int) -> LayerTable:
    """Return `layers.layer_table`; torch comes in with the first call."""
    from cvdemo.receptive_field.layers import layer_table

    return layer_table(model, side)


def asked_for(
    path: Path, model: str, random: bool, side: int | None, point_rc: tuple[int, int], fetch: bool = False
) -> tuple[FieldRequest, SquarePhoto]:
    """Return what to measure for a point (row, column) of the photo at ``path``, and the picture.

    Args:
        side: None: the model's own.
        fetch: take trained weights also where they are to be downloaded first.

    Raises:
        PhotoError, SettingError: no readable photo; a model or side that this lab cannot take.
    """
    check(model)
    shown = square_photo(path, table(model, side or own_side(model)).side)
    taken = shown.pixels.shape[0]
    point, _ = shown.crop.to_picture(point_rc, (taken, taken))
    invented = runs.invented(get(model), "random" if random else "trained" if fetch else "random where absent")
    return FieldRequest(shown.digest, model, invented, taken, point), shown


def at_side(asked: FieldRequest, shown: SquarePhoto, point_rc: tuple[int, int], side: int) -> FieldRequest:
    """Return the same question for pictures of about ``side`` pixels."""
    own_side = table(asked.model, side).side
    point, _ = shown.crop.to_picture(point_rc, (own_side, own_side))
    return FieldRequest(asked.digest, asked.model, asked.random, own_side, point)


def known(asked: FieldRequest) -> Study | None:
    """Return what has been measured for ``asked`` so far."""
    return _measured.get(asked)


def stop_at(stops: tuple[Layer, ...], depth: float) -> int:
    """Return the number of the stop at ``depth``, 0 (the first layer) to 1 (the last)."""
    return round(min(max(depth, 0.0), 1.0) * (len(stops) - 1))


def measure(
    asked: FieldRequest, shown: SquarePhoto, copy: int = 0, only: int | None = None, progress: OnProgress | None = None
) -> Study:
    """Measure one copy of the picture: at every stop, or at stop number ``only``; return all that is known then.

    A copy that is in already, and a stop that is known, cost no network run.

    Raises:
        CvDemoError: whatever borrowing the model raised, or its numbers are none.
    """
    report = progress and partial(progress, asked.model)
    work = partial(_added, asked=asked, shown=shown, copy=copy, only=only)
    return runs.run(_measured, asked, get(asked.model), work, asked.random, report, lambda one: _has(one, copy, only))


def _has(study: Study, copy: int, only: int | None) -> bool:
    stops = study.stops if only is None else (study.stops[only],)
    return all(stop is not None and stop.copies > copy for stop in stops)


def _added(ready: "ReadyModel", asked: FieldRequest, shown: SquarePhoto, copy: int, only: int | None) -> Study:
    """Run the network once and add what it says about the stops that lack this copy."""
    from cvdemo.receptive_field.effective import Target, influence

    layers = table(asked.model, asked.side).stops
    study = known(asked) or Study(asked, ready.weights, (None,) * len(layers))
    wanted = [
        number for number, stop in enumerate(study.stops)
        if (only is None or number == only) and (stop.copies if stop else 0) == copy
    ]  # fmt: skip
    picture = shifted(normalised(shown.pixels, ready.preprocessing), copy)
    units = [unit_at(layers[number], asked.point, asked.side) for number in wanted]
    targets = [Target(layers[number], unit) for number, unit in zip(wanted, units, strict=True)]
    with network_turn() as took:
        maps = influence(ready.network, picture, ready.preprocessing.std, targets, wake=ready.weights == "random")
    runs.check_finite(ready.spec, *maps)
    stops = list(study.stops)
    for number, unit, one in zip(wanted, units, maps, strict=True):
        stops[number] = _mean(stops[number], one, centre_of(layers[number], unit, asked.side))
    return replace(study, stops=tuple(stops), network_ms=took.ms, runs=study.runs + 1)


def influence_of(
    shown: SquarePhoto, spec: ModelSpec, random: bool, layer: Layer, unit: tuple[int, int]
) -> NDArray[np.float32]:
    """Return what moves one unit of a layer, float32 (side, side); what is known runs nothing.

    Raises:
        SettingError: a layer that is no module of its own.
        CvDemoError: whatever borrowing the model raised, or its numbers are none.
    """
    key = (shown.digest, spec.name, random, len(shown.pixels), layer.name, unit)
    return runs.run(_units, key, spec, partial(_influence, shown=shown, layer=layer, unit=unit), random)


def _influence(ready: "ReadyModel", shown: SquarePhoto, layer: Layer, unit: tuple[int, int]) -> NDArray[np.float32]:
    from cvdemo.receptive_field.effective import Target, influence

    if not any(name == layer.name for name, _ in ready.network.named_modules()):
        raise SettingError(f"{layer.name} is a step inside {layer.name.rpartition('.')[0]}: ask for that layer.")
    rule = ready.preprocessing
    picture, targets = normalised(shown.pixels, rule), [Target(layer, unit)]
    with network_turn():
        (found,) = influence(ready.network, picture, rule.std, targets, wake=ready.weights == "random")
    runs.check_finite(ready.spec, found)
    return found


def _mean(before: Measured | None, influence: NDArray[np.float32], centre: Point) -> Measured:
    sides = np.array([sides_for(influence, centre)], np.int32)
    if before is None:
        return Measured(influence, 1, sides)
    count = before.copies
    mean = (before.influence * (count / (count + 1)) + influence / (count + 1)).astype(np.float32)
    return Measured(mean, count + 1, np.concatenate([before.sides, sides]))

"""Measures effective fields at one point: first of one layer, then of all, over more and more copies of the photo.

What is known already is kept by photo, model and point: a slider acts on that and runs no network.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, models, weights
from cvdemo.catalogue import get
from cvdemo.errors import ModelUnavailable
from cvdemo.inside.crop import Point
from cvdemo.inside.model_input import SquarePhoto, normalised, square_photo
from cvdemo.receptive_field.mass import sides_for
from cvdemo.receptive_field.table import Layer, LayerTable, check
from cvdemo.receptive_field.translations import shifted
from cvdemo.receptive_field.units import centre_of, unit_at
from cvdemo.results import Results
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

OnProgress = Callable[[str, Progress], None]
READY = ("bundled", "cached")

_measured = Results(384 * 1024 * 1024)
_runs = 0
_count = threading.Lock()


def network_runs() -> int:
    """Return how many times a network has run for this lab since the start."""
    return _runs


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


def uses_random(model: str, wanted: bool) -> bool:
    """Return whether ``model`` runs with random weights: because they are ``wanted``, or for lack of others here."""
    return wanted or weights.state(get(model)) not in READY


def asked_for(
    path: Path, model: str, random: bool, side: int, point_rc: tuple[int, int], fetch: bool = False
) -> tuple[FieldRequest, SquarePhoto]:
    """Return what to measure for a point (row, column) of the photo at ``path``, and the picture.

    Args:
        fetch: take trained weights also where they are to be downloaded first.

    Raises:
        PhotoError, SettingError: no readable photo; a model or side that this lab cannot take.
    """
    check(model)
    shown = square_photo(path, table(model, side).side)
    own_side = shown.pixels.shape[0]
    point, _ = shown.crop.to_picture(point_rc, (own_side, own_side))
    invented = random or (uses_random(model, False) and not fetch)
    return FieldRequest(shown.digest, model, invented, own_side, point), shown


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
    before = known(asked)
    if before is not None and _has(before, copy, only):
        return before
    report = None if progress is None else lambda step: progress(asked.model, step)
    with models.borrow(asked.model, report, asked.random) as ready:
        before = known(asked) or Study(asked, ready.weights, (None,) * len(table(asked.model, asked.side).stops))
        if not _has(before, copy, only):
            _measured.put(asked, before := _added(before, ready, shown, copy, only))
    return before


def _has(study: Study, copy: int, only: int | None) -> bool:
    stops = study.stops if only is None else (study.stops[only],)
    return all(stop is not None and stop.copies > copy for stop in stops)


def _added(study: Study, ready: "ReadyModel", shown: SquarePhoto, copy: int, only: int | None) -> Study:
    """Run the network once and add what it says about the stops that lack this copy."""
    layers, asked = table(study.asked.model, study.asked.side).stops, study.asked
    wanted = [
        number for number, stop in enumerate(study.stops)
        if (only is None or number == only) and (stop.copies if stop else 0) == copy
    ]  # fmt: skip
    picture = shifted(normalised(shown.pixels, ready.preprocessing), copy)
    units = [unit_at(layers[number], asked.point, asked.side) for number in wanted]
    maps, network_ms = run(ready, picture, [(layers[n], unit) for n, unit in zip(wanted, units, strict=True)])
    stops = list(study.stops)
    for number, unit, influence in zip(wanted, units, maps, strict=True):
        stops[number] = _mean(stops[number], influence, centre_of(layers[number], unit, asked.side))
    return replace(study, stops=tuple(stops), network_ms=network_ms, runs=study.runs + 1)


def run(
    ready: "ReadyModel", picture: NDArray[np.float32], wanted: list[tuple[Layer, tuple[int, int]]]
) -> tuple[list[NDArray[np.float32]], float]:
    """Run a borrowed model once, forward and back to each wanted (layer, unit); return the maps and milliseconds.

    Raises:
        ModelUnavailable: its numbers are none.
    """
    from cvdemo.receptive_field.effective import Target, influence

    global _runs
    targets = [Target(layer, unit) for layer, unit in wanted]
    with compute.turn():
        started = time.perf_counter()
        maps = influence(
            ready.network, picture, ready.preprocessing.std, targets, wake=ready.weights == "random"
        )  # fmt: skip
        network_ms = 1000 * (time.perf_counter() - started)
    with _count:
        _runs += 1
    if not all(np.isfinite(one).all() for one in maps):
        raise ModelUnavailable(f"{ready.spec.title} returned invalid numbers here. Choose another model.")
    return maps, network_ms


def _mean(before: Measured | None, influence: NDArray[np.float32], centre: Point) -> Measured:
    sides = np.array([sides_for(influence, centre)], np.int32)
    if before is None:
        return Measured(influence, 1, sides)
    count = before.copies
    mean = (before.influence * (count / (count + 1)) + influence / (count + 1)).astype(np.float32)
    return Measured(mean, count + 1, np.concatenate([before.sides, sides]))

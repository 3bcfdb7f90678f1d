"""The effective field of one named unit, as the API gives it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cvdemo import models
from cvdemo.errors import SettingError
from cvdemo.inside.picture import normalised
from cvdemo.receptive_field.graph import Pair
from cvdemo.receptive_field.scene import scene
from cvdemo.receptive_field.squares import SHARES, sides_for
from cvdemo.receptive_field.study import run, table, uses_random
from cvdemo.receptive_field.table import Layer, check
from cvdemo.receptive_field.units import centre_of, check_unit
from cvdemo.results import Results

_known = Results("effective fields of one unit")


def effective_field(path: Path, model: str, layer: str, unit: Pair, side: int) -> dict[str, Any]:
    """Return what moves ``unit`` (row, column) of ``layer`` most in the photo at ``path``, as JSON.

    Trained weights where they are on this machine, else random ones; ``weights`` tells which.

    Raises:
        PhotoError: the file is no picture we can read.
        SettingError: an unknown model or layer, a unit outside its map, a side that the model cannot take.
        ModelUnavailable: the model cannot be had, or computed something that is no number.
    """
    check(model)
    layers = table(model, side)
    found = layers.layer(layer)
    place = check_unit(found, *unit)
    shown = scene(path, layers.side)
    key = (shown.digest, model, uses_random(model, False), layers.side, layer, place)
    known = _known.get(key)
    if known is None:
        with models.borrow(model, random=key[2]) as ready:
            if not any(name == layer for name, _ in ready.network.named_modules()):
                raise SettingError(f"{layer} is a step inside {layer.rpartition('.')[0]}: ask for that layer.")
            (influence,), _ = run(ready, normalised(shown.pixels, ready.preprocessing), [(found, place)])
        known = influence
        _known.put(key, known)
    return {"model": model, "weights": _weights(model, key[2]), **_told(found, place, layers.side, known)}


def _weights(model: str, random: bool) -> str:
    return "random" if random else "trained"


def _told(layer: Layer, unit: Pair, side: int, influence: NDArray[np.float32]) -> dict[str, Any]:
    centre = centre_of(layer, unit, side)
    total = float(influence.sum(dtype=np.float64)) or 1.0
    held = sides_for(influence, centre)
    return {
        "layer": layer.name,
        "unit": list(unit),
        "input_size": side,
        "centre": list(centre),
        "theoretical_size": layer.field.size,
        "global_gate": layer.field.global_gate,
        "side_for_mass": {f"{share:g}": side for share, side in zip(SHARES, held, strict=True)},
        "map": [[float(f"{value:.5g}") for value in row] for row in (influence / total).tolist()],
    }

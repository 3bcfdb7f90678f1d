"""A layer's channels as JSON."""

from typing import Any

from cvdemo.feature_maps.channels import channels
from cvdemo.inside.activations import ForwardPass


def channel_rows(seen: ForwardPass, number: int) -> dict[str, Any]:
    """Return the channels of stop ``number`` as plain values."""
    stop, figures = seen.stops[number], channels(seen, number)
    return {
        "model": seen.asked.model,
        "weights": seen.weights,
        "layer": stop.name,
        "shape": [stop.channels, *stop.hw],
        "channels": [
            {
                "index": index,
                "mean": float(figures.mean[index]),
                "max": float(figures.highest[index]),
                "dead_fraction": float(figures.dead[index]),
            }
            for index in range(stop.channels)
        ],
        "layers": [one.name for one in seen.stops],
    }

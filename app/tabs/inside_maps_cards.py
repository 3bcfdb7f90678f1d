"""What the view Feature maps draws for one model: tiles of channels, one of them large, all of them as colours."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.tabs.inside_view_input import ViewInput, packed, small
from cvdemo import images
from cvdemo.feature_maps import words
from cvdemo.feature_maps.answer import has_classes, known_contributions
from cvdemo.feature_maps.channels import RANKS, Rank, channels, histogram, order, standing_out
from cvdemo.feature_maps.kernels import first_kernels
from cvdemo.inside.activations import ForwardPass
from cvdemo.inside.projection import colours, projected


def standing(given: ViewInput, number: int) -> tuple[int, float]:
    """Return which channel of a model stands out most at the point, and how far."""
    stop = given.stop(number)
    return standing_out(given.seen[number].maps[stop], given.unit(number, stop))


def here_and_mean(given: ViewInput, number: int, channel: int) -> tuple[float, float]:
    """Return a channel's value at the point, and its mean over the model's picture."""
    one = given.seen[number].maps[given.stop(number)][channel]
    return float(one[given.unit(number, given.stop(number))]), float(one.mean())


def card(given: ViewInput, number: int) -> dict[str, Any]:
    """Return all that is drawn of a model."""
    one, stop = given.seen[number], given.stop(number)
    wanted = given.settings.maps
    by_channel = known_contributions(one) if has_classes(one) else None
    layer, figures = one.stops[stop], channels(one, stop)
    rank: Rank = "mean" if wanted.rank == "contribution" and by_channel is None else wanted.rank
    ranked = order(figures, rank, by_channel[stop] if by_channel else None)
    best, score = standing(given, number)
    chosen = wanted.channel.get(one.asked.model, best)
    chosen = chosen if chosen < layer.channels else best
    return {
        "model": one.asked.model,
        "layer": layer.title,
        "size": f"{layer.hw[0]} x {layer.hw[1]}",
        "channels": layer.channels,
        "low": figures.low,
        "high": figures.high,
        "tiles": [_tile(one.maps[stop][channel], int(channel)) for channel in ranked[: wanted.count]],
        "rank": rank,
        "ranks": [name for name in RANKS if name != "contribution" or has_classes(one)],
        "colours": images.data_url(colours(projected(one, stop)), format="png"),
        "large": _large(one.maps[stop][chosen], chosen),
        "weights": _weights(one, chosen) if stop == 0 else None,
        "here": words.deviations(score) if chosen == best else None,
        "can_switch": has_classes(one),
    }


def _tile(one: NDArray[np.float32], channel: int) -> dict[str, Any]:
    return {"channel": channel, **packed(small(one))}


def _weights(one: ForwardPass, channel: int) -> dict[str, Any] | None:
    found = first_kernels(one).picture(channel)
    return None if found is None else {"side": len(found), "rgb": found.reshape(-1, 3).tolist()}


def _large(one: NDArray[np.float32], channel: int) -> dict[str, Any]:
    counts, low, high = histogram(one)
    return {
        "channel": channel,
        "map": packed(one),
        "mean": float(one.mean()),
        "dead": words.quiet(one),
        "histogram": counts.tolist(),
        "low": low,
        "high": high,
    }

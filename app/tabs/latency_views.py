"""Turns sweeps, layer times and accuracies into what the four views of the Latency tab draw."""

from collections.abc import Sequence
from typing import Any

from cvdemo.latency import charts
from cvdemo.latency import view_words as words
from cvdemo.latency.accuracy import own_points, points
from cvdemo.latency.layers import LayerTimes
from cvdemo.latency.settings import Settings
from cvdemo.latency.sweep import Sweep


def of_sweep(found: Sweep) -> dict[str, Any]:
    """Return a sweep over sizes (milliseconds) or batches (photos a second)."""
    chart = charts.growth(found)
    note = words.dots(found.kind, found.settings)
    return {"now": found.now, "chart": chart.plain(), "text": chart.answer, "note": note}


def of_layers(found: Sequence[LayerTimes]) -> dict[str, Any]:
    """Return the five slowest layers of each model."""
    most = max((layer.ms for one in found for layer in one.slowest), default=1.0)
    rows = [
        {"title": one.title, "family": one.family, "chart": charts.slowest_layers(one, most).plain()} for one in found
    ]
    return {"text": words.layers(found), "models": rows}


def of_accuracy(models: Sequence[str], settings: Settings) -> dict[str, Any]:
    """Return every model timed here with these settings over its published accuracy."""
    known, own = points(settings.side, settings.engine), own_points(settings.side, settings.engine)
    elsewhere = {one.model for one in own}
    left_out = words.without_accuracy([model for model in models if model not in elsewhere])
    chart = charts.accuracy_over_time(known, words.accuracy(known, left_out))
    drawn = chart.plain() if known else None  # the answer says why not
    ours = charts.accuracy_over_time(own, words.own_accuracy(own), own=True) if own else None
    said = [chart.answer] if known or not ours else []
    text = " ".join([*said, *([ours.answer] if ours else [])])
    return {
        "text": text,
        "note": words.one_photo(settings),
        "chart": drawn,
        "own": ours.plain() if ours else None,
    }

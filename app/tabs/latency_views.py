"""Turns sweeps, layer times and accuracies into what the four views of the Latency tab draw."""

from collections.abc import Sequence
from typing import Any

from cvdemo.latency import view_words as words
from cvdemo.latency.accuracy import points
from cvdemo.latency.fits import exponent, knee
from cvdemo.latency.layers import LayerTimes
from cvdemo.latency.settings import Settings
from cvdemo.latency.sweep import Line, Sweep
from cvdemo.wording import milliseconds


def of_sweep(found: Sweep) -> dict[str, Any]:
    """Return a sweep over sizes (milliseconds) or batches (photos a second)."""
    return {
        "now": found.now,
        "lines": [_line(found, line) for line in found.lines if line.steps],
        "text": (words.sides if found.kind == "side" else words.batches)([one for one in found.lines if one.steps]),
        "note": "One photo, PyTorch, median of five runs a dot."
        if found.kind == "side"
        else f"Photos of {found.settings.side} px, PyTorch, median of five runs a dot.",
    }


def _line(found: Sweep, line: Line) -> dict[str, Any]:
    rates = [1000 * step / ms for step, ms in zip(line.steps, line.ms, strict=True)]
    fit = exponent(line.steps, line.ms) if found.kind == "side" else None
    stops = knee(line.steps, line.ms) if found.kind == "batch" else None
    return {
        "model": line.model,
        "title": line.title,
        "family": line.family,
        "steps": list(line.steps),
        "values": [float(f"{value:.4g}") for value in (line.ms if found.kind == "side" else rates)],
        "exponent": f"side to the power {fit.value:.2f}" if fit else None,
        "knee": stops.batch if stops else None,
    }


def of_layers(found: Sequence[LayerTimes]) -> dict[str, Any]:
    """Return the five slowest layers of each model."""
    return {
        "text": words.layers(found),
        "models": [
            {
                "title": one.title,
                "family": one.family,
                "rows": [
                    {"name": layer.name, "kind": layer.kind, "ms": layer.ms, "text": milliseconds(layer.ms),
                     "share": f"{100 * layer.share:.0f} %"}
                    for layer in one.slowest
                ],
            }
            for one in found
        ],
    }  # fmt: skip


def of_accuracy(models: Sequence[str], settings: Settings) -> dict[str, Any]:
    """Return every model timed here with these settings over its published accuracy."""
    known = points(settings.side, settings.engine)
    return {
        "text": words.accuracy(known, words.without_accuracy(models)),
        "note": f"One photo at {settings.side} px.",
        "points": [
            {
                "title": one.title,
                "family": one.family,
                "ms": one.ms,
                "accuracy": one.accuracy,
                "best": one.best,
                "recipe": f"{one.accuracy:.1f} % ({one.recipe}"
                + (f", {one.published_side} px)" if one.published_side else ")"),
                "said": f"{one.title}: {milliseconds(one.ms)} here, {one.accuracy:.1f} % published for {one.recipe}.",
            }
            for one in sorted(known, key=lambda one: one.ms)
        ],
    }

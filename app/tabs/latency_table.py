"""All figures of a duel as a table of texts."""

from typing import Any

from cvdemo.latency import words
from cvdemo.latency.result import Duel, Racer
from cvdemo.wording import megabytes, milliseconds, scaled

COLUMNS = (
    "Model", "Engine", "Median", "90 %", "95 %", "99 %", "Spread", "Runs", "Parameters", "Multiply-adds",
    "Activations", "Memory",
)  # fmt: skip
UNKNOWN = "not known"


def table(duel: Duel) -> dict[str, Any]:
    """Return columns and rows; a row begins with the model's family."""
    return {"columns": list(COLUMNS), "rows": [_row(duel, racer) for racer in duel.racers]}


def _row(duel: Duel, racer: Racer) -> list[str]:
    found = duel.percentiles(racer) if racer.failed is None else None
    times = [milliseconds(getattr(found, name)) for name in ("p50", "p90", "p95", "p99", "spread")] if found else []
    return [
        racer.family,
        racer.title,
        words.engine_line(racer),
        *(times or ["left out"] * 5),
        f"{len(duel.times(racer)) if found else 0}",
        scaled(racer.parameter_count) if racer.parameter_count else UNKNOWN,
        scaled(racer.multiply_adds) if racer.multiply_adds else UNKNOWN,
        scaled(racer.activation_count) if racer.activation_count else UNKNOWN,
        megabytes(racer.peak_bytes) if racer.peak_bytes else UNKNOWN,
    ]

"""What engines and precisions cost and change, in sentences."""

import math

from cvdemo import weights
from cvdemo.latency.result import Duel, Racer
from cvdemo.latency.words import ENGINE_WORDS, PRECISION_WORDS, engine_line
from cvdemo.wording import NBSP, milliseconds


def ways(duel: Duel, known: dict[str, dict[str, float]]) -> list[str]:
    """Return what each engine and precision that was measured here costs each model, and how far its answers move.

    Args:
        known: by model, the median milliseconds by ``engine precision``.
    """
    told = []
    for racer in {racer.model: racer for racer in duel.standing}.values():
        rows = [(_way(way), ms) for way, ms in sorted(known.get(racer.model, {}).items(), key=lambda row: row[1])]
        text = ", ".join(f"{way} {milliseconds(ms)}" for way, ms in rows)
        moved = "" if racer.difference is None else f"; {_moved(racer)}"
        if len(rows) > 1 or moved:
            told.append(f"{racer.title}: {text}{moved}.")
    return told


def _way(way: str) -> str:
    engine, precision = way.split(" ")
    return f"{ENGINE_WORDS.get(engine, engine)} {PRECISION_WORDS.get(precision, precision)}"


def _moved(racer: Racer) -> str:
    return (
        f"with {engine_line(racer)}, probabilities move by at most {_at_most(racer.difference or 0.0)}{_right(racer)}"
    )


def _at_most(value: float) -> str:
    """Return ``value`` in one figure, rounded up."""
    if not value:
        return "0"
    step = 10.0 ** math.floor(math.log10(value))
    return f"{math.ceil(value / step - 1e-9) * step:.1g}"


def _right(racer: Racer) -> str:
    """Return how many photos the int8 version names rightly, beside its model: both as its card tells them."""
    whole, card = weights.card(racer.model), weights.int8_card(racer.model)
    if racer.precision != "int8" or whole is None or card is None:
        return ""
    shares = [f"{100 * share:.1f}{NBSP}%" for share in (card.top1, whole.top1)]
    return f", and {shares[0]} of {whole.validation_photos:,} validation photos get the right name, {shares[1]} in fp32"

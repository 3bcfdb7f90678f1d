"""Turns a duel into what the Latency tab draws; nothing is measured here."""

from typing import Any

from app.tabs import latency_views as views
from cvdemo.latency import lesson, view_words, way_words, words
from cvdemo.latency.estimate import by_way
from cvdemo.latency.ratio_chart import compared, ratios
from cvdemo.latency.result import Duel, Racer
from cvdemo.wording import megabytes, milliseconds, scaled

COLUMNS = (
    "Model", "Engine", "Median", "90 %", "95 %", "99 %", "Spread", "Runs", "Parameters", "Multiply-adds",
    "Activations", "Memory",
)  # fmt: skip
UNKNOWN = "not known"


def charts(duel: Duel, note: str | None = None) -> dict[str, Any]:
    """Return every chart of a duel, under way or finished."""
    pairs = compared(duel)
    return {
        "finished": duel.finished,
        "rounds": duel.rounds,
        "answer": words.answer(duel) if duel.finished or duel.rounds else "",
        "note": note,
        "quoted": lesson.quoted(duel),
        "picture": words.picture(duel),
        "badges": words.badges(duel) if duel.rounds else [],
        "racers": [_racer(duel, racer) for racer in duel.racers],
        "dropped": [] if duel.noisy else list(duel.disturbed),
        "described": view_words.described(duel),
        "ratios": ratios(duel).plain() if pairs else None,
        "pairs_note": view_words.no_pairs(duel.finished),
        "pairs_together": words.together(duel) if pairs else "",
        "accuracy": views.of_accuracy([racer.model for racer in duel.standing], duel.settings),
        "ways": way_words.ways(duel, _known_ways(duel)),
        "table": _table(duel),
        "legend": _legend(duel),
        "machine": words.machine(duel),
    }


def _known_ways(duel: Duel) -> dict[str, dict[str, float]]:
    return {racer.model: by_way(racer.model, duel.settings) for racer in duel.racers}


def _racer(duel: Duel, racer: Racer) -> dict[str, Any]:
    found = duel.percentiles(racer) if racer.failed is None else None
    row: dict[str, Any] = {
        "key": racer.key,
        "model": racer.model,
        "title": racer.title,
        "family": racer.family,
        "engine_line": words.engine_line(racer),
        "failed": racer.failed,
        "ms": [float(f"{ms:.4g}") for ms in racer.ms],
        "p50": found.p50 if found else None,
        "p90": found.p90 if found else None,
        "p50_text": milliseconds(found.p50) if found else "",
        "p90_text": milliseconds(found.p90) if found else "",
        "stages": None,
    }
    if found and racer.stages:
        stages, network = racer.stages, found.p50 / duel.settings.batch
        total = stages.decode_ms + stages.prepare_ms + network + stages.post_ms
        row |= {
            "stages": {"decode": stages.decode_ms, "prepare": stages.prepare_ms, "post": stages.post_ms},
            "network": network,
            "total": total,
            "total_text": milliseconds(total),
            "stages_described": f"{racer.title}: decode {milliseconds(stages.decode_ms)}, prepare "
            f"{milliseconds(stages.prepare_ms)}, network {milliseconds(network)}, post {milliseconds(stages.post_ms)}.",
        }
    return row


def _legend(duel: Duel) -> list[tuple[str, str]]:
    known = [racer.stages for racer in duel.racers if racer.stages]
    if not known:
        return []
    decode, prepare, post = (
        milliseconds(sum(values) / len(known))
        for values in zip(*((one.decode_ms, one.prepare_ms, one.post_ms) for one in known), strict=True)
    )
    network = "network" if duel.settings.batch == 1 else "network, per photo"
    return [
        ("decode", f"decode, {decode}"),
        ("prepare", f"prepare, {prepare}"),
        (f"net {known_family(duel)}", network),
        ("post", f"post, {post}"),
    ]


def known_family(duel: Duel) -> str:
    """Return the family whose colour stands for the network in the legend."""
    return duel.racers[0].family


def _table(duel: Duel) -> dict[str, Any]:
    """Return all figures as a table of texts: columns and rows; a row begins with the model's family."""
    return {"columns": list(COLUMNS), "rows": [_table_row(duel, racer) for racer in duel.racers]}


def _table_row(duel: Duel, racer: Racer) -> list[str]:
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

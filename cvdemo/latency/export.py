"""A duel as JSON for the API and for files, and every run as CSV."""

import csv
import io
import json
from typing import Any

from cvdemo.latency.result import Duel, Pair, Racer


def to_dict(duel: Duel) -> dict[str, Any]:
    """Return environment, results and pairs; what is not known is None."""
    return {
        "environment": environment(duel),
        "settings": vars(duel.settings),
        "results": [_result(duel, racer) for racer in duel.racers],
        "pairs": [_pair(duel, pair) for pair in duel.pairs()],
    }


def to_json(duel: Duel) -> str:
    """Return the duel as a file: as `to_dict`, with every run."""
    runs = [{"model": racer.model, "ms": [round(float(ms), 4) for ms in racer.ms]} for racer in duel.racers]
    return json.dumps({**to_dict(duel), "disturbed": list(duel.disturbed), "runs": runs}, indent=1)


def environment(duel: Duel) -> dict[str, Any]:
    """Return where and under what conditions it was measured."""
    here = duel.environment
    return {
        "device": here.device,
        "processor": here.processor,
        "threads": here.threads,
        "versions": here.versions,
        "measured_alone": duel.alone,
        "other_requests": duel.other_requests,
        "browser_share": None if duel.browser_share is None else round(duel.browser_share, 4),
        "others_share": None if duel.others_share is None else round(duel.others_share, 4),
        "rounds": duel.rounds,
        "rounds_disturbed": len(duel.disturbed),
        "measured_at": round(duel.measured_at, 3),
    }


def _result(duel: Duel, racer: Racer) -> dict[str, Any]:
    found = duel.percentiles(racer) if racer.failed is None else None
    stages = racer.stages
    return {
        "model": racer.model,
        "engine": racer.engine,
        "precision": racer.precision,
        "weights": racer.weights,
        "input_size": racer.side,
        **{
            f"{name}_ms": round(getattr(found, name), 4) if found else None
            for name in ("p50", "p90", "p95", "p99", "spread")
        },
        "runs": len(duel.times(racer)) if found else 0,
        "difference": racer.difference,
        "failed": racer.failed,
        "parameters": racer.parameter_count or None,
        "multiply_adds": racer.multiply_adds,
        "activations": racer.activation_count,
        "peak_bytes": racer.peak_bytes,
        "decode_ms": round(stages.decode_ms, 4) if stages else None,
        "preprocess_ms": round(stages.prepare_ms, 4) if stages else None,
        "post_ms": round(stages.post_ms, 4) if stages else None,
    }


def _pair(duel: Duel, pair: Pair) -> dict[str, Any]:
    names = {racer.key: racer.model for racer in duel.racers}
    ratio = pair.ratio
    return {
        "a": names[pair.a],
        "b": names[pair.b],
        "ratio": round(ratio.ratio, 4),
        "ci95": [round(ratio.low, 4), round(ratio.high, 4)],
        "rounds_faster": ratio.wins,
        "lag1": round(ratio.alike, 3),
        "verdict": ratio.verdict,
    }


def as_csv(duel: Duel) -> str:
    """Return one line a run: round, model, engine, precision, milliseconds, whether the round was disturbed."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["round", "model", "engine", "precision", "weights", "input_size", "batch", "ms", "disturbed"])
    disturbed = set(duel.disturbed)
    for number in range(duel.rounds):
        for racer in duel.racers:
            if number < len(racer.ms):
                table.writerow([
                    number + 1, racer.model, racer.engine, racer.precision, racer.weights, racer.side,
                    duel.settings.batch, f"{racer.ms[number]:.4f}", int(number in disturbed),
                ])  # fmt: skip
    return text.getvalue()

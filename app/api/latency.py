"""`/latency`."""

import time
from collections.abc import Callable
from typing import Any

from app.api.arguments import PAIR, names, text, whole
from app.errors import shows_errors
from cvdemo import starters
from cvdemo.errors import Busy
from cvdemo.latency.duel import run
from cvdemo.latency.export import to_dict
from cvdemo.latency.settings import BATCH_HIGH, ROUNDS_HIGH, SIDE_HIGH, SIDE_LOW, Settings, way

LONGEST_S = 120.0  # as estimated before
PATIENCE_S = 300.0  # as it turns out, waiting included


@shows_errors
def latency(
    models: list[str] = PAIR,
    batch_size: int = 1,
    input_size: int = 224,
    runs: int = 30,
    engine: str = "auto",
) -> dict[str, Any]:
    """Measure which of 2 to 6 models is faster on this machine, in turns, with nobody else on the device.

    Args:
        models: names from /models with task "classify" or "features"; the same one may be named twice. What is not on
            this machine runs with random weights, which is right for timing.
        batch_size: photos per run.
        input_size: side of a photo in pixels; models that cannot take it take the nearest size that they can.
        runs: rounds, in each of which every model runs once; below 20 there is no verdict.
        engine: auto (what is fastest here, as measured, with equal answers), torch, openvino, or openvino_int8: other
            answers, and only for models whose accuracy in int8 was measured, with photos of that size (64).

    Returns:
        environment (device, processor, threads, versions, measured_alone, browser_share and others_share = how much of
        the machine browsers and other programs on it took, 0..1, rounds_disturbed, ...), results (model, engine,
        precision, weights, input_size, p50_ms, p90_ms, p95_ms, p99_ms, spread_ms, runs that count, difference =
        the most that a probability moved against PyTorch in fp32, failed, ...), pairs (a, b, ratio = how many times as
        fast a is as b, ci95 of this pair alone, verdict: faster, slower, too close to call, or null below 20 runs or on
        a busy machine; of more than two models, verdicts are corrected for the number of pairs, after Holm).
    """
    name, precision = way(text(engine, "engine", "auto"))
    settings = Settings(
        rounds=whole(runs, "runs", 1, ROUNDS_HIGH),
        batch=whole(batch_size, "batch_size", 1, BATCH_HIGH),
        side=whole(input_size, "input_size", SIDE_LOW, SIDE_HIGH),
        engine=name,
        precision=precision,
    )
    photo = starters.get(starters.best("cat")).path
    return to_dict(run(photo, names(models), settings, _until(time.monotonic() + PATIENCE_S), LONGEST_S))


def _until(end_s: float) -> Callable[..., None]:
    """Return a report that ends what takes too long: nobody can stop a call that has been sent."""

    def report(*_: object) -> None:
        if time.monotonic() > end_s:
            raise Busy("This takes too long on a machine that has other things to do. Ask for fewer runs.")

    return report

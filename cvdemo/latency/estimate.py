"""Estimates what a duel will take before it begins, so that a machine is never asked for more than it has."""

import math
import threading
from collections.abc import Sequence

from cvdemo import compute
from cvdemo.catalogue import figures, get
from cvdemo.engines import int8
from cvdemo.errors import ModelUnavailable, SettingError
from cvdemo.input_size import own_side
from cvdemo.latency.result import Duel
from cvdemo.latency.settings import Settings
from cvdemo.wording import megabytes

SPEED = 50e6  # multiply-adds in a millisecond, until this machine has shown its own
LEAST_MS = 1.5
OVERHEAD_RUNS = 4  # warm-up
LONGEST_S = 600.0
MEMORY_SHARE = 0.6
ENGINE_NAMES = ("openvino", "torch")

_known: dict[tuple[str, int, int, str], float] = {}
_lock = threading.Lock()


class TooMuch(SettingError):
    """More than this machine can be asked for; ``instead`` is a setting that fits: its name and value."""

    def __init__(self, message: str, instead: tuple[str, int | str] | None = None) -> None:
        super().__init__(message)
        self.instead = instead


def learn(duel: Duel) -> None:
    """Remember how fast models are here, for the next estimates."""
    with _lock:
        for racer in duel.standing:
            found = duel.percentiles(racer)
            if found is not None:
                side, batch = duel.settings.side_of(racer.model), duel.settings.batch
                _known[racer.model, side, batch, f"{racer.engine} {racer.precision}"] = found.p50


def expected_ms(model: str, settings: Settings) -> float:
    """Return about how long one run takes: as measured here before, else from its multiply-adds.

    These grow with the pixels, and in a ViT's attention with their square, which is left out here: it is a guess.
    """
    side = settings.side_of(model)
    for how in _ways(settings):
        known = _known.get((model, side, settings.batch, how))
        if known is not None:
            return known
    counted = figures(model)
    if counted is None or counted.multiply_adds is None:
        return LEAST_MS
    pixels = 1.0 if get(model).source == "random" else side**2 / math.prod(counted.input_size_hw)
    return LEAST_MS + counted.multiply_adds * pixels * settings.batch / _speed()


def _ways(settings: Settings) -> tuple[str, ...]:
    """Return the engines and precisions whose times tell what to expect, the likeliest first."""
    whole = tuple(f"{name} float32" for name in ENGINE_NAMES)
    if settings.precision != "fp32":
        return {"bf16": ("torch bfloat16", whole[1]), "int8": ("openvino int8", *whole)}[settings.precision]
    return whole if settings.engine == "auto" else (f"{settings.engine} float32",)


def _speed() -> float:
    """Return multiply-adds a millisecond: the median of what was measured here."""
    speeds = []
    for (model, side, batch, _), ms in list(_known.items()):
        counted = figures(model)
        if counted and counted.multiply_adds and ms > 2 * LEAST_MS:
            speeds.append(counted.multiply_adds * batch * side**2 / math.prod(counted.input_size_hw) / ms)
    return sorted(speeds)[len(speeds) // 2] if speeds else SPEED


def measured(side: int | None, engine: str) -> dict[str, float]:
    """Return the median milliseconds of one photo of ``side`` pixels of every model that was timed here in fp32.

    Args:
        side: None: of each model's own size.
        engine: ``torch`` or ``openvino``; ``auto``: the faster one of each model.
    """
    wanted = ENGINE_NAMES if engine == "auto" else (engine,)
    best: dict[str, float] = {}
    for (model, *asked, how), ms in list(_known.items()):
        if asked == [side or own_side(model), 1] and how in [f"{name} float32" for name in wanted]:
            best[model] = min(ms, best.get(model, math.inf))
    return best


def by_way(model: str, settings: Settings) -> dict[str, float]:
    """Return the median milliseconds of ``model`` by engine and precision, as far as they were measured here."""
    asked = (model, settings.side_of(model), settings.batch)
    return {key[3]: ms for key, ms in list(_known.items()) if key[:3] == asked}


def expected_s(names: Sequence[str], settings: Settings) -> float:
    """Return about how many seconds a duel takes, without loading its models."""
    return sum(expected_ms(name, settings) for name in names) * (settings.rounds + OVERHEAD_RUNS) / 1000


def refuse(names: Sequence[str], settings: Settings, longest_s: float = LONGEST_S) -> None:
    """Do nothing where this machine can run the duel.

    Raises:
        TooMuch: it would need more memory than is free, or more than ``longest_s`` seconds; or a model has no int8
            version, or one for other photos.
        SettingError: a model cannot take pictures of this size.
    """
    from cvdemo.latency.counts import count

    if settings.precision == "int8":
        _refuse_int8(names, settings)
    free = MEMORY_SHARE * compute.free_bytes()
    costs = [count(name, settings.side_of(name)) for name in dict.fromkeys(names)]
    held = sum(cost.weight_bytes for cost in costs)
    photo = 3 * 4 * max(cost.side for cost in costs) ** 2
    each = max(cost.working_bytes for cost in costs) + len(names) * photo
    if held + settings.batch * each > free:
        raise _too_big(settings, max(cost.side for cost in costs), held, each, free)
    seconds = expected_s(names, settings)
    if seconds > longest_s:
        fitting = int(settings.rounds * longest_s / seconds)
        hint = f" {fitting:,} rounds fit." if fitting else " Choose smaller models, photos or batches."
        instead = ("rounds", fitting) if fitting else None
        raise TooMuch(
            f"That would take about {duration(seconds)}; {duration(longest_s)} is the most here.{hint}", instead
        )


def _refuse_int8(names: Sequence[str], settings: Settings) -> None:
    for name in names:
        try:
            card = int8.card_of(name)
        except ModelUnavailable as error:
            raise TooMuch(str(error), ("precision", "fp32")) from error
        if card.side != settings.side_of(name):
            raise TooMuch(int8.only_for(name, card.side), ("side", card.side))


def fits(model: str, settings: Settings) -> bool:
    """Return whether one run of ``model`` fits in the memory that is free; False also where it cannot run at all."""
    from cvdemo.latency.counts import count

    try:
        cost = count(model, settings.side_of(model))
    except SettingError:
        return False
    return cost.weight_bytes + settings.batch * cost.working_bytes < MEMORY_SHARE * compute.free_bytes()


def _too_big(settings: Settings, side: int, held: int, each: int, free: float) -> TooMuch:
    needed, here = megabytes(held + settings.batch * each), f"{free / 1e9:.0f}"
    fitting = int((free - held) // each) if free > held else 0
    if settings.batch > 1 and fitting >= 1:
        batch = 2 ** int(math.log2(fitting))
        text = f"Batch {settings.batch:,} would need about {needed}; this machine has {here} free. {batch:,} fits."
        return TooMuch(text, ("batch", batch))
    return TooMuch(
        f"Photos of {side:,} pixels would need about {needed}; this machine has {here} free. "
        "Choose a smaller input size.",
        ("side", 224),
    )


def duration(seconds: float) -> str:
    """Return a time as people say it: ``10 s``, ``4 minutes``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} minutes"

"""Who can race on the Latency tab, and what that will take: for its button, before anything runs."""

from typing import Any

from app.lab import Chips, say_what_is_wrong
from cvdemo import catalogue, compute
from cvdemo.errors import SettingError
from cvdemo.latency.estimate import TooMuch, duration, expected_s, refuse
from cvdemo.latency.settings import MODEL_LIMIT, QUICK_ROUNDS, Settings
from cvdemo.settings import UNKNOWN

QUICK_S = 1.0
LONG_S = 60.0


def _offered() -> list[catalogue.ModelSpec]:
    """Return all models but detectors; random weights are right for timing."""
    return [spec for spec in catalogue.offered() if spec.task != "detect"]


CHIPS = Chips(_offered, MODEL_LIMIT, random_will_do=True)


def racers(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return who runs: the chosen models, or one twice where one alone was chosen."""
    return names * 2 if len(names) == 1 else names


@say_what_is_wrong
def estimate(asked: Any) -> dict[str, Any]:
    """Answer what a choice will take, and whether a quick look at it may begin unasked."""
    if not isinstance(asked, dict):
        raise SettingError(UNKNOWN)
    names = racers(CHIPS.names({"chosen": asked.get("models")}))
    return _estimate(names, Settings.of(asked.get("settings")), bool(asked.get("measured")))


def _estimate(models: tuple[str, ...], settings: Settings, measured: bool) -> dict[str, Any]:
    seconds = expected_s(models, settings)
    label = f"About {duration(seconds)}. Start?"
    if seconds <= LONG_S:
        again = "again" if measured else f"{settings.rounds} rounds"
        label = f"Measure {again}, about {duration(seconds)}"
    refused = None
    try:
        refuse(models, settings)
    except TooMuch as error:
        use = error.instead
        refused = {"text": str(error), "use": [*use, _use(use[1])] if use else None}
    quick_s = seconds * QUICK_ROUNDS / settings.rounds
    return {"label": label, "refused": refused, "quick": refused is None and quick_s < QUICK_S and not compute.held()}


def _use(value: int | str) -> str:
    return f"Use {value:,}" if isinstance(value, int) else f"Use {value}"

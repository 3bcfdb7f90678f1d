"""The Latency tab's charts and controls in one component, and the two buttons beside the chips."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.latency import words
from cvdemo.latency.settings import MARGIN, ROUND_CHOICES


class LatencyView(Drawn):
    """Runs, ratios and stages of a duel.

    Events: ``quick`` asks for a look without a verdict, ``stop`` ends whatever is measured, ``said`` tells that
    ``value.head`` and ``value.bar`` have changed.

    The value is what `app.tabs.latency_handlers` yields; ``look`` answers what needs no run: estimates and files.
    """

    EVENTS = [EventListener(name) for name in ("quick", "stop", "said")]

    def __init__(self, value: dict[str, Any] | None = None, look: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=("range", "latency_axis", "latency_strip", "latency_ratios", "latency_stages", "latency"),
            class_name="latency",
            why_title=words.WHY_TITLE,
            why=words.WHY,
            margin=MARGIN,
            round_choices=list(ROUND_CHOICES),
            server_functions=[look] if look else None,
            **kwargs,
        )


class LatencyBar(Drawn):
    """Stop and Measure.

    Value: ``{"label": text of the filled button, "running": bool, "refused": bool}``. Events: ``measure``, ``stop``.
    """

    EVENTS = [EventListener("measure"), EventListener("stop")]

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(value, names=("latency_bar",), class_name="latency-bar", **kwargs)

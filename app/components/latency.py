"""The Latency tab's charts and controls in one component, and the two buttons beside the chips."""

from typing import Any

from gradio.events import EventListener

from app.components.drawn import Drawn
from cvdemo.engines import TITLES, int8
from cvdemo.engines import names as engine_names
from cvdemo.latency import view_words, words
from cvdemo.latency.settings import MARGIN, ROUND_CHOICES

INT8 = ["int8", "int8, OpenVINO"]
SCRIPTS = (
    "range",
    "latency_axis",
    "latency_strip",
    "latency_ratios",
    "latency_stages",
    "latency_lines",
    "latency_scatter",
    "latency_table",
    "latency_views",
    "latency",
)


class LatencyView(Drawn):
    """Runs, ratios and stages of a duel.

    Events: ``quick`` asks for a look without a verdict, ``explore`` for the view ``value.measuring``,
    ``stop`` ends whatever is measured, ``said`` tells that
    ``value.head`` and ``value.bar`` have changed.

    The value is what `app.tabs.latency_handlers` yields; ``look`` answers what needs no run: estimates and files.
    """

    EVENTS = [EventListener(name) for name in ("quick", "explore", "stop", "said")]

    def __init__(self, value: dict[str, Any] | None = None, look: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            names=SCRIPTS,
            class_name="latency",
            why_title=words.WHY_TITLE,
            why=words.WHY,
            whys={
                "side": view_words.SIDE_WHY,
                "batch": view_words.BATCH_WHY,
                "accuracy": view_words.ACCURACY_WHY,
                "layers": view_words.LAYERS_WHY,
            },
            engines=[["auto", "Auto"], *([name, TITLES[name]] for name in engine_names())],
            precisions=[["fp32", "fp32"], ["bf16", "bf16, PyTorch"], *([INT8] if int8.offered() else [])],
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

"""The Latency tab's charts and controls in one component."""

from typing import Any

from gradio.events import EventListener

from app.components import chart
from app.components.lab_view import LabView
from cvdemo.engines import TITLES, int8
from cvdemo.engines import names as engine_names
from cvdemo.latency import lesson, view_words, words
from cvdemo.latency.settings import MARGIN, ROUND_CHOICES
from cvdemo.pairs import opening_pair

INT8 = ["int8", "int8, OpenVINO"]
SCRIPTS = (
    *chart.SCRIPTS,
    "range",
    "latency_axis",
    "latency_strip",
    "latency_ratios",
    "latency_stages",
    "latency_table",
    "latency_views",
    "latency",
)


PROPS = {
    "why_title": words.WHY_TITLE,
    "why": words.WHY,
    "whys": {
        "side": view_words.SIDE_WHY,
        "batch": view_words.BATCH_WHY,
        "accuracy": view_words.ACCURACY_WHY,
        "layers": view_words.LAYERS_WHY,
    },
    "margin": MARGIN,
    "lesson": {"models": list(lesson.QUOTED_MS), "choose": lesson.CHOOSE, "about": lesson.ABOUT},
    "round_choices": list(ROUND_CHOICES),
    "pair": list(opening_pair().names),
}


class LatencyView(LabView):
    """Runs, ratios and stages of a duel, and what it is set to on this machine.

    Events: ``quick`` asks for a look without a verdict, ``measure`` for a duel, ``explore`` for the view
    ``value.measuring``.
    """

    EVENTS = [*LabView.EVENTS, *(EventListener(name) for name in ("quick", "measure", "explore"))]

    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            engines=[["auto", "Auto"], *([name, TITLES[name]] for name in engine_names())],
            precisions=[["fp32", "fp32"], ["bf16", "bf16, PyTorch"], *([INT8] if int8.offered() else [])],
            **kwargs,
        )

"""A lab with one chart and nothing else, so that the component can be tried with any figure."""

from pathlib import Path

from app.components import chart
from app.lab import Bench, Lab
from cvdemo import plots
from cvdemo.plots import Chart

QUESTION = "What does a chart look like?"


def growth(name: str = "ViT-S", count: int = 4) -> Chart:
    """Return a chart of two models."""
    steps = [64.0 * (1 + step) for step in range(count)]
    rows = [("ResNet-50", "cnn", [step / 8 for step in steps]), (name, "vit", [step / 4 for step in steps])]
    traces = [plots.curve(title, steps, ms, family, **plots.of_model(family)) for title, family, ms in rows]
    labels = plots.at_their_ends([plots.End(title, family, ms[-1]) for title, family, ms in rows], 0, 100, 180)
    layout = {
        "xaxis": plots.axis("side of the photo, px"),
        "yaxis": plots.axis("milliseconds", 0, 100),
        "annotations": labels,
        "margin": {"r": 120},
    }
    narrow = {"annotations": [], "margin": {"r": 16}, "showlegend": True}
    return Chart("Growth", f"{name} needs twice the time.", tuple(traces), layout, narrow)


BENCH = Bench(
    id="charted",
    question=QUESTION,
    draw=lambda _shown, _settings, _question: {"answer": "It rises.", "chart": growth().plain()},
    scripts=(*chart.SCRIPTS, Path(__file__).with_name("charted.js")),
)
LAB = Lab("charted", "Charted", QUESTION, lambda _photo: "It rises.", BENCH, group="Decide", brief="Does it rise?")

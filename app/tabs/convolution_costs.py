"""The Convolution tab's view of costs: three kinds of layers as bars."""

from typing import Any

from app.lab import Bench
from cvdemo.convolution.costs import WHY, WHY_TITLE, Shape, answer, costs, sentence
from cvdemo.wording import scaled


def _draw(_shown: None, shape: Shape, _question: dict[str, Any]) -> dict[str, Any]:
    """Return the bars and sentences of ``shape``."""
    rows = [
        {
            "title": cost.title,
            "formula": f"{cost.formula} = {cost.weights:,}",
            "weights": cost.weights,
            "weights_text": scaled(cost.weights),
            "work": cost.multiply_adds,
            "work_text": scaled(cost.multiply_adds),
        }
        for cost in costs(shape)
    ]
    return {"answer": answer(shape), "sentence": sentence(shape), "rows": rows}


BENCH = Bench(
    id="convolution-costs",
    question="What does a convolution cost, and what does splitting it save?",
    settings=Shape,
    scripts=("head", "range", "convolution_costs"),
    css="convpane conv-costs",
    props={"why_title": WHY_TITLE, "why": WHY},
    draw=_draw,
    own_head=True,
)

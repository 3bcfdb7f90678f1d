"""The Convolution tab's view of costs: three kinds of layers as bars."""

from dataclasses import asdict
from typing import Any

from cvdemo.convolution.costs import Shape, answer, costs, sentence
from cvdemo.errors import CvDemoError, SettingError
from cvdemo.wording import scaled

QUESTION = "What does a convolution cost, and what does splitting it save?"


def view(shape: Shape) -> dict[str, Any]:
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
    return {
        "question": QUESTION,
        "answer": answer(shape),
        "sentence": sentence(shape),
        "rows": rows,
        "shape": asdict(shape),
        "made_for": asdict(shape),
    }


def price(asked: Any) -> dict[str, Any]:
    """Answer a changed layer, for the browser."""
    wanted = asked.get("shape") if isinstance(asked, dict) else None
    try:
        if not isinstance(wanted, dict) or not set(wanted) <= set(Shape.__dataclass_fields__):
            raise SettingError("This layer is not known here. Reload the page.")
        return view(Shape(**wanted))
    except CvDemoError as error:
        return {"error": str(error)}

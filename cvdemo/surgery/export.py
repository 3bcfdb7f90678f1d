"""The answer without each block, as the API and files give it."""

from pathlib import Path
from typing import Any

from cvdemo.surgery import words
from cvdemo.surgery.answers import Answers, alone
from cvdemo.surgery.lesion import lesion


def block_lesions(path: Path, model: str) -> dict[str, Any]:
    """Return how probable the answer of ``model`` stays without each of its blocks, as plain values.

    Raises:
        CvDemoError: see `lesion.lesion`.
    """
    found = lesion(path, model)
    return {
        "model": model,
        "weights": found.weights,
        "answer": found.label,
        "probability": _short(found.probability),
        "blocks": rows(found),
    }


def rows(found: Answers) -> list[dict[str, Any]]:
    """Return each block in order; ``probability_without`` is None, with a ``reason``, where it cannot be left out."""
    chances, numbers = words.without(found), alone(found)
    return [
        {
            "name": block.name,
            "label": block.label,
            "shortcut": block.shortcut,
            "droppable": block.droppable,
            "probability_without": _short(chances[block.name]) if block.droppable else None,
            "answer_without": found.said(numbers[block.name])[0] if block.droppable else None,
            "reason": block.reason or None,
        }
        for block in found.blocks
    ]


def _short(value: float) -> float:
    return float(f"{value:.6g}")

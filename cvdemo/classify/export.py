"""A classification as plain values: what /classify returns and what "Copy as JSON" copies."""

import math
from typing import Any

from cvdemo.classify.result import Answer, Classification


def to_dict(result: Classification, top_k: int) -> dict[str, Any]:
    """Return ``{"results": [...], "missing": [...], "agree": bool}`` of plain JSON values (design of /classify)."""
    return {
        "results": [_answer(answer, top_k) for answer in result.answers],
        "missing": [{"model": gone.model, "reason": gone.reason} for gone in result.missing],
        "agree": result.agree,
    }


def _answer(answer: Answer, top_k: int) -> dict[str, Any]:
    return {
        "model": answer.model,
        "family": answer.family,
        "weights": answer.weights,
        "engine": answer.engine,
        "top": [{"label": guess.label, "probability": _number(guess.probability)} for guess in answer.top(top_k)],
        "decode_ms": _number(answer.decode_ms),
        "preprocess_ms": _number(answer.preprocess_ms),
        "network_ms": _number(answer.network_ms),
    }


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None

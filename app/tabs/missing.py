"""What the page offers where a model is not on this machine: its cost, and a ready one to use meanwhile."""

from typing import Any

from cvdemo import weights
from cvdemo.catalogue import ModelSpec, get
from cvdemo.errors import ModelUnavailable
from cvdemo.wording import megabytes

NONE_HERE = "No chosen model is on this machine yet."
NEEDS_FETCH = "This model is not on this machine yet."


def is_ready(name: str) -> bool:
    """Return whether the model's trained weights are on this machine."""
    return weights.is_ready(get(name))


def cost(spec: ModelSpec) -> str:
    """Return the words of the button that fetches a model."""
    size = weights.size(spec)
    return f"Download {megabytes(size)} and run" if size else "Download and run"


def lost(spec: ModelSpec) -> ModelUnavailable | None:
    """Return why nothing can fetch a model that should have come with the page; None where it can be fetched."""
    if spec.source != "bundled" or weights.is_ready(spec):
        return None
    try:
        weights.fetch(spec)
    except ModelUnavailable as error:
        return error
    return None


def none_answers(missing: list[dict[str, Any]]) -> str:
    """Return what stands instead of an answer where no chosen model gave one, from the offers for them."""
    return NONE_HERE if all(one["fetch"] for one in missing) else "No chosen model could answer."


def offer(name: str, gone: ModelUnavailable | None = None) -> dict[str, Any]:
    """Return what a notice about a missing model says and offers; ``gone``: it was tried and cannot be had now."""
    spec = get(name)
    gone = gone or lost(spec)
    instead = gone.suggestion if gone else None
    return {
        "model": name,
        "text": f"{spec.title} is not on this machine yet." if gone is None else str(gone),
        "fetch": cost(spec) if gone is None else None,
        "use": {"name": instead, "title": get(instead).title} if instead else None,
    }

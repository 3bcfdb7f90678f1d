"""Each model's own input size: what it was made for, and what its times and counts mean where none is named."""

from cvdemo.catalogue import figures, get
from cvdemo.wording import NBSP

USUAL = 224  # where none was counted: OpenCV's detectors take photos of any size


def own_side(model: str) -> int:
    """Return the side in pixels of the pictures that the model of that name takes by itself."""
    known = figures(model)
    return known.input_size_hw[0] if known else USUAL


def not_its_own(model: str, side: int) -> str | None:
    """Return what stands beside figures at another size, ``224 px, not its own 64``; None at its own."""
    own = own_side(model) if figures(model) else side
    return None if side == own else f"{side}{NBSP}px, not its own {own}"


def shown_at(model: str, side: int) -> str | None:
    """Return the sentence about a picture that is not of the model's own size; None where it is."""
    told = not_its_own(model, side)
    if told is None:
        return None
    return (
        f"Shown at {told}."
        if get(model).task == "features"
        else f"Shown at {told}: its answer may differ from Classify."
    )

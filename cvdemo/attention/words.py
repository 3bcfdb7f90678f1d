"""The sentences of Look inside's attention view, made from the numbers on screen."""

from collections.abc import Sequence

import numpy as np

from cvdemo.attention.statistics import largest_deviation
from cvdemo.attention.study import NONE, Attended
from cvdemo.wording import listed, percent

WHY = (
    "For the point you clicked, each head shares out 100 % of its attention over the patches (Swin: of its window). "
    "Where it looks is not by itself the reason for the answer; the saliency check is a better guide."
)
WINDOWS = "Rollout is not defined here: patches see only their window, and layers differ in their patches."
ROLLOUT = (
    "Rollout (Abnar and Zuidema 2020): half of each layer is passed on by the skip, half by attention, followed from "
    "this layer down to the photo."
)
GRADIENT = (
    "Gradient-weighted rollout (Chefer, Gur and Wolf 2021, equations 5 and 6): attention counts as far as more of it "
    "would raise the score of {name}; from the class token."
)
NO_CLASSES = "This model has no classes whose score could weigh its attention."
NO_CLASS_TOKEN = "This model has no class token; it looks from the point."


def answer(names: Sequence[str], distances: Sequence[float | None], from_class: bool) -> str:
    """Return how far each model looks from here on average, in pixels of the photo; None = it has no attention."""
    rows = [(name, far) for name, far in zip(names, distances, strict=True) if far is not None]
    if not rows:
        return NONE
    parts = [f"{name} looks {far:.0f} px away on average" for name, far in rows]
    if from_class:
        parts = [f"{name}'s patches look {far:.0f} px away on average" for name, far in rows]
        return f"In this layer {listed(parts)}."
    return f"From here {listed(parts)}."


def self_test(found: Attended) -> str:
    """Return whether all rows that were calculated sum to 1."""
    worst, rows = largest_deviation(found.figures), _rows(found)
    good = "Self-test passed" if worst < 1e-4 else "Self-test failed"
    return f"{good}: {rows:,} rows of attention sum to 1; the largest deviation is {worst:.1e}."


def _rows(found: Attended) -> int:
    return sum(one.queries * layer.heads for one, layer in zip(found.figures, found.layers, strict=True))


def head_told(
    distance_px: float, entropy_bits: float, tokens: int, other: float | None, asked: int, patches: int
) -> str:
    """Return what one head, or the mean of all, does on average, and what it spends on no patch.

    Args:
        asked: over how many of the ``patches`` it is the mean.
    """
    most = np.log2(tokens)
    spread = f"{entropy_bits:.1f} of at most {most:.1f} bits of spread (entropy)"
    over = f"all {patches:,}" if asked == patches else f"{asked:,} of {patches:,}"
    told = f"Over {over} patches: {distance_px:.0f} px away, {spread}."
    return told if other is None else f"{told} {percent(other)} of this attention goes to the class token."


def outliers_told(count: int, of: int) -> str:
    """Return how many patches have an unusually long vector."""
    if not count:
        return f"None of the {of:,} patches has an unusually long vector (an outlier token)."
    what = "patch has" if count == 1 else "patches have"
    return (
        f"{count} of {of:,} {what} an unusually long vector (outlined): a ViT may keep notes there "
        "instead of the photo (Darcet et al. 2024)."
    )


def tile(heads: int, distance_px: float) -> str:
    """Return the overview's sentence on the mean of all heads; it goes on from the layer's name."""
    return f", mean of {heads} heads. It looks {distance_px:.0f} px away on average."


def field_told(label: str, field_wh_px: tuple[int, int] | None) -> str:
    """Return what one unit of a CNN's layer can see from here: width and height in the photo; None: all of it."""
    seen = "can see all that the model gets of the photo"
    if field_wh_px is not None:
        width, height = field_wh_px
        seen = f"can see {width:,} x {height:,} px of the photo (the square)"
    return f"{label[:1].upper()}{label[1:]}: one unit {seen}."

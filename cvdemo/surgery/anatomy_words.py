"""The sentences of Skips, Inside a block, made from the numbers on screen."""

from collections.abc import Sequence

from cvdemo import catalogue
from cvdemo.surgery.anatomy import NEAR, Anatomy
from cvdemo.wording import figures3, listed

QUESTION = "How much does each block change what came in?"
WHY_TITLE = "Near the identity?"
WHY = (
    "A block that adds little passes on what came in: it is near the identity, as many blocks of a deep network are "
    "said to be. Here that is measured: the branch's length over the shortcut's, on your photo. Below half, a block is "
    "called near the identity. Where a block projects, its shortcut is the projection. Colours: mean size over the "
    "channels."
)


def at(found: Anatomy, depth: float) -> int:
    """Return the number of the block at relative ``depth``, 0 (the first) to 1 (the last)."""
    return round(depth * (len(found.blocks) - 1))


def answer(found: Sequence[Anatomy]) -> str:
    """Return in how many blocks of each model the branch is shorter than half of the shortcut."""
    told = [f"{one.near} of {len(one.blocks)} in {catalogue.get(one.asked.model).title}" for one in found]
    return f"Blocks near the identity on this photo: {listed(told)}."


def block(found: Anatomy, number: int) -> str:
    """Return how long a block's branch is and how it points."""
    ratio, cosine = found.ratios[number], found.cosines[number]
    near = "near the identity" if ratio < NEAR else "not near the identity"
    begin = f"The branch is {figures3(ratio)} times as long as the shortcut: {near}."
    if abs(cosine) < 0.1:
        return f"{begin} They point almost at right angles (cosine {cosine:.2f})."
    way = "along with" if cosine > 0 else "against"
    return f"{begin} The branch points {way} the shortcut (cosine {cosine:.2f})."

"""The sentences of Look inside's similarity view, made from the numbers on screen."""

from collections.abc import Sequence

from cvdemo.inside.activations import ForwardPass
from cvdemo.similarity.patches import ALIKE, Similar
from cvdemo.wording import called, percent

WHY = "Every patch becomes a list of numbers; bright patches have nearly the same list as the one you clicked."


def answer(seen: Sequence[ForwardPass], found: Sequence[Similar], second: str | None) -> str:
    """Return how much of the photo, or of the ``second`` one, looks to each model like the clicked patch."""
    where = f"of {second}" if second else "of the photo"
    shares = [
        f"to {name} {percent(one.alike)} {where if not number else ''}".rstrip()
        for number, (name, one) in enumerate(zip(called(row.spec for row in seen), found, strict=True))
    ]
    return f"Much like the point you clicked (cosine above {ALIKE}): {', '.join(shares)}."


def tile(found: Similar) -> str:
    """Return the overview's sentence on the clicked patch."""
    return f"{percent(found.alike)} of the photo is much alike (above {ALIKE})."


def told(found: Similar, front: float) -> str:
    """Return a card's line: how much is alike, the best match, and what the first component puts in front."""
    row, column = found.best
    best = f"best match in row {row + 1}, column {column + 1} with cosine {found.cosines[found.best]:.2f}"
    return f"{percent(found.alike)} much alike; {best}. In front by the first component (PCA): {percent(front)}."

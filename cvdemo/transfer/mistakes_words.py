"""The sentences about mistakes: the hardest class, the map of all photos, and where the new head looked."""

from collections.abc import Sequence

from cvdemo.probes import Score
from cvdemo.transfer.mistakes import RIM, Covered, suspect
from cvdemo.wording import percent

MISTAKES_TITLE = "Look at the mistakes"
MISTAKES_HINT = "each class, a map of all photos, where the new head looked"
TSNE = "t-SNE keeps neighbours together; how far apart groups lie, and how large they are, means nothing."
PCA = "The two directions in which the photos differ most for this network, of all its numbers."


def hardest(classes: Sequence[str], scores: Sequence[Score]) -> str:
    """Return which class is named rightly least often, and between what that lies."""
    least = min(score.share for score in scores)
    if least == 1:
        return "Every held-out photo of every class is named rightly."
    names = [name for name, score in zip(classes, scores, strict=True) if score.share == least]
    if len(names) > 1:
        return f"{len(names)} classes are named rightly least often: {percent(least)} each."
    score = scores[classes.index(names[0])]
    low, high = score.ci95
    return (
        f"{names[0]} is named rightly least often: {score.right} of {score.of}, "
        f"{percent(least)} ({percent(low)} to {percent(high)})."
    )


def looked(at_the_rim: float | None) -> str:
    """Return how much of a map's mass lies at the rim of its photo."""
    if at_the_rim is None:
        return "The map is dark: no place of the picture speaks for the answer by itself."
    return (
        f"{percent(at_the_rim)} of what speaks for the answer lies in the outer half; an even map has {percent(RIM)}."
    )


def covered(names: Sequence[str], found: Sequence[Covered]) -> str:
    """Return which half of the photos of some classes says their name, with a warning if it is the rim in all."""
    told = [
        f"Of {one.of} of {name} named rightly, {one.by_rim} keep their name by the outer half alone, "
        f"{one.by_middle} by the middle half alone."
        for name, one in zip(names, found, strict=True)
        if one.of
    ]
    if not told:
        return "Nothing of these classes is named rightly, so nothing was covered."
    if suspect(found):
        advice = "Careful: the head may have learned the background. Take photos of both in front of the same one."
        limit = "(We warn where the rim alone keeps two thirds of each, and the middle does not.)"
        return f"{advice} {' '.join(told)} {limit}"
    return " ".join(told)


def laid_out(count: int, how: str, mistaken: int) -> str:
    """Return what the map of all photos shows."""
    if not mistaken:
        return f"{count:,} photos laid out by {how}; no held-out one is named wrongly."
    return f"{count:,} photos laid out by {how}; {mistaken:,} held out and named wrongly, crossed."


def taken(name: str, is_: str, says: str, share: float) -> str:
    """Return what a wrong photo is, and what the new head calls it."""
    return f"{name} is {is_}, called {says} ({percent(share)})."

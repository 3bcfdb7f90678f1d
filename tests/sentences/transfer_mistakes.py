"""What Teach says of its mistakes, compared with the counts and shares themselves; intervals by scipy."""

import numpy as np
from scipy.stats import binomtest

from cvdemo.probes import Score
from cvdemo.transfer import mistakes_words as words
from cvdemo.transfer.mistakes import Covered
from tests.sentences.table import Reader, holds, same, share, true_of

CLASSES = ("mug", "keys", "plant", "cup", "cat", "dog")
SHARE = r"\d+\.\d %"


@true_of(
    words.hardest,
    all=r"Every held-out photo of every class is named rightly\.",
    several=rf"(\d+) classes are named rightly least often: ({SHARE}) each\.",
    one=rf"(\w+) is named rightly least often: (\d+) of (\d+), ({SHARE}) \(({SHARE}) to ({SHARE})\)\.",
)
def hardest(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(2, 7))
    sizes = draw.integers(1, 12, count)
    rights = np.minimum(sizes, draw.integers(0, 13, count)) if draw.random() < 0.8 else sizes
    scores = [Score(int(right), int(of)) for right, of in zip(rights, sizes, strict=True)]
    said, shares = read(words.hardest(CLASSES[:count], scores)), rights / sizes
    least = np.flatnonzero(shares == shares.min())
    assert (said.form == "all") == bool((rights == sizes).all())
    if said.form == "several":
        assert len(least) > 1
        same(said.parts[0], len(least))
        share(said.parts[1], shares.min())
    if said.form == "one":
        (at,) = least
        same(said.parts[0], CLASSES[at])
        same(said.parts[1], rights[at])
        same(said.parts[2], sizes[at])
        share(said.parts[3], shares[at])
        edges = binomtest(int(rights[at]), int(sizes[at])).proportion_ci(method="wilson")
        share(said.parts[4], float(edges.low))
        share(said.parts[5], float(edges.high))


@true_of(
    words.looked,
    dark=r"The map is dark: no place of the picture speaks for the answer by itself\.",
    plain=rf"({SHARE}) of what speaks for the answer lies in the outer half; an even map has 50\.0 %\.",
)
def outer_halves(draw: np.random.Generator, read: Reader) -> None:
    rim = None if draw.random() < 0.2 else float(draw.random())
    said = read(words.looked(rim))
    assert (said.form == "dark") == (rim is None)
    if rim is not None:
        share(said.parts[0], rim)


HALVES = (
    r"Of (\d+) of (\w+) named rightly, (\d+) keep their name by the outer half alone, (\d+) by the middle half alone\."
)


@true_of(
    words.covered,
    none=r"Nothing of these classes is named rightly, so nothing was covered\.",
    one=HALVES,
    both=rf"{HALVES} {HALVES}",
    warns=r"Careful: the head may have learned the background\. Take photos of both in front of the same one\. "
    rf"{HALVES} {HALVES} \(We warn where the rim alone keeps two thirds of each, and the middle does not\.\)",
)
def covers(draw: np.random.Generator, read: Reader) -> None:
    names = [str(one) for one in draw.choice(CLASSES, 2, replace=False)]
    sizes = draw.integers(0, 5, 2)
    found = [Covered(int(of), int(draw.integers(0, of + 1)), int(draw.integers(0, of + 1))) for of in sizes]
    said = read(words.covered(names, found))
    known = [(name, one) for name, one in zip(names, found, strict=True) if one.of]
    assert len(said.parts) == 4 * len(known)
    suspect = len(known) == 2 and all(3 * one.by_rim >= 2 * one.of for _, one in known)
    suspect = suspect and any(3 * one.by_middle < 2 * one.of for _, one in known)
    assert (said.form == "warns") == suspect
    for at, (name, one) in enumerate(known):
        for text, wanted in zip(said.parts[4 * at :], (one.of, name, one.by_rim, one.by_middle), strict=False):
            same(text, wanted)


@true_of(
    words.laid_out,
    none=r"([\d,]+) photos laid out by ([\w-]+); no held-out one is named wrongly\.",
    some=r"([\d,]+) photos laid out by ([\w-]+); ([\d,]+) held out and named wrongly, crossed\.",
)
def maps(draw: np.random.Generator, read: Reader) -> None:
    count, wrong, how = int(draw.integers(5, 2000)), int(draw.integers(0, 4)), str(draw.choice(["PCA", "t-SNE"]))
    said = read(words.laid_out(count, how, wrong))
    holds(said.parts[0], count)
    same(said.parts[1], how)
    assert (said.form == "none") == (wrong == 0)
    if wrong:
        holds(said.parts[2], wrong)


@true_of(words.taken, _=rf"photo (\d+) is (\w+), called (\w+) \(({SHARE})\)\.")
def taken(draw: np.random.Generator, read: Reader) -> None:
    number, value = int(draw.integers(99)), float(draw.random())
    is_, says = (str(one) for one in draw.choice(CLASSES, 2, replace=False))
    told = read(words.taken(f"photo {number}", is_, says, value)).parts
    for text, wanted in zip(told, (number, is_, says), strict=False):
        same(text, wanted)
    share(told[3], value)

"""The sentences of Skips, Surgery, made from the numbers on screen."""

import statistics
from collections.abc import Mapping

from cvdemo import catalogue
from cvdemo.probes import Score
from cvdemo.surgery.answers import Answers, Curve, alone
from cvdemo.wording import percent

QUESTION = "Which block can the network do without?"
WHY_TITLE = "What does a switch do?"
WHY = (
    "A block adds what its branch made to what came in. Branch off: only what came in goes on. Skip cut: only what "
    "the branch made goes on. Where a block changes width or size its shortcut is a projection, which stays when the "
    "branch goes. A block without any shortcut cannot be left out: nothing would fit behind it."
)
NOISE = "no layer was trained for what it gets now, so the answer is noise."
STEADY = 0.01  # of probability: less is no change worth a name
HALF = 0.5


def numbered(found: Answers) -> dict[str, int]:
    """Return the number of each block, from 1, by its name."""
    return {block.name: number for number, block in enumerate(found.blocks, 1)}


def without(found: Answers) -> dict[str, float]:
    """Return the probability of the answer without each block that can be left out, by its name."""
    chances = found.probabilities
    return {name: float(chances[number]) for name, number in alone(found).items()}


def answer(found: Answers) -> str:
    """Return which block the network misses most, and how many it can each do without."""
    title, chances = catalogue.get(found.asked.model).title, without(found)
    begin = f"{title} says {found.label} with {percent(found.probability)}"
    same = sum(found.said(number)[0] == found.label for number in alone(found).values())
    kept = f"{same} of {len(chances)} blocks can each be left out without another answer"
    worst = min(chances, key=lambda name: chances[name])
    if found.probability - chances[worst] < STEADY:
        return f"{begin}; {kept}, and none of them lowers that by a whole point."
    number = numbered(found)[worst]
    return f"{begin}; {kept}. It misses block {number} most: without it, {percent(chances[worst])}."


def all_on(whole: Answers) -> str:
    """Return what the network says with all blocks on."""
    return f"All blocks are on: {whole.label} with {percent(whole.probability)}."


def done(whole: Answers, found: Answers) -> str:
    """Return what the answer becomes under the operation of ``found``, beside the whole network's."""
    operation, blocks = found.operations[0], [block for block in found.blocks if block.droppable]
    said, chance = found.said(0)
    own = f"{whole.label} has {percent(float(found.probabilities[0]))} instead of {percent(whole.probability)}"
    told = f"{own}." if said == whole.label else f"{own}; first is {said} with {percent(chance)}."
    for names, what in ((operation.dropped, "branch is off"), (operation.cut, "skip is cut")):
        if len(names) == len(blocks):
            return f"Every {what} that can be: {NOISE} {told}"
    return told


def several(curve: Curve) -> str:
    """Return at how many blocks left out the answer falls below half of what it was, in the middle of the draws."""
    middle = [statistics.median(row) for row in curve.probabilities]
    draws = curve.probabilities.shape[1]
    begin = (
        f"{percent(middle[0])} with all blocks on. Of {draws} random choices for each number left out, the middle one"
    )
    low = next((count for count, chance in zip(curve.counts, middle, strict=True) if chance < HALF * middle[0]), None)
    if low is None:
        return f"{begin} keeps at least half of that at every number tried."
    return f"{begin} has less than half of that with {low} left out."


def many(stay: Mapping[str, Score], numbers: Mapping[str, int]) -> str:
    """Return how many photos keep their answer without the block that the most of them miss.

    Args:
        stay: of how many photos the answer stays without each block; ``numbers``: the blocks', by the same names.
    """
    if not stay:
        return "No photo is answered yet."
    of, fewest = next(iter(stay.values())).of, min(stay, key=lambda name: stay[name].right)
    photos = f"{of} photo{'' if of == 1 else 's'}"
    if stay[fewest].right == of:
        return f"Of {photos}, all keep their answer whichever block is left out."
    none = sum(one.right == of for one in stay.values())
    kept = f"{stay[fewest].right} keep{'s' if stay[fewest].right == 1 else ''}"
    start = f"Of {photos}, {kept} the answer without block {numbers[fewest]}, the fewest"
    return f"{start}; {none} of {len(stay)} blocks can each be left out without any photo's answer changing."


def ran(found: Answers, runs: int) -> str:
    """Return how often networks ran for this lab; what all operations share is computed once."""
    ways = len(found.operations)
    told = f"{ways} operation{'s' if ways != 1 else ''} on one photo"
    return f"{told}; networks ran {runs} time{'s' if runs != 1 else ''} for this view since the start."

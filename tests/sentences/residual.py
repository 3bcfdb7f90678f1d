"""What Skips says: whose training loss is lower, and whether a first layer's gradient vanishes or explodes."""

import numpy as np

from cvdemo.residual import words
from cvdemo.residual.design import DEPTHS, Design
from cvdemo.residual.records import Lane, Moment, Race
from tests.sentences.table import Reader, holds, same, true_of

LOSSES = r"\d+\.\d\d(?: to \d+\.\d\d)?"
NET = r"\d+ layers with(?:out)? skips"
LOST = r"Every net (with|without) skips left the range of numbers: its loss is no longer a number\."
START = rf"After (\d+) steps? on the same photos (\d+) layers have a training loss of ({LOSSES}) with skips, "
START += rf"({LOSSES}) without"


def random_lane(
    draw: np.random.Generator, depth: int, skip: bool, steps: int, begins: float = 1.0, scale: float = 1.0
) -> Lane:
    """Return a lane whose gradients and losses are of all sizes; some left the range of numbers.

    Args:
        begins: how many times as large the first loss is; ``scale``: how many times as large all are.
    """
    level, first = scale * float(draw.choice([0.2, 0.5, 2.0])), float(10.0 ** draw.uniform(-5, 5))
    moments = tuple(
        Moment(
            step,
            (begins if step == 1 else 1.0) * level * float(draw.uniform(0.5, 1.5)),
            (first, float(draw.choice([0.0, 1, 1, 1]))),
            (1.0,),
        )
        for step in range(1, steps + 1)
    )
    return Lane(Design(depth, skip), int(draw.integers(5)), moments, diverged=3 if draw.random() < 0.2 else None)


def mean_of(lane: Lane) -> float:
    """Return what a lane's last ten steps lost on average."""
    return float(np.mean([moment.loss for moment in lane.moments[-10:]]))


def range_of(text: str, values: list[float]) -> None:
    """Assert that ``text`` is the smallest and the largest of ``values``."""
    low, _, high = text.partition(" to ")
    holds(low, min(values))
    holds(high or low, max(values))


def left_of(lanes: list[Lane], skip: bool) -> list[float]:
    """Return the losses of the nets of one kind that are still numbers."""
    return [mean_of(lane) for lane in lanes if lane.design.skip is skip and lane.diverged is None and lane.moments]


@true_of(
    words.answer,
    none=r"Nothing is trained yet\.",
    lost=LOST,
    alone=rf"({NET}): a training loss of ({LOSSES})\.",
    early=rf"{START}\. No verdict before step (120)\.",
    single=rf"{START}: one start each, so no verdict\.",
    few=rf"{START}: too few starts are left, so no verdict\.",
    both=rf"At (8) layers both learn: ({LOSSES}) with skips, ({LOSSES}) without\. Try 56\.",
    same=rf"Same (\d+) layers, same photos, (\d+) steps?: with skips the loss fell to ({LOSSES}), without only to "
    rf"({LOSSES})\.",
    lower=rf"{START}: every start with skips is below every one without\.",
    higher=rf"{START}: every start without skips is below every one with\.",
    close=rf"{START}: too close to call\.",
)
def answers(draw: np.random.Generator, read: Reader) -> None:
    depth, steps = int(draw.choice(DEPTHS)), int(draw.integers(0, 30))
    kinds = [kind for kind in (True, False) if draw.random() < 0.9] or [True]
    starts = int(draw.integers(1, 4))
    begins = float(draw.choice([0.3, 8.0]))
    scales = {True: 1.0, False: float(draw.choice([1.0, 20.0]))}
    lanes = [random_lane(draw, depth, skip, steps, begins, scales[skip]) for skip in kinds for _ in range(starts)]
    early = draw.random() < 0.3
    said = read(words.answer(Race(tuple(lanes), steps, 120 if early else steps)))
    assert (said.form == "none") == (steps == 0)
    if steps == 0:
        return
    left = {skip: left_of(lanes, skip) for skip in kinds}
    gone = [skip for skip in kinds if not left[skip]]
    assert (said.form == "lost") == bool(gone)
    if gone:
        same(said.parts[0], "with" if gone[0] else "without")
    elif len(kinds) == 1:
        same(said.form, "alone")
        same(said.parts[0], f"{depth} layers {'with' if kinds[0] else 'without'} skips")
        range_of(said.parts[1], left[kinds[0]])
    else:
        places = {"both": (0, None, 1, 2), "same": (0, 1, 2, 3)}.get(said.form, (1, 0, 2, 3))
        for place, value in zip(places[:2], (depth, steps), strict=True):
            if place is not None:
                same(said.parts[place], value)
        range_of(said.parts[places[2]], left[True])
        range_of(said.parts[places[3]], left[False])
        shares = [mean_of(one) / one.moments[0].loss for one in lanes if one.diverged is None]
        both, fell = depth == 8 and max(shares) < 0.5, max(shares) < 1
        few = min(map(len, left.values())) < 2
        single = "single" if starts == 1 else "few"
        below, above = max(left[True]) < min(left[False]), max(left[False]) < min(left[True])
        if early:
            same(said.parts[4], 120)
        same(said.form, "early" if early else single if few else verdict(both, below and fell, below, above))


def verdict(both: bool, fell: bool, below: bool, above: bool) -> str:
    """Return the form of the answer where there is a verdict."""
    return "both" if both else "same" if fell else "lower" if below else "higher" if above else "close"


BEGINS = rf"In ({NET}) the first layer's gradient begins at"


@true_of(
    words.first_gradient,
    words.name,
    none=r"No gradient is measured yet\.",
    vanishes=rf"{BEGINS} ([\d.e-]+) of the last layer's: it vanishes\.",
    explodes=rf"{BEGINS} ([\d,]+) times the last layer's: it explodes\.",
    told=rf"{BEGINS} ([\d.e+]+) times the last layer's\.",
)
def first_gradients(draw: np.random.Generator, read: Reader) -> None:
    lanes = [random_lane(draw, 20, False, int(draw.integers(0, 3))) for _ in range(draw.integers(1, 4))]
    said = read(words.first_gradient(lanes))
    begun = [lane.moments[0].gradients for lane in lanes if lane.moments and lane.moments[0].gradients[1]]
    assert (said.form == "none") == (not begun)
    if not begun:
        return
    share = float(np.median([first / last for first, last in begun]))
    same(said.parts[0], "20 layers without skips")
    holds(said.parts[1], share)
    same(said.form, "vanishes" if share < 0.01 else "explodes" if share > 100 else "told")

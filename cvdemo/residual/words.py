"""The sentences of the Skips tab, made from the numbers on screen."""

import statistics
from collections.abc import Sequence

from cvdemo.residual.design import Design
from cvdemo.residual.records import About, Errors, Lane, Parts, Race
from cvdemo.wording import NBSP, figures3, listed, percent

LAST = 10  # steps, over which a loss is told
SHALLOW = 8  # layers
LEARNED = 0.5  # of the first loss: below, a net has learned
FEW_SEEDS = 2  # with fewer, a difference is told without a verdict
QUESTION = "Why do skips let deep networks learn?"
WHY_TITLE = "What does a skip do?"
WHY = (
    "Each block adds something to what came in, instead of replacing it. So the correction from the end (the gradient) "
    "has a straight way back to the first layer, and a block that has learned nothing yet does no harm."
)
ERRORS_NOTE = (
    "That deeper plain nets are worse already on the photos they learn from is called degradation: it is no "
    "overfitting, which would show on the held-out photos alone."
)
SPLIT_NOTE = (
    "Each part is projected onto the whole gradient, with its sign: these projections add up to the whole, which norms "
    "of parts do not. Of the first start with skips, on 64 of the photos it learns from, with the statistics that "
    "batch normalisation keeps."
)
SIDES = {True: "with skips", False: "without skips"}
VANISHES, EXPLODES = 0.01, 100.0
BEGINS = "Without skips a branch that begins at 0 would pass on nothing: the plain nets begin as He's."
ALL_LOST = "Every net {} skips left the range of numbers: its loss is no longer a number."


def name(design: Design) -> str:
    """Return how a net is called: ``20 layers with skips``."""
    return f"{design.depth} layers {'with' if design.skip else 'without'} skips"


def loss_of(lane: Lane) -> float | None:
    """Return the mean loss over a lane's last `LAST` steps, in nats; None where it diverged or has not begun."""
    if lane.diverged is not None or not lane.moments:
        return None
    return statistics.fmean(moment.loss for moment in lane.moments[-LAST:])


def answer(race: Race) -> str:
    """Return what the training losses of the nets with and without skips came to, of one depth."""
    if not race.step:
        return "Nothing is trained yet."
    sides = [(skip, [lane for lane in race.lanes if lane.design.skip is skip]) for skip in (True, False)]
    if not all(lanes for _, lanes in sides):
        return " ".join(_alone(lanes, skip) for skip, lanes in sides if lanes)
    depth = race.lanes[0].design.depth
    (_, residual), (_, plain) = sides
    a, b = _losses(residual), _losses(plain)
    if not a or not b:
        return ALL_LOST.format("without" if a else "with")
    told = f"{_told(a)} with skips, {_told(b)} without"
    start = f"After {_steps(race.step)} on the same photos {depth} layers have a training loss of {told}"
    if race.step < race.steps:
        return f"{start}. No verdict before step {race.steps}."
    if min(len(a), len(b)) < FEW_SEEDS:
        left = "one start each" if len(race.lanes) == 2 else "too few starts are left"
        return f"{start}: {left}, so no verdict."
    ends = [end for lane in race.lanes if (end := _fell_to(lane)) is not None]
    if depth == SHALLOW and max(ends) < LEARNED:
        return f"At {depth} layers both learn: {_told(a)} with skips, {_told(b)} without. Try 56."
    if max(a) < min(b) and max(ends) < 1:
        begin = f"Same {depth} layers, same photos, {_steps(race.step)}"
        return f"{begin}: with skips the loss fell to {_told(a)}, without only to {_told(b)}."
    if max(a) < min(b):
        return f"{start}: every start with skips is below every one without."
    if max(b) < min(a):
        return f"{start}: every start without skips is below every one with."
    return f"{start}: too close to call."


def _fell_to(lane: Lane) -> float | None:
    """Return a lane's loss as a share of its first one; None where it is no number any more."""
    loss = loss_of(lane)
    return None if loss is None else loss / max(lane.moments[0].loss, 1e-12)


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _losses(lanes: Sequence[Lane]) -> list[float]:
    return [loss for lane in lanes if (loss := loss_of(lane)) is not None]


def _told(losses: Sequence[float]) -> str:
    low, high = f"{min(losses):.2f}", f"{max(losses):.2f}"
    return low if low == high else f"{low} to {high}"


def _alone(lanes: Sequence[Lane], skip: bool) -> str:
    losses = _losses(lanes)
    if not losses:
        return ALL_LOST.format("with" if skip else "without")
    return f"{name(lanes[0].design)}: a training loss of {_told(losses)}."


def first_gradient(lanes: Sequence[Lane]) -> str:
    """Return how the first convolution's gradient compares with the last one's, at the first step.

    Vanishing and exploding mean a hundredth and a hundred times here; what lies between is only told.
    """
    shares = [lane.moments[0].gradients[0] / lane.moments[0].gradients[-1] for lane in lanes if _begun(lane)]
    if not shares:
        return "No gradient is measured yet."
    share = statistics.median(shares)
    start = f"In {name(lanes[0].design)} the first layer's gradient begins"
    if share < VANISHES:
        return f"{start} at {share:.1g} of the last layer's: it vanishes."
    if share > EXPLODES:
        return f"{start} at {share:,.0f} times the last layer's: it explodes."
    return f"{start} at {share:.2g} times the last layer's."


def _begun(lane: Lane) -> bool:
    return bool(lane.moments) and lane.moments[0].gradients[-1] > 0


def live(race: Race, step: int) -> str:
    """Return how far both kinds of nets are at a step: mean loss up to it, and the newest errors by then."""
    told = []
    for skip in (True, False):
        losses = [_loss_by(lane, step) for lane in _of(race, skip) if len(lane.moments) >= step]
        told.append(f"{statistics.fmean(losses):.2f} {SIDES[skip]}" if losses else f"no number {SIDES[skip]}")
    start = f"At step {step} the mean training loss is {listed(told)}."
    return f"{start} {_wrong(race, step)}" if _newest(race, step) else start


def _of(race: Race, skip: bool) -> list[Lane]:
    return [lane for lane in race.lanes if lane.design.skip is skip]


def _loss_by(lane: Lane, step: int) -> float:
    return statistics.fmean(moment.loss for moment in lane.moments[max(0, step - LAST) : step])


def _newest(race: Race, step: int) -> dict[bool, list[Errors]]:
    """Return by kind the newest errors of each start at ``step`` or before; {} unless both kinds have some."""
    found = {}
    for skip in (True, False):
        rows = [[one for one in lane.errors if one.step <= step] for lane in _of(race, skip)]
        found[skip] = [row[-1] for row in rows if row]
    return found if all(found.values()) else {}


def _wrong(race: Race, step: int) -> str:
    found = _newest(race, step)
    a, b = (percent(statistics.fmean(one.training for one in found[skip])) for skip in (True, False))
    c, d = (percent(statistics.fmean(one.held_out for one in found[skip])) for skip in (True, False))
    return f"Named wrongly: {a} and {b} of the photos they learn from, {c} and {d} of the held-out ones."


def errors(race: Race) -> str:
    """Return the newest errors of both kinds of nets."""
    return _wrong(race, race.step) if _newest(race, race.step) else "No error is counted yet."


def spread(race: Race, step: int) -> str:
    """Return how many times as far what the last block gives spreads as what the first convolution gives."""
    told = []
    for skip in (True, False):
        rows = [lane.moments[step - 1].spreads for lane in _of(race, skip) if len(lane.moments) >= step > 0]
        ratios = [row[-1] / row[0] for row in rows if row[0] > 0]
        told += [f"{figures3(statistics.fmean(ratios))} times {SIDES[skip]}"] if ratios else []
    if not told:
        return "No spread is measured yet."
    return f"At step {step} the last block's numbers spread as far as the first layer's {listed(told)}."


def reaches(race: Race, step: int) -> str:
    """Return how the first layer's gradient compares with the last one's in both kinds of nets at a step."""
    shares = {skip: _share(_of(race, skip), step) for skip in (True, False)}
    told = [f"{share:.2g} times the last layer's {SIDES[skip]}" for skip, share in shares.items() if share is not None]
    if not told:
        return "No gradient is measured at this step."
    start = f"At step {step} the first layer's gradient is {listed(told)}"
    verdicts = [
        f"{SIDES[skip]} it {'vanishes' if share < VANISHES else 'explodes'}"
        for skip, share in shares.items()
        if share is not None and not VANISHES <= share <= EXPLODES
    ]
    return f"{start}: {listed(verdicts)}." if verdicts else f"{start}."


def _share(lanes: Sequence[Lane], step: int) -> float | None:
    rows = [lane.moments[step - 1].gradients for lane in lanes if len(lane.moments) >= step > 0]
    shares = [row[0] / row[-1] for row in rows if row[-1] > 0]
    return statistics.median(shares) if shares else None


def split(parts: Parts | None) -> str:
    """Return how much of the gradient at the first block's input came through its skip, and how much by its branch."""
    if parts is None or not parts.blocks:
        return "No gradient is taken apart yet: that takes a net with skips whose loss is a number."
    if not parts.blocks[0].norm:
        return f"After step {parts.step} no gradient reaches the first block's input."
    first = parts.blocks[0]
    a, b = (f"{100 * one / first.norm:.0f}{NBSP}%" for one in (first.skip, first.branch))
    start = f"After step {parts.step}, {a} of the gradient at the first block's input came through its skip"
    return f"{start}, {b} through its branch."


def lost(race: Race) -> str:
    """Return which starts left the range of numbers, and when; "" where none did."""
    gone = [lane for lane in race.lanes if lane.diverged is not None]
    if not gone:
        return ""
    told = [f"start {lane.seed + 1} {SIDES[lane.design.skip]} at step {lane.diverged}" for lane in gone]
    others = " The others go on." if len(gone) < len(race.lanes) else ""
    return f"Left the range of numbers: {listed(told)}. There the curve ends.{others}"


def told(race: Race, about: About, seconds: float, where: str = "") -> str:
    """Return what was trained on what, how long that took, and of a stored run where it was run."""
    starts = len({lane.seed for lane in race.lanes})
    nets = f"{race.lanes[0].design.depth} layers, {starts} start{'' if starts == 1 else 's'} each"
    photos = f"{about.learned} of {about.title} are learned from, {about.held_out} are held out"
    if where:
        return f"A stored run: {nets}; {photos}; {_steps(race.step)} on {where}."
    return f"{nets}; {photos}; {_steps(race.step)} took {figures3(seconds)}{NBSP}s of work here."

"""The sentences of the Skips tab, made from the numbers on screen."""

import statistics
from collections.abc import Sequence

from cvdemo.residual.nets import Design
from cvdemo.residual.side_by_side import Lane, Race

LAST = 10  # steps, over which a loss is told
FEW_SEEDS = 2  # with fewer, a difference is told without a verdict
QUESTION = "Why do skips let deep networks learn?"


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
        lost = "without" if a else "with"
        return f"Every net {lost} skips left the range of numbers: its loss is none any more."
    told = f"{_told(a)} with skips, {_told(b)} without"
    start = f"After {race.step} steps on the same photos {depth} layers have a training loss of {told}"
    if min(len(a), len(b)) < FEW_SEEDS:
        return f"{start}: one start each, so no verdict."
    if max(a) < min(b):
        return f"{start}: every start with skips is below every one without."
    if max(b) < min(a):
        return f"{start}: every start without skips is below every one with."
    return f"{start}: too close to call."


def _losses(lanes: Sequence[Lane]) -> list[float]:
    return [loss for lane in lanes if (loss := loss_of(lane)) is not None]


def _told(losses: Sequence[float]) -> str:
    low, high = f"{min(losses):.2f}", f"{max(losses):.2f}"
    return low if low == high else f"{low} to {high}"


def _alone(lanes: Sequence[Lane], skip: bool) -> str:
    losses = _losses(lanes)
    if not losses:
        return f"Every net {'with' if skip else 'without'} skips left the range of numbers: its loss is none any more."
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
    if share < 0.01:
        return f"{start} at {share:.1g} of the last layer's: it vanishes."
    if share > 100:
        return f"{start} at {share:,.0f} times the last layer's: it explodes."
    return f"{start} at {share:.2g} times the last layer's."


def _begun(lane: Lane) -> bool:
    return bool(lane.moments) and lane.moments[0].gradients[-1] > 0

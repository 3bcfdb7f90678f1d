"""The sentences of the view "Loss surface", made from the two surfaces on screen."""

import math

from cvdemo.residual.records import Surface
from cvdemo.wording import percent

QUESTION = "What does the loss look like around the trained weights?"
WHY_TITLE = "What is drawn here?"
WHY = (
    "Two random directions away from the trained weights span a plane; each point of it is the same network with all "
    "filters moved a little, and its height is the loss on the training photos. Each filter is moved in proportion to "
    "its own length, so that large weights are not mistaken for a flat valley (Li et al. 2018). It is a slice of a "
    "space of many thousand dimensions: another pair of directions gives another picture."
)
NOT_HERE = "The stored surfaces are not in this copy of the page. Compute them here."


def name(surface: Surface) -> str:
    """Return how a surface is called: ``56 layers, with skips``."""
    return f"{surface.design.depth} layers, {'with' if surface.design.skip else 'without'} skips"


def answer(one: Surface, other: Surface) -> str:
    """Return how low the loss lies in the middle of both, and from how far away one falls there."""
    rows = [(_side(each), each.middle, each.falls_to_the_middle()) for each in (one, other)]
    (first, a, near), (second, b, far) = rows
    return (
        f"In the middle the loss is {_loss(a)} {first} and {_loss(b)} {second}. Always going down, one gets there from "
        f"{percent(near)} of the points {first} and from {percent(far)} {second}."
    )


def hollows(one: Surface, other: Surface, classes: int = 10) -> str:
    """Return how rough both are, and how much of them is better than guessing."""
    guess = math.log(classes)
    a, b = (len(each.hollows()) for each in (one, other))
    return (
        f"Hollows, points lower than all around them: {a} {_side(one)}, {b} {_side(other)}. Better than guessing, "
        f"which has a loss of {_loss(guess)}: {percent(one.below(guess))} of the points {_side(one)}, "
        f"{percent(other.below(guess))} {_side(other)}."
    )


def computed(surface: Surface, where: str) -> str:
    """Return where a surface comes from, with its points."""
    side = surface.side
    return f"{name(surface)}: {side} × {side} points, pair of directions {surface.draw}, computed on {where}."


def _side(surface: Surface) -> str:
    return "with skips" if surface.design.skip else "without"


def _loss(nats: float) -> str:
    """Return a loss with two decimals, a small one with three."""
    if not math.isfinite(nats):
        return "no number"
    return f"{nats:.2f}" if nats >= 0.1 else f"{nats:.3f}"

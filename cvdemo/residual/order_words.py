"""The sentences on a block's order, post- or pre-activation, and on which model of the catalogue has which."""

from collections.abc import Sequence
from typing import Final

from cvdemo import catalogue
from cvdemo.residual.design import ORDERS, Design
from cvdemo.residual.orders import KINDS, Kind
from cvdemo.residual.records import Race
from cvdemo.residual.words import loss_of

TITLE = "In which order?"
WHY = (
    "After the sum (post-activation, He et al. 2015), a ReLU stands on the way of every skip. Before the convolution "
    "(pre-activation, He et al. 2016), nothing does: what came in reaches the end as it was, and the gradient comes "
    "back as it was. The weights are as many. He et al. 2016 found this order better, in nets of up to 1,001 layers; "
    "what a small net comes to within few steps is measured here."
)
ROWS: Final[tuple[tuple[tuple[Kind, ...], str, str], ...]] = (
    (("post",), "Post-activation", "convolution first, an activation after the sum"),
    (("linear",), "Linear end", "convolution first, no activation after the sum"),
    (("pre",), "Pre-activation", "normalisation first, nothing after the sum"),
    (("linear", "pre"), "Both", "blocks with a linear end, and pre-activation blocks"),
    ((), "No sum", "nothing is added to what came in; DenseNet sets it side by side instead"),
)
CORRECTED = (
    "“EfficientNet and ResNeXt are pre-activation” is not so: read from the models, ResNeXt normalises after the "
    "convolution and has a ReLU after the sum; EfficientNet normalises after the convolution and has nothing after it."
)
NAMES: Final = {"post": "post-activation", "pre": "pre-activation"}

__all__ = ["CORRECTED", "ORDERS", "TITLE", "WHY", "answer", "name", "table", "told"]


def table() -> list[dict[str, object]]:
    """Return a row a kind: its name, what that means, the titles of its models."""
    return [
        {"name": name, "about": about, "models": [catalogue.get(one).title for one in KINDS[kind]]}
        for kind, name, about in ROWS
    ]


def name(design: Design) -> str:
    """Return how a net is called here: ``pre-activation``."""
    return NAMES[design.order]


def answer(race: Race) -> str:
    """Return whose training loss is lower, of the same starts; without a verdict where starts disagree."""
    if not race.step:
        return "Neither order is trained yet."
    sides = {order: _losses(race, order) for order in ("post", "pre")}
    if not all(sides.values()):
        lost = next(order for order, losses in sides.items() if not losses)
        return f"Every {NAMES[lost]} net left the range of numbers."
    depth, start = race.lanes[0].design.depth, f"After {race.step} steps"
    told = f"{start} {depth} layers have a training loss of {_told(sides['post'])} post-activation, "
    told += f"{_told(sides['pre'])} pre-activation"
    post, pre = sides["post"], sides["pre"]
    if max(pre) < min(post):
        return f"{told}: every start is lower with pre-activation."
    if max(post) < min(pre):
        return f"{told}: every start is lower with post-activation."
    return f"{told}: too close to call."


def _losses(race: Race, order: str) -> list[float]:
    found = [loss_of(lane) for lane in race.lanes if lane.design.order == order]
    return [one for one in found if one is not None]


def _told(losses: Sequence[float]) -> str:
    low, high = f"{min(losses):.2f}", f"{max(losses):.2f}"
    return low if low == high else f"{low} to {high}"


def told(race: Race, where: str) -> str:
    """Return what was trained, and where."""
    starts = len({lane.seed for lane in race.lanes})
    return (
        f"{starts} starts of each, the same weights and batches for both; digits at 16 × 16 pixels, training loss as "
        f"the mean of 5 steps. Trained on {where}."
    )

"""What Skips says of loss surfaces, of bottlenecks and of either order in a block."""

import math

import numpy as np
import torch
from scipy import ndimage

from cvdemo.residual import costs, order_words, surface_words
from cvdemo.residual.design import DEPTHS, Design
from cvdemo.residual.records import Lane, Moment, Race, Surface
from tests.sentences.convolution import X
from tests.sentences.residual import LOSSES, left_of, range_of
from tests.sentences.table import Reader, holds, same, true_of

LOSS = r"(\d+\.\d\d\d?)"
SHARE = r"(\d+\.\d) %"
SIDE = r"(with skips|without)"


def random_surface(draw: np.random.Generator, skip: bool) -> Surface:
    """Return a surface of noise around a bowl: smooth or rough, of any height."""
    side = int(draw.choice([3, 5, 9]))
    across = np.linspace(-1, 1, side)
    bowl = np.hypot(*np.meshgrid(across, across)) * draw.uniform(0, 5) + draw.uniform(0.01, 3)
    rough = draw.uniform(0.5, 1.5, (side, side)) if draw.random() < 0.7 else 1.0
    return Surface(Design(int(draw.choice(DEPTHS)), skip), 0, int(draw.integers(10)), (bowl * rough).astype(np.float32))


def ends_in_the_middle(surface: Surface) -> float:
    """Return the share of points that fall to the middle: by water that runs down, one step of all points at a time."""
    side, losses = surface.side, surface.losses
    at = np.arange(side * side).reshape(side, side)
    padded = np.pad(losses, 1, constant_values=np.inf)
    for row, column in np.ndindex(side, side):
        window = padded[row : row + 3, column : column + 3]
        down, right = np.unravel_index(window.argmin(), (3, 3))
        if window.min() < losses[row, column]:
            at[row, column] = (row + down - 1) * side + column + right - 1
    ends = np.arange(side * side)
    for _ in range(side * side):
        ends = at.ravel()[ends]
    rows, columns = np.divmod(ends, side)
    middle = side // 2
    return float((np.maximum(abs(rows - middle), abs(columns - middle)) <= 1).mean())


@true_of(
    surface_words.answer,
    _=rf"In the middle the loss is {LOSS} {SIDE} and {LOSS} {SIDE}\. Always going down, one gets there from "
    rf"{SHARE} of the points {SIDE} and from {SHARE} {SIDE}\.",
)
def surface_answer(draw: np.random.Generator, read: Reader) -> None:
    pair = [random_surface(draw, skip) for skip in (True, False)]
    parts = read(surface_words.answer(*pair)).parts
    for place, one in enumerate(pair):
        holds(parts[2 * place], float(one.losses[one.side // 2, one.side // 2]))
        holds(parts[4 + 2 * place], 100 * ends_in_the_middle(one))
        for said in (parts[1 + 2 * place], parts[5 + 2 * place]):
            same(said, "with skips" if one.design.skip else "without")


@true_of(
    surface_words.hollows,
    _=rf"Hollows, points lower than all around them: (\d+) {SIDE}, (\d+) {SIDE}\. Better than guessing, which has a "
    rf"loss of {LOSS}: {SHARE} of the points {SIDE}, {SHARE} {SIDE}\.",
)
def surface_hollows(draw: np.random.Generator, read: Reader) -> None:
    pair = [random_surface(draw, skip) for skip in (True, False)]
    parts = read(surface_words.hollows(*pair)).parts
    around = np.ones((3, 3), bool)
    around[1, 1] = False
    for place, one in enumerate(pair):
        lowest = ndimage.minimum_filter(one.losses, footprint=around, mode="nearest")
        holds(parts[2 * place], int((one.losses < lowest)[1:-1, 1:-1].sum()))
        holds(parts[5 + 2 * place], 100 * float((one.losses < math.log(10)).mean()))
        for said in (parts[1 + 2 * place], parts[6 + 2 * place]):
            same(said, "with skips" if one.design.skip else "without")
    holds(parts[4], math.log(10))


@true_of(surface_words.name, _=r"(\d+) layers, (with|without) skips")
def surface_name(draw: np.random.Generator, read: Reader) -> None:
    one = random_surface(draw, bool(draw.integers(2)))
    parts = read(surface_words.name(one)).parts
    holds(parts[0], one.design.depth)
    same(parts[1], "with" if one.design.skip else "without")


@true_of(
    surface_words.computed,
    _=r"(\d+) layers, (?:with|without) skips: (\d+) × (\d+) points, pair of directions (\d), computed on (.+)\.",
)
def surface_computed(draw: np.random.Generator, read: Reader) -> None:
    one = random_surface(draw, True)
    parts = read(surface_words.computed(one, "2 CPU cores, just now")).parts
    for place, real in enumerate((one.design.depth, one.losses.shape[0], one.losses.shape[1], one.draw)):
        holds(parts[place], real)
    same(parts[4], "2 CPU cores, just now")


def random_branch(draw: np.random.Generator) -> costs.Branch:
    """Return a block of any kind."""
    rows = (costs.WIDTHS, costs.NARROWED, costs.SIDES)
    return costs.Branch(*(int(draw.choice(one)) for one in rows), bool(draw.integers(2)))


def weights_of(*layers: tuple[int, int, int]) -> int:
    """Return the weights of convolutions (inputs, outputs, size), as torch makes them."""
    made = [torch.nn.Conv2d(*one, bias=False, device="meta") for one in layers]
    return sum(one.weight.numel() for one in made)


def both_of(one: costs.Branch) -> tuple[int, int, int]:
    """Return the weights of the bottleneck, of two 3 x 3 at its width, and of two at its middle's."""
    wide, middle = one.width, one.middle
    narrow = weights_of((wide, middle, 1), (middle, middle, 3), (middle, wide, 1))
    return narrow, weights_of(*2 * [(wide, wide, 3)]), weights_of(*2 * [(middle, middle, 3)])


@true_of(
    costs.answer,
    _=rf"At {X} channels a bottleneck has {X} weights, two 3 × 3 have {X}: {X} times as many"
    r"(, each with its projection)?\.",
)
def branch_answer(draw: np.random.Generator, read: Reader) -> None:
    one = random_branch(draw)
    parts = read(costs.answer(one)).parts
    added = weights_of((one.width, one.width, 1)) if one.projection else 0
    narrow, wide, _ = both_of(one)
    for place, real in enumerate((one.width, narrow + added, wide + added, (wide + added) / (narrow + added))):
        holds(parts[place], real)
    same(parts[4], ", each with its projection" if one.projection else "")


@true_of(
    costs.corrected,
    _=rf"“A bottleneck needs 4 times fewer multiply-adds” is not what one counts: two 3 × 3 of {X} channels need {X} "
    rf"times as many\. Two things may be meant by it: its middle has (\d) times fewer channels; or it carries (\d) "
    rf"times as many channels as two 3 × 3 of {X}, with {X} times their weights: {X} against {X}\.",
)
def branch_corrected(draw: np.random.Generator, read: Reader) -> None:
    one = random_branch(draw)
    parts = read(costs.corrected(one)).parts
    narrow, wide, same_middle = both_of(one)
    real = (one.width, wide / narrow, one.narrowed, one.width / one.middle, one.middle, narrow / same_middle, narrow)
    for place, value in enumerate((*real, same_middle)):
        holds(parts[place], value)


@true_of(
    costs.projection,
    _=r"A skip that is the identity has no weights\. Where the number of channels or the side of the map changes, a "
    rf"1 × 1 convolution stands there, the projection: from {X} to {X} channels it has {X} weights, {X} times those of "
    r"the bottleneck beside it, and needs ([\d.,]+(?: [kMG])?) multiply-adds\.",
)
def branch_projection(draw: np.random.Generator, read: Reader) -> None:
    one = random_branch(draw)
    parts = read(costs.projection(one)).parts
    added = weights_of((one.width, one.width, 1))
    for place, real in enumerate((one.width, one.width, added, added / both_of(one)[0])):
        holds(parts[place], real)
    number_, _, unit = parts[4].partition(" ")
    holds(number_, added * one.side**2 / {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[unit])


ORDERED = (
    rf"After (\d+) steps (\d+) layers have a training loss of ({LOSSES}) post-activation, ({LOSSES}) pre-activation"
)


@true_of(
    order_words.answer,
    none=r"Neither order is trained yet\.",
    lost=r"Every (post-activation|pre-activation) net left the range of numbers\.",
    pre=rf"{ORDERED}: every start is lower with pre-activation\.",
    post=rf"{ORDERED}: every start is lower with post-activation\.",
    close=rf"{ORDERED}: too close to call\.",
)
def order_answer(draw: np.random.Generator, read: Reader) -> None:
    depth, steps, starts = int(draw.choice(DEPTHS)), int(draw.integers(0, 30)), int(draw.integers(1, 4))
    lanes = {}
    for order in ("post", "pre"):
        level = float(draw.choice([0.2, 0.5, 2.0]))
        lanes[order] = [
            Lane(
                Design(depth, order=order),  # type: ignore[arg-type]
                seed,
                tuple(Moment(step + 1, level * float(draw.uniform(0.5, 1.5)), (1.0,), (1.0,)) for step in range(steps)),
                diverged=3 if draw.random() < 0.2 else None,
            )
            for seed in range(starts)
        ]
    said = read(order_words.answer(Race((*lanes["post"], *lanes["pre"]), steps, 120)))
    post, pre = (left_of(lanes[order], True) for order in ("post", "pre"))
    if not steps:
        same(said.form, "none")
    elif not post or not pre:
        same(said.parts[0], "post-activation" if not post else "pre-activation")
    else:
        same(said.form, "pre" if max(pre) < min(post) else "post" if max(post) < min(pre) else "close")
        holds(said.parts[0], steps)
        holds(said.parts[1], depth)
        range_of(said.parts[2], post)
        range_of(said.parts[3], pre)


@true_of(
    order_words.told,
    _=r"(\d) starts of each, the same weights and batches for both; digits at 16 × 16 pixels, training loss as the "
    r"mean of 5 steps\. Trained on (.+)\.",
)
def order_told(draw: np.random.Generator, read: Reader) -> None:
    starts = int(draw.integers(1, 6))
    lanes = [Lane(Design(order=order), seed) for order in ("post", "pre") for seed in range(starts)]  # type: ignore[arg-type]
    parts = read(order_words.told(Race(tuple(lanes), 0, 120), "2 CPU cores, just now")).parts
    holds(parts[0], starts)
    same(parts[1], "2 CPU cores, just now")


@true_of(order_words.name, _=r"(post|pre)-activation")
def order_name(draw: np.random.Generator, read: Reader) -> None:
    order = str(draw.choice(["post", "pre"]))
    same(read(order_words.name(Design(order=order))).parts[0], order)  # type: ignore[arg-type]

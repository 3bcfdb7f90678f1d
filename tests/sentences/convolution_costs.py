"""What Convolution says of costs."""

import numpy as np
import torch

from cvdemo.convolution import costs, describe
from tests.sentences.convolution import X
from tests.sentences.table import Reader, holds, same, true_of


def random_shape(draw: np.random.Generator) -> costs.Shape:
    return costs.Shape(*(int(draw.choice(one)) for one in (costs.CHANNELS, costs.CHANNELS, costs.SIZES, costs.SIDES)))


@true_of(
    costs.answer,
    fewer=rf"Depthwise separable needs {X} times fewer multiply-adds than a standard (\d+) × (\d+)\.",
    more=rf"Here splitting does not pay: depthwise separable needs {X} times as many as (\d+) × (\d+)\.",
    same=r"Here splitting saves nothing: both need ([\d.,]+(?: [kMG])?) multiply-adds\.",
)
def costs_answer(draw: np.random.Generator, read: Reader) -> None:
    shape = random_shape(draw) if draw.random() < 0.8 else _even(draw)
    said = read(costs.answer(shape))
    whole = _weights(shape.inputs, shape.outputs, shape.size)
    split = _weights(shape.inputs, shape.inputs, shape.size, shape.inputs) + _weights(shape.inputs, shape.outputs, 1)
    ratio = whole / split
    same(said.form, "fewer" if ratio > 1.005 else "more" if ratio < 0.995 else "same")
    if said.form == "same":
        number_, _, unit = said.parts[0].partition(" ")
        holds(number_, whole * shape.side**2 / {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[unit])
    else:
        holds(said.parts[0], max(ratio, 1 / ratio))
        holds(said.parts[1], shape.size)
        holds(said.parts[2], shape.size)


def _even(draw: np.random.Generator) -> costs.Shape:
    """Return a layer for which both kinds cost the same within 0.5 %."""
    return (
        costs.Shape(int(draw.choice(costs.CHANNELS)), 1024, 1, 7) if draw.random() < 0.5 else costs.Shape(8, 512, 1, 7)
    )


def _weights(inputs: int, outputs: int, size: int, groups: int = 1) -> int:
    return torch.nn.Conv2d(inputs, outputs, size, groups=groups, bias=False, device="meta").weight.numel()


@true_of(
    costs.sentence,
    _=rf"One (\d+) × (\d+) filter over {X} (channel|channels) has {X} (weight|weights) and 1 bias, {X} in all, "
    rf"and makes one output channel\. Each weight is used at all {X} positions of the map\. 1 × 1 mixes channels "
    r"only: it sees no neighbours\.",
)
def costs_sentence(draw: np.random.Generator, read: Reader) -> None:
    shape = random_shape(draw)
    said = read(costs.sentence(shape))
    count = _weights(shape.inputs, 1, shape.size)
    rows = ((0, shape.size), (1, shape.size), (2, shape.inputs), (4, count), (6, count + 1), (7, shape.side**2))
    for place, real in rows:
        holds(said.parts[place], real)
    same(said.parts[3], "channel" if shape.inputs == 1 else "channels")
    same(said.parts[5], "weight" if count == 1 else "weights")


@true_of(
    describe.describe,
    _=r"(nothing here|(?:bright|dark|red|green|blue|yellow|cyan|magenta) areas|(?:upright|level|slanted) "
    r"edges|spots and fine texture|(?:upright|level|slanted) colour edges|colour texture)",
)
def described(draw: np.random.Generator, read: Reader) -> None:
    planes = draw.normal(0, 1, (3, 30, 30)).cumsum(1).cumsum(2) / 20
    along, flat = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float), np.ones((3, 3))
    slanted = np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]], float)
    sign = float(draw.choice([-1, 1]))
    known = {
        "nothing here": 0 * flat, "bright areas" if sign > 0 else "dark areas": sign * flat,
        "upright edges": sign * along, "level edges": sign * along.T, "slanted edges": sign * slanted,
        "spots and fine texture": sign * np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], float),
    }  # fmt: skip
    for name, plane in [list(known.items())[place] for place in draw.integers(0, len(known), 2)]:
        same(read(describe.describe(np.repeat(plane[None], 3, 0), planes)).parts[0], name)
    colour = np.array([2.0, -1, -1])
    for name, tint in (("red areas", colour), ("cyan areas", -colour), ("blue areas", colour[::-1])):
        same(read(describe.describe(tint[:, None, None] * flat, planes)).parts[0], name)
    for name, plane in (("upright colour edges", along), ("level colour edges", along.T)):
        same(read(describe.describe(colour[:, None, None] * plane, planes)).parts[0], name)
    fine = colour[:, None, None] * known["spots and fine texture"]
    same(read(describe.describe(fine, planes)).parts[0], "colour texture")

"""Claims on convolution, counted and measured by the functions of its lab."""

import itertools

import numpy as np

from cvdemo import starters
from cvdemo.convolution import arithmetic, shift
from cvdemo.convolution.costs import Shape, costs
from cvdemo.lesson.measured import Measured, Report
from cvdemo.receptive_field.stack import Row, build
from cvdemo.wording import figures3

SETTINGS = tuple(itertools.product((5, 8, 32), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2)))
FAR = 0.05  # a relative error from which maps differ
MOVED = ("mini_resnet",)


def parameters(_report: Report) -> Measured:
    """Count the weights of one 3 x 3 filter over 3 channels."""
    weights = costs(Shape(inputs=3, outputs=1, size=3))[0].weights
    (level,) = build((Row(kernel=3, channels=1),), 32)
    whole = level.parameters
    said = f"Counted: {weights} weights and {whole - weights} bias, {whole} in all, for ONE output channel."
    return Measured({"weights": weights, "parameters": whole}, said, whole == 28)


def output_size(_report: Report) -> Measured:
    """Compare the formula with the maps that come out."""
    right = tried = 0
    for side, size, stride, padding, dilation in SETTINGS:
        if arithmetic.span(size, dilation) > side + 2 * padding:
            continue
        planes, kernel = np.zeros((1, side, side)), np.zeros((1, 1, size, size))
        came = arithmetic.correlate(arithmetic.pad(planes, padding), kernel, stride, dilation).shape[-1]
        right += came == arithmetic.output_size(side, size, stride, padding, dilation)
        tried += 1
    said = f"Convolved here with {tried} settings: in {right} of them the map has the size that the formula says."
    return Measured({"settings": tried, "right": right}, said, right == tried)


def field(_report: Report) -> Measured:
    """Build 10 layers of 3 x 3 and read what one unit sees."""
    levels = build((Row(channels=8),) * 10, 64)
    one, two, ten = (levels[number - 1].size for number in (1, 2, 10))
    said = f"Built here with stride 1: after 1, 2 and 10 layers one unit sees {one}, {two} and {ten} pixels a side."
    return Measured({"one": one, "two": two, "ten": ten}, said, (one, two, ten) == (3, 5, 21))


def equivariance(report: Report) -> Measured:
    """Move the cat under a small CNN and compare its deepest map with the one that moved along."""
    (moved,) = shift.move(starters.get(starters.best("cat")).path, MOVED, lambda _name, done: report("steps", done, 33))
    place = next(number for number, stride in enumerate(moved.strides) if stride > 1)
    stride, errors = moved.strides[place], moved.errors[place]
    odd, whole = float(errors[1]), float(errors[stride])
    said = (
        f"Layer {moved.layers[place]} of {moved.title}, {stride} pixels a cell: moved by {stride} pixels its map "
        f"differs by {figures3(100 * whole)} % from the one that moved along; by 1 pixel, by {figures3(100 * odd)} %."
    )
    return Measured({"stride": stride, "whole": whole, "one": odd}, said, odd <= FAR and whole <= FAR)


def pointwise(_report: Report) -> Measured:
    """Count what a 1 x 1 convolution costs."""
    shape = Shape(inputs=64, outputs=128, size=1, side=56)
    one = costs(shape)[2]
    each = one.multiply_adds // shape.side**2
    said = (
        f"Counted for {shape.inputs} to {shape.outputs} channels: {one.weights:,} weights in all, the same ones at "
        f"each of the {shape.side**2:,} positions, and {each:,} multiply-adds at each position."
    )
    return Measured({"weights": one.weights, "each": each}, said, False)

"""Questions about one convolution: a sum over the photo's own pixels, the size that is left, and what layers cost."""

import numpy as np
from numpy.typing import NDArray

from cvdemo.convolution import kernels
from cvdemo.convolution.arithmetic import correlate, output_size, span
from cvdemo.convolution.costs import Shape, costs
from cvdemo.convolution.kernels import Kernel
from cvdemo.convolution.reduced_photo import ReducedPhoto, grey
from cvdemo.quiz.question import Grid, Question, numbers, paired
from cvdemo.quiz.subject import Subject
from cvdemo.receptive_field.stack import SIDE_HIGH

TRIES = 300
LEAST_RANGE = 40  # levels of 255 between the darkest and the brightest of nine pixels: less is a flat place
ONE_SIDED = ("sobel_x", "sobel_y", "emboss")
"""Kernels of whole numbers that are not the same upside down: a flipped one gives another sum."""


SUMMED = (
    "You turned the kernel by 180° first. Mathematics does; the layers of networks do not.",
    "You read the kernel by columns instead of by rows.",
    "You left out the minus signs. Opposite sides must be able to cancel.",
    "You divided by nine. Only a kernel that averages has that in its numbers.",
    "You took every number of the kernel for 1 or -1.",
)

LEFT_OVER = (
    "You padded one edge only. Padding comes at both.",
    "You forgot the first position: + 1 after the division.",
    "You left out the padding.",
    "You left out the stride: the kernel skips positions.",
    "You only divided by the stride. The kernel's size and the padding count as well.",
    "You left out the dilation: with holes between its numbers the kernel covers more.",
)

POINTWISE = (
    (
        "You counted a weight at every position. One set of weights serves all of them; only the multiply-adds are "
        "that many."
    ),
    "You counted a 3 × 3 neighbourhood. 1 × 1 sees one position at a time.",
    "You added the channels. Every channel out has a weight for every channel in.",
    "You counted a depthwise 3 × 3 as well. 1 × 1 alone only mixes channels.",
    "You took 1 × 1 for one number a filter. It is one for each channel that comes in.",
)


def summed(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask what one kernel makes of nine pixels of the photo."""
    photo = subject.reduced
    seen, kernel = grey(photo)[0], kernels.get(str(draw.choice(ONE_SIDED)))
    rows, columns = seen.shape
    if min(rows, columns) < 3:
        return None
    for _ in range(TRIES):
        row, column = int(draw.integers(0, rows - 2)), int(draw.integers(0, columns - 2))
        window = seen[row : row + 3, column : column + 3]
        if np.ptp(window) >= LEAST_RANGE:
            question = _sum_of(window, kernel, _on_photo(photo, row + 1, column + 1), draw)
            if question is not None:
                return question
    return None


def _sum_of(
    window: NDArray[np.float64], kernel: Kernel, point_rc: tuple[int, int], draw: np.random.Generator
) -> Question | None:
    taps = kernels.array(kernel.rows)
    right, parts = float(correlate(window[None], taps[None, None])[0, 0, 0]), window * taps
    misses = paired(
        SUMMED,
        float((window * taps[::-1, ::-1]).sum()),
        float((window * taps.T).sum()),
        float(np.abs(parts).sum()),
        right / 9,
        float(np.sign(taps).ravel() @ window.ravel()),
    )
    choices = numbers(draw, right, misses, _whole, max(12.0, 0.08 * abs(right)))
    if choices is None:
        return None
    return Question(
        topic="summed",
        about="photo",
        text=(
            f"These are nine pixels of the photo in grey, 0 to 255, and the kernel {kernel.title}. What does a "
            "convolutional layer with this kernel give there?"
        ),
        choices=choices,
        figure=_whole(right),
        reason=f"Each pixel times the number over it, all added: {_sum(parts)} = {_whole(right)}.",
        lab="convolution",
        state={"view": "slide", "kernel": kernel.name},
        grids=(Grid("Nine pixels", _table(window)), Grid(kernel.title, _table(taps))),
        point_rc=point_rc,
    )


def _whole(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")


def _sum(parts: NDArray[np.float64]) -> str:
    return " + ".join(_whole(value) for value in parts.ravel() if value).replace("+ −", "− ")


def _table(values: NDArray[np.float64]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(_whole, row)) for row in values)


def _on_photo(photo: ReducedPhoto, row: int, column: int) -> tuple[int, int]:
    (wide, high), (width, height) = photo.size_wh, photo.full_size_wh
    return int((row + 0.5) * height / high), int((column + 0.5) * width / wide)


def left_over(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how wide the photo is after one layer."""
    width = subject.size_wh[0]
    kernel, dilation = int(draw.choice((3, 5, 7))), int(draw.choice((1, 2, 3)))
    stride, padding = int(draw.choice((2, 3, 4))), int(draw.choice((1, 2, 3)))
    covers = span(kernel, dilation)
    if covers > width + 2 * padding:
        return None
    right = output_size(width, kernel, stride, padding, dilation)
    misses = paired(
        LEFT_OVER,
        (width + padding - covers) // stride + 1,
        (width + 2 * padding - covers) // stride,
        (width - covers) // stride + 1,
        width + 2 * padding - covers + 1,
        width // stride,
        (width + 2 * padding - kernel) // stride + 1,  # the right one where nothing is dilated
    )
    sound = [one for one in misses if float(one.value) >= 1]  # a narrow photo leaves nothing in some
    choices = numbers(draw, right, sound, "{:,.0f}".format, 1)
    if choices is None or width > SIDE_HIGH:
        return None
    return Question(
        topic="left_over",
        about="photo",
        text=(
            f"The photo is {width:,} px wide. A layer with a {kernel} × {kernel} kernel, stride {stride}, padding "
            f"{padding} and dilation {dilation} looks at it as it is. How wide is its map?"
        ),
        choices=choices,
        figure=f"{right:,} px",
        reason=(
            f"The kernel covers {dilation}·({kernel} - 1) + 1 = {covers} px; ({width:,} + 2·{padding} - {covers}) / "
            f"{stride}, rounded down, + 1 = {right:,}."
        ),
        lab="receptive-field",
        state={"view": "field-stack", "stack": f"{width}_c-{kernel}-{stride}-{padding}-{dilation}-1-8"},
        on_photo=True,
    )


def pointwise(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how many weights a 1 x 1 convolution has."""
    inputs, outputs, side = (int(draw.choice(row)) for row in ((32, 64, 128, 256), (64, 128, 256, 512), (14, 28, 56)))
    shape = Shape(inputs=inputs, outputs=outputs, size=3, side=side)
    standard, separable, pointed = costs(shape)
    misses = [*paired(POINTWISE, pointed.multiply_adds, standard.weights, inputs + outputs, separable.weights, outputs)]
    choices = numbers(draw, pointed.weights, misses, "{:,.0f}".format, 1)
    if choices is None:
        return None
    return Question(
        topic="pointwise",
        about="theory",
        text=(
            f"A 1 × 1 convolution makes {outputs} channels out of {inputs}, on a map of {side} × {side}. How many"
            " weights does it have, without bias?"
        ),
        choices=choices,
        figure=f"{pointed.weights:,} weights",
        reason=(
            f"{inputs} × {outputs} = {pointed.weights:,}, the same at all {side * side:,} positions; that makes "
            f"{pointed.multiply_adds:,} multiply-adds."
        ),
        lab="convolution",
        state={"view": "costs", "inputs": str(inputs), "outputs": str(outputs), "size": "3", "side": str(side)},
    )

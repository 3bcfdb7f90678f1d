"""Questions about a ViT: how far it looks on the photo, and how many patches it cuts a photo into."""

import math

import numpy as np

from cvdemo.attention.study import Attended, cell_px
from cvdemo.catalogue import get
from cvdemo.quiz.question import Miss, Question, numbers, paired
from cvdemo.quiz.subject import Subject
from cvdemo.wording import NBSP

PATCH = 16
NEAR = 0.12  # of the right distance
SIDES = (160, 192, 224, 256, 320, 384, 448)


LOOKED = (
    "You let a patch look at its neighbours only, as a 3 × 3 filter does. Attention reaches all patches at once.",
    "You let it look at all patches alike. What it looks at is chosen by the photo.",
    "You took 'it can look anywhere' for 'it looks as far as it can'.",
    "You let every look go across the whole picture. That is the longest way, not the mean.",
)

TOKENS = (
    "You forgot the class token, which the original ViT puts before its patches.",
    "You counted the patches along one side.",
    "You took the 16 of ViT-B/16 for the number of patches a side. It is their size in pixels.",
    "You let patches overlap the edge. The photo is cut into whole ones.",
    "You gave each colour tokens of its own. One patch holds all three.",
    "You counted the pairs that attend to each other, not the tokens.",
)


def looked(subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how far a patch looks on average in one block of the ViT."""
    found = subject.attended
    for drawn in draw.permutation(0 if found is None else len(found.layers)):
        question = None if found is None else _in_block(found, int(drawn), draw)
        if question is not None:
            return question
    return None


def _in_block(found: Attended, place: int, draw: np.random.Generator) -> Question | None:
    means = [float(one.distance_px.mean()) for one in found.figures]
    layer, right = found.layers[place], means[place]
    (rows, columns), (height, width) = layer.grid_hw, cell_px(found.picture, layer)
    even, apart = _even(layer.grid_hw, (height, width)), max(2.0, NEAR * right)
    others = [number for number in range(len(means)) if abs(means[number] - right) >= apart][:2]
    misses = [
        *paired(LOOKED, max(height, width), even, math.hypot(height * rows, width * columns), width * columns),
        *[
            Miss(means[one], f"That is block {one + 1}. How far it looks differs from block to block.")
            for one in others
        ],
    ]
    choices = numbers(draw, right, misses, _px, apart)
    if choices is None:
        return None
    block = f"block {place + 1} of {len(means)}"
    return Question(
        topic="looked",
        about="photo",
        text=(
            f"{get(found.asked.model).title} cuts your photo into {rows} × {columns} patches of {_px(width)}. How far "
            f"away does a patch look on average in {block}, over all heads?"
        ),
        choices=choices,
        figure=_px(right),
        reason=(
            f"Measured: the mean distance, weighted by attention, is {_px(right)} in {block}; looking at all patches "
            f"alike would make {_px(even)}."
        ),
        lab="inside",
        state={
            "view": "attention",
            "models": found.asked.model,
            "inside": f'{{"depth":{place / max(1, len(means) - 1):.3f}}}',
        },
        on_photo=True,
    )


def _px(value: float) -> str:
    return f"{value:,.0f}{NBSP}px"


def _even(grid_hw: tuple[int, int], cell_hw: tuple[float, float]) -> float:
    """Return the mean distance of two patches of a grid, the same one included."""
    rows, columns = np.indices(grid_hw).reshape(2, -1)
    apart = np.hypot((rows[:, None] - rows) * cell_hw[0], (columns[:, None] - columns) * cell_hw[1])
    return float(apart.mean())


def tokens(_subject: Subject, draw: np.random.Generator) -> Question | None:
    """Ask how many tokens a ViT-B/16 has at some input size."""
    side = int(draw.choice(SIDES))
    across = side // PATCH
    right = across**2 + 1
    misses = [*paired(TOKENS, across**2, across, PATCH**2 + 1, across**2 + across + 1, 3 * across**2 + 1, right**2)]
    choices = numbers(draw, right, misses, "{:,.0f}".format, 1)
    if choices is None:
        return None
    return Question(
        topic="tokens",
        about="theory",
        text=f"How many tokens does the original ViT-B/16 work on when it sees a photo of {side} × {side} px?",
        choices=choices,
        figure=f"{right:,} tokens",
        reason=(
            f"{side} / {PATCH} = {across} patches a side, {across} × {across} = {across**2:,}, and one class token. "
            f"Attention compares every two: {right**2:,} pairs a head."
        ),
        lab="inside",
        state={"view": "attention"},
    )

"""What a bottleneck costs beside two plain 3 x 3 convolutions, and what a projection on the skip adds."""

from dataclasses import dataclass
from typing import Final

from cvdemo.settings import Settings, choice, flag
from cvdemo.wording import figures3, scaled

WIDTHS: Final = (16, 32, 64, 128, 256, 512, 1024, 2048)
NARROWED: Final = (2, 4, 8)
SIDES: Final = (7, 14, 28, 56)
QUESTION = "What does a bottleneck save, and what does a projection cost?"
WHY_TITLE = "Why is it narrow in the middle?"
WHY = (
    "A 3 × 3 convolution costs nine times its width in and its width out. A bottleneck does it on few channels: 1 × 1 "
    "makes the map narrow, 3 × 3 looks around there, 1 × 1 makes it wide again, so that what comes out can be added to "
    "what came in. That is how ResNet-50 and deeper ones afford 256 to 2,048 channels."
)


@dataclass(frozen=True)
class Branch(Settings):
    """A block to price: ``width`` channels in and out, a ``narrowed`` middle, a map of ``side`` x ``side``.

    ``projection``: the skip is a 1 x 1 convolution, as where the number of channels changes, instead of nothing.
    """

    width: int = choice(256, WIDTHS, "number of channels", link="width")
    narrowed: int = choice(4, NARROWED, "narrowing", link="narrowed")
    side: int = choice(14, SIDES, "side of the map", link="map")
    projection: bool = flag(False, "projection", link="projection")

    @property
    def middle(self) -> int:
        """The channels of the bottleneck's middle."""
        return self.width // self.narrowed


@dataclass(frozen=True)
class Cost:
    """One branch, without biases and normalisation.

    Args:
        formula: the number of weights as a sum of products, with the numbers in.
        multiply_adds: for the whole map, one photo.
    """

    title: str
    formula: str
    weights: int
    multiply_adds: int


def plain_weights(width: int) -> int:
    """Return the weights of two 3 x 3 convolutions that keep ``width`` channels."""
    return 2 * 9 * width * width


def bottleneck_weights(width: int, middle: int) -> int:
    """Return the weights of 1 x 1 to ``middle`` channels, 3 x 3, and 1 x 1 back (He et al. 2015, figure 5)."""
    return 2 * width * middle + 9 * middle * middle


def costs(branch: Branch) -> tuple[Cost, ...]:
    """Return the bottleneck, two 3 x 3 at its full width, two at its middle's, each with the projection if asked for.

    Stride 1, the map keeps its size.
    """
    width, middle = branch.width, branch.middle
    rows = [
        (
            "Bottleneck",
            f"{width}*{middle} + 3*3*{middle}*{middle} + {middle}*{width}",
            bottleneck_weights(width, middle),
            width,
        ),
        (f"Two 3 × 3, {width:,} channels", f"2*3*3*{width}*{width}", plain_weights(width), width),
        (f"Two 3 × 3, {middle:,} channels", f"2*3*3*{middle}*{middle}", plain_weights(middle), middle),
    ]
    if branch.projection:
        rows = [
            (f"{title} + projection", f"{formula} + {own}*{own}", weights + own * own, own)
            for title, formula, weights, own in rows
        ]
    return tuple(Cost(title, formula, weights, weights * branch.side**2) for title, formula, weights, _ in rows)


def answer(branch: Branch) -> str:
    """Return what the bottleneck saves against two plain 3 x 3 convolutions of the same width."""
    narrow, wide, _ = costs(branch)
    ratio = wide.weights / narrow.weights
    with_it = ", each with its projection" if branch.projection else ""
    return (
        f"At {branch.width:,} channels a bottleneck has {narrow.weights:,} weights, two 3 × 3 have {wide.weights:,}: "
        f"{figures3(ratio)} times as many{with_it}."
    )


def corrected(branch: Branch) -> str:
    """Return which readings of "a bottleneck is 4 times cheaper" are near that here, and that the plain one is not."""
    width, middle = branch.width, branch.middle
    narrow = bottleneck_weights(width, middle)
    whole = plain_weights(width) / narrow
    same = narrow / plain_weights(middle)
    return (
        f"“A bottleneck needs 4 times fewer multiply-adds” is not what one counts: two 3 × 3 of {width:,} channels "
        f"need {figures3(whole)} times as many. Two things may be meant by it: its middle has {branch.narrowed} times "
        f"fewer channels; or it carries {branch.narrowed} times as many channels as two 3 × 3 of {middle:,}, with "
        f"{figures3(same)} times their weights: {narrow:,} against {plain_weights(middle):,}."
    )


def projection(branch: Branch) -> str:
    """Return what a skip costs: nothing, or a 1 x 1 convolution."""
    added, whole = branch.width**2, bottleneck_weights(branch.width, branch.middle)
    share = added / whole
    return (
        "A skip that is the identity has no weights. Where the number of channels or the side of the map changes, a "
        f"1 × 1 convolution stands there, the projection: from {branch.width:,} to {branch.width:,} channels it has "
        f"{added:,} weights, {figures3(share)} times those of the bottleneck beside it, and needs "
        f"{scaled(added * branch.side**2)} multiply-adds."
    )

"""What a convolution costs: weights and multiply-adds of the standard, the depthwise separable and the 1 x 1 kind."""

from dataclasses import dataclass

from cvdemo.settings import Settings, choice
from cvdemo.wording import figures3, scaled

CHANNELS = (1, 3, 8, 16, 32, 64, 128, 256, 512, 1024)
SIZES = (1, 3, 5, 7, 9, 11)
SIDES = (7, 14, 28, 56, 112, 224)
WHY_TITLE = "Why do small networks split their convolutions?"
WHY = (
    "A standard convolution looks around and mixes channels in one go, so its cost is the product of both. A depthwise "
    "separable one first looks around in each channel alone, then mixes channels with a 1 × 1 convolution: nearly the "
    "same reach for the sum of both costs. MobileNets and EfficientNets are built from it."
)


@dataclass(frozen=True)
class Shape(Settings):
    """A layer to price: ``inputs`` channels to ``outputs``, a kernel of ``size``, a map of ``side`` x ``side``."""

    inputs: int = choice(64, CHANNELS, "channels in")
    outputs: int = choice(128, CHANNELS, "channels out")
    size: int = choice(3, SIZES, "kernel size")
    side: int = choice(56, SIDES, "side of the map")


@dataclass(frozen=True)
class Cost:
    """One kind of layer, without bias.

    Args:
        formula: the number of weights as a product, with the numbers in.
        multiply_adds: for the whole map, one photo.
    """

    title: str
    formula: str
    weights: int
    multiply_adds: int


def costs(shape: Shape) -> tuple[Cost, Cost, Cost]:
    """Return the standard, the depthwise separable and the 1 x 1 convolution for ``shape``, stride 1, size kept.

    The separable one is Howard et al. 2017 (https://arxiv.org/abs/1704.04861), section 3.1.
    """
    inputs, outputs, size, positions = shape.inputs, shape.outputs, shape.size, shape.side**2
    kinds = (
        (f"Standard {size} × {size}", f"{size}*{size}*{inputs}*{outputs}", size * size * inputs * outputs),
        (
            "Depthwise separable",
            f"{size}*{size}*{inputs} + {inputs}*{outputs}",
            size * size * inputs + inputs * outputs,
        ),
        ("1 × 1", f"{inputs}*{outputs}", inputs * outputs),
    )
    standard, separable, pointwise = (Cost(*kind, kind[2] * positions) for kind in kinds)
    return standard, separable, pointwise


def answer(shape: Shape) -> str:
    """Return what splitting saves for this layer."""
    standard, separable, _ = costs(shape)
    ratio = standard.multiply_adds / separable.multiply_adds
    size = f"{shape.size} × {shape.size}"
    if ratio > 1.005:
        return f"Depthwise separable needs {figures3(ratio)} times fewer multiply-adds than a standard {size}."
    if ratio < 0.995:
        return f"Here splitting does not pay: depthwise separable needs {figures3(1 / ratio)} times as many as {size}."
    return f"Here splitting saves nothing: both need {scaled(standard.multiply_adds)} multiply-adds."


def sentence(shape: Shape) -> str:
    """Return what the bars do not show: bias, positions, and where 1 x 1 falls short."""
    size, channels = f"{shape.size} × {shape.size}", "channel" if shape.inputs == 1 else "channels"
    one = shape.size * shape.size * shape.inputs
    weights = "weight" if one == 1 else "weights"
    return (
        f"One {size} filter over {shape.inputs:,} {channels} has {one:,} {weights} and 1 bias, {one + 1:,} in all, "
        f"and makes one output channel. Each weight is used at all {shape.side**2:,} positions of the map. 1 × 1 mixes "
        "channels only: it sees no neighbours."
    )

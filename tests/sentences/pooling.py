"""What Convolution says of pictures that were halved, and what Saliency says beside its maps."""

import numpy as np

from cvdemo import catalogue
from cvdemo.convolution import pooling
from cvdemo.saliency import words as saliency
from cvdemo.saliency.methods import METHODS, methods_for
from tests.sentences.table import Reader, holds, same, true_of

VITS = [spec for spec in catalogue.MODELS if spec.task == "classify" and spec.family == "vit"]


@true_of(pooling.cells, _=r"Each cell stands for (\d+) × (\d+) pixels; watch the fine lines while you move it\.")
def cells(draw: np.random.Generator, read: Reader) -> None:
    times = int(draw.integers(1, 6))
    picture = pooling.halve_often(np.zeros((3, 192, 128)), "max", times)
    said = read(pooling.cells(times))
    holds(said.parts[0], 192 / picture.shape[1])
    holds(said.parts[1], 128 / picture.shape[2])


@true_of(pooling.left, _=r"([\d,]+) × ([\d,]+) cells are left\. No network ran\.")
def left(draw: np.random.Generator, read: Reader) -> None:
    height, width = map(int, draw.integers(1, 3000, 2))
    said = read(pooling.left(np.broadcast_to(0.0, (3, height, width))))
    holds(said.parts[0], width)
    holds(said.parts[1], height)


@true_of(
    pooling.changes,
    _=r"Changes by ([\d.,]+) levels of 255 when the picture moves by a pixel; (?:(as bright as before)|(\d+) "
    r"(level|levels) (brighter|darker))\.",
)
def changes(draw: np.random.Generator, read: Reader) -> None:
    flicker, brighter = float(draw.exponential(20)), float(draw.normal(0, draw.choice([0.3, 2, 40])))
    said = read(pooling.changes(pooling.Halved("max", np.zeros((3, 1, 1)), flicker, brighter)))
    holds(said.parts[0], flicker)
    assert bool(said.parts[1]) == (abs(brighter) <= 0.5)
    if not said.parts[1]:
        holds(said.parts[2], abs(brighter))
        same(said.parts[3], "level" if said.parts[2] == "1" else "levels")
        same(said.parts[4], "brighter" if brighter > 0 else "darker")


@true_of(saliency.instead, _=r"(.+) is made for CNNs; this is (.+)\.")
def instead(draw: np.random.Generator, read: Reader) -> None:
    """It is said where the model is no CNN, and the chosen method suits CNNs and not it."""
    spec = VITS[draw.integers(len(VITS))]
    offered = methods_for(spec)
    for method in (one for one in METHODS if one not in offered):
        assert "cnn" in method.families
        said = read(saliency.instead(method.title, offered[0].title))
        same(said.parts[0], method.title)
        same(said.parts[1], "Grad-CAM")


@true_of(saliency.silent, _=r"No place of the last map speaks for (.+)\.")
def silent(draw: np.random.Generator, read: Reader) -> None:
    name = f"thing {draw.integers(100)}"
    same(read(saliency.silent(name)).parts[0], name)


@true_of(saliency.places, _=r"(\d+) x (\d+) places, drawn smoothly")
def places(draw: np.random.Generator, read: Reader) -> None:
    shape = tuple(map(int, draw.integers(1, 40, 2)))
    said = read(saliency.places(shape))
    holds(said.parts[0], shape[0])
    holds(said.parts[1], shape[1])

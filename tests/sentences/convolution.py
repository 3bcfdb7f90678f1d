"""What Convolution says of one kernel, and of halving."""

import numpy as np
import torch

from cvdemo.convolution import kernels, peer, pooling, words
from cvdemo.convolution.learned import FirstLayer
from cvdemo.convolution.response import Response
from cvdemo.convolution.settings import Settings
from cvdemo.convolution.sliding import Slid, Tool
from tests.sentences.table import Reader, holds, listed_in, number, same, share, true_of

X, SHARE, NAME = r"([\d.,]+)", r"(\d+\.\d %)", r"([\w/ -]+?)"
LAYER = FirstLayer("m", "ResNet-50", np.zeros((4, 3, 3, 3)), np.zeros(4), 2, np.zeros(3), np.ones(3))  # fmt: skip


def random_response(draw: np.random.Generator) -> Response:
    values = draw.normal(0, 50, (1, *draw.integers(1, 2000, 2)))[:, :40, :40]
    before = (int(draw.integers(4, 1500)), int(draw.integers(4, 1500)))
    ratio = None if draw.random() < 0.2 else float(np.exp(draw.normal(0, draw.choice([0.002, 0.01, 0.6]))))
    limit, strongest = float(draw.uniform(0.5, 3000)), float(draw.choice([0, 1, 1, 1]) * draw.uniform(1, 3000))
    return Response(
        values, before, strongest, strongest / 10, float(draw.random()), bool(draw.random() < 0.5), limit, ratio,
        str(draw.choice(["upright edges", "red areas"])),
    )  # fmt: skip


CHANGE = (
    rf"(?:(neighbouring pixels differ as before)|neighbouring pixels now differ (?:{SHARE} less|{X} times as much))"
)


def _change_is_true(ratio: float, before: str, less: str, more: str) -> None:
    assert bool(before) == (abs(ratio - 1) < 0.005)
    assert bool(less) == (ratio <= 0.995)
    assert bool(more) == (ratio >= 1.005)
    if less:
        share(less, 1 - ratio)
    if more:
        holds(more, ratio)


@true_of(words.contrast, _=CHANGE)
def contrast(draw: np.random.Generator, read: Reader) -> None:
    ratio = float(np.exp(draw.normal(0, draw.choice([0.003, 0.6]))))
    _change_is_true(ratio, *read(words.contrast(ratio)).parts)


@true_of(
    words.answer,
    zeros=r"(.+) has only zeros: nothing reacts\.",
    stamps=rf"Transposed, (.+) stamps {X} × {X} pixels into {X} × {X}\.",
    reacts=rf"(.+): {SHARE} of the photo reacts\.",
    even=r"(.+); here there are no differences between neighbours to compare\.",
    differs=rf"(.+): {CHANGE}\.",
)
def answer(draw: np.random.Generator, read: Reader) -> None:
    kind, response = str(draw.choice(kernels.NAMES)), random_response(draw)
    settings = Settings(
        kernel=kind, model="mini_resnet", filter=int(draw.integers(4)), transposed=bool(draw.random() < 0.3)
    )
    learned = kind == kernels.LEARNED
    said = read(words.answer(settings, response, LAYER if learned else None))
    name = f"Filter {settings.filter + 1} of ResNet-50" if learned else "Your kernel"
    what = f" answers to {response.answers_to}" if learned else ""
    if kind in [one.name for one in kernels.KERNELS]:
        name, what = kernels.get(kind).title, f" {kernels.get(kind).what}"
    same(said.parts[0], name if said.form in ("zeros", "stamps") else name + what)
    wanted = "reacts" if response.signed else "even" if response.contrast is None else "differs"
    same(said.form, "zeros" if not response.strongest else "stamps" if settings.transposed else wanted)
    if said.form == "stamps":
        sizes = (*response.before_hw[::-1], *response.values.shape[:0:-1])
        for text, size in zip(said.parts[1:], sizes, strict=True):
            holds(text, size)
    elif said.form == "reacts":
        share(said.parts[1], response.reacting)
    elif said.form == "differs":
        _change_is_true(response.contrast or 0, *said.parts[1:])


@true_of(
    words.reacts,
    shown=rf"The whole photo through the same kernel, from 0 \(black\) to {X} \(white\)\.",
    possible=rf"The whole photo through the same kernel\. It reacts where the value is at least {X} in size, a "
    rf"tenth of the strongest possible \({X}\)\.",
    learned=rf"The whole photo through the same kernel\. It reacts where the value is at least {X} in size, a "
    r"quarter of the strongest here\.",
)
def reacts(draw: np.random.Generator, read: Reader) -> None:
    response, learned = random_response(draw), bool(draw.random() < 0.4)
    said = read(words.reacts(response, learned))
    same(said.form, "shown" if not response.signed else "learned" if learned else "possible")
    holds(said.parts[0], response.threshold if response.signed else response.limit)
    if said.form == "possible":
        holds(said.parts[1], response.strongest)


def random_tool(draw: np.random.Generator, channels: int) -> Tool:
    taps = draw.integers(-2, 3, (channels, *[int(draw.choice([1, 2, 3]))] * 2)).astype(float)
    if draw.random() < 0.6:
        taps = taps + draw.choice([-1, 1]) * taps[:, ::-1, ::-1]
    return Tool(taps, float(draw.choice([0, 1.5])), np.zeros(channels), np.full(channels, 255.0))


@true_of(words.parameters, _=r"([\d,]+) (weights|weight)(?: \+ (\d) (bias|biases))?")
def parameters(draw: np.random.Generator, read: Reader) -> None:
    groups = int(draw.choice([1, 3]))
    used, settings = random_tool(draw, 3), Settings(model="mini_resnet", colour=True, groups=groups)
    layer = torch.nn.Conv2d(3, groups, used.size, groups=groups, bias=used.bias != 0)
    said = read(words.parameters(used, settings))
    holds(said.parts[0], layer.weight.numel())
    same(said.parts[1], "weight" if layer.weight.numel() == 1 else "weights")
    biases = 0 if layer.bias is None else layer.bias.numel()
    same(said.parts[2] + said.parts[3], "" if not biases else "1bias" if biases == 1 else f"{biases}biases")


@true_of(
    words.flipped,
    alike=r"This kernel looks the same when turned around, so convolution and correlation agree\.",
    opposite=r"Turned around, this kernel answers with the opposite sign; a network would learn the other sign\.",
    turned=r"The kernel is turned around first, as the true convolution of mathematics does\.",
    plain=r"Networks do not turn the kernel around: what they call a convolution is a correlation\.",
)
def flipped(draw: np.random.Generator, read: Reader) -> None:
    used, settings = random_tool(draw, 1), Settings(model="mini_resnet", flip=bool(draw.random() < 0.5))
    turned = np.rot90(used.taps, 2, (1, 2))
    wanted = "turned" if settings.flip else "plain"
    wanted = "opposite" if np.array_equal(turned, -used.taps) else wanted
    same(read(words.flipped(used, settings)).form, "alike" if np.array_equal(turned, used.taps) else wanted)


@true_of(
    words.dilated,
    one=r"Dilation (\d+): one number has no neighbours to spread from\.",
    plain=r"Dilation 1: side by side, no gap\.",
    _=r"Dilation (\d+): the (\w+) numbers sit (\d+) pixels apart and span (\d+) × (\d+)\.",
)
def dilated(draw: np.random.Generator, read: Reader) -> None:
    size, dilation = int(draw.integers(1, 8)), int(draw.integers(1, 5))
    said = read(words.dilated(size, dilation))
    same(said.form, "one" if size == 1 else "plain" if dilation == 1 else "_")
    if said.form == "plain":
        return
    holds(said.parts[0], dilation)
    if said.form == "_":
        same(said.parts[1], {2: "four", 3: "nine"}.get(size, size * size))
        holds(said.parts[2], dilation)
        for text in said.parts[3:]:
            holds(text, len(range(0, size * dilation, dilation)) * dilation - dilation + 1)


@true_of(
    words.captions,
    seen=r"(\d+) × (\d+) (colour|grey) cells(?: and (\d+) of padding)?",
    made=r"Result: (\d+) × (\d+) cells(?:, (\d+) cut off at each edge)?",
)
def captions(draw: np.random.Generator, read: Reader) -> None:
    settings = Settings(model="mini_resnet", colour=bool(draw.random() < 0.5), transposed=bool(draw.random() < 0.5))
    shape = (1, *draw.integers(1, 40, 2).tolist())
    slid = Slid(np.zeros((1, 4, 4)), int(draw.integers(0, 4)), np.zeros(shape))
    size = (int(draw.integers(1, 40)), int(draw.integers(1, 40)))
    seen, made = map(read, words.captions(size, slid, settings))
    for text, side in zip((*seen.parts[:2], *made.parts[:2]), (*size[::-1], *shape[:0:-1]), strict=True):
        holds(text, side)
    same(seen.parts[2], "colour" if settings.colour else "grey")
    same(seen.parts[3], slid.padding if slid.padding and not settings.transposed else "")
    same(made.parts[2], slid.padding if slid.padding and settings.transposed else "")


@true_of(
    peer.sentence,
    none=r"OpenCV's filter2D knows no transposed form\.",
    alike=r"OpenCV's filter2D gives the same ([\d,]+) numbers \(largest difference ([\d.e-]+)\)\.",
    apart=r"OpenCV's filter2D gives other numbers: of ([\d,]+), the largest difference is ([\d.e+-]+)\.",
)
def opencv(draw: np.random.Generator, read: Reader) -> None:
    count = int(draw.integers(1, 2000))
    apart = [None, 0.0, float(10 ** draw.uniform(-15, -10)), float(10 ** draw.uniform(-5, 2))][draw.integers(4)]
    said = read(peer.sentence(apart, count))
    same(said.form, "none" if apart is None else "alike" if apart < 1e-6 else "apart")
    if apart is not None:
        holds(said.parts[0], count)
        holds(said.parts[1], apart)


@true_of(
    pooling.answer,
    _=rf"Moved by one pixel, (.+?) changes by {X} levels of 255, (.+)\.",
)
def pooled(draw: np.random.Generator, read: Reader) -> None:
    found = tuple(
        pooling.Halved(way, np.zeros((3, 1, 1)), float(draw.integers(0, 4) + draw.choice([0, 0.123])), 0.0)
        for way, _, _ in pooling.WAYS
    )
    said = read(pooling.answer(found))
    titles = {title.lower(): next(one for one in found if one.way == way) for way, title, _ in pooling.WAYS}
    holds(said.parts[1], titles[said.parts[0]].flicker)
    rest = [part.rsplit(" ", 1) for part in listed_in(said.parts[2])]
    for name, figure in rest:
        holds(figure, titles[name].flicker)
    assert {said.parts[0], *(name for name, _ in rest)} == set(titles)
    told = [number(said.parts[1]), *(number(figure) for _, figure in rest)]
    assert told == sorted(told)

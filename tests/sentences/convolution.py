"""What Convolution says: of one kernel, of costs, of halving and of moving the photo."""

import numpy as np
import torch

from cvdemo.convolution import costs, describe, kernels, peer, pooling, shift_words, words
from cvdemo.convolution.learned import FirstLayer
from cvdemo.convolution.response import Response
from cvdemo.convolution.settings import Settings
from cvdemo.convolution.shift import Moved
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


LAYERS = ("stem", "stage 1", "stage 2", "stage 3")


def random_moved(draw: np.random.Generator) -> tuple[Moved, ...]:
    rows = []
    for place in range(draw.integers(1, 4)):
        labels = tuple(draw.choice(["tabby", "pizza"], 33, p=[0.8, 0.2]).tolist())
        kind = str(draw.choice(["cached", "random"], p=[0.7, 0.3]))
        strides = tuple(int(one) for one in np.cumprod(draw.choice([1, 2, 4, 3], 4)))
        title, family = ("ResNet-50", "ViT-S/16", "BlurNet")[place], str(draw.choice(["cnn", "vit"]))
        rows.append(
            Moved(
                f"m{place}", title, family, kind, labels,
                draw.random(33), LAYERS, strides, draw.random((4, 33)), np.zeros((1, 65, 3), np.uint8), 1.0,
            )
        )  # fmt: skip
    return tuple(rows)


def _spoken(found: tuple[Moved, ...]) -> list[str]:
    if sorted(one.family for one in found) == ["cnn", "vit"]:
        return [{"cnn": "the CNN", "vit": "the ViT"}[one.family] for one in found]
    return [one.title for one in found]


MEANS = r"The last layer fails to follow by (.+) (at \d+ px|on average) \(0 is exact\)\."


def _means_are_true(found: tuple[Moved, ...], shift: int, parts: tuple[str, ...]) -> None:
    same(parts[1], f"at {shift} px" if shift else "on average")
    for text, one in zip(listed_in(parts[0]), found, strict=True):
        title, figure = text.rsplit(" ", 1)
        same(title, one.title)
        holds(figure, float(one.errors[-1, shift] if shift else one.errors[-1, 1:].mean()))


@true_of(
    shift_words.answer,
    shift_words.layers_answer,
    random=MEANS,
    moved=r"Moving the photo by (\d+) px changed (.+)'s answer by (\d+\.\d points)((?:(?:, | and ).+'s by [\d.]+)*)\.",
    kept=r"(.+) keeps its answer at (\d+) of (\d+) shifts((?:(?:, | and ).+ at \d+)*)\.",
)
def moved(draw: np.random.Generator, read: Reader) -> None:
    found, shift = random_moved(draw), int(draw.choice([0, 0, *range(1, 33)]))
    trained = [(one, name) for one, name in zip(found, _spoken(found), strict=True) if one.weights != "random"]
    said = read(shift_words.answer(found, shift))
    _means_are_true(found, shift, read(shift_words.layers_answer(found, shift)).parts)
    same(said.form, "random" if not trained else "moved" if shift else "kept")
    if said.form == "random":
        _means_are_true(found, shift, said.parts)
        return
    others = listed_in(f"first{said.parts[3]}")[1:] if said.parts[3] else []
    (one, name), rest = trained[0], trained[1:]
    if said.form == "moved":
        holds(said.parts[0], shift)
        same(said.parts[1], name)
        holds(said.parts[2], 100 * abs(one.probabilities[shift] - one.probabilities[0]), "points")
        for text, (other, called) in zip(others, rest, strict=True):
            same(text.split("'s by ")[0], called)
            holds(text.split("'s by ")[1], 100 * abs(other.probabilities[shift] - other.probabilities[0]))
    else:
        same(said.parts[0], name[0].upper() + name[1:])
        holds(said.parts[1], sum(label == one.labels[0] for label in one.labels[1:]))
        holds(said.parts[2], 32)
        for text, (other, called) in zip(others, rest, strict=True):
            same(text.rsplit(" at ", 1)[0], called)
            holds(text.rsplit(" at ", 1)[1], sum(label == other.labels[0] for label in other.labels[1:]))


@true_of(shift_words.live, random=shift_words.RANDOM.replace(".", r"\."), _=r"At (\d+) px (.+)\.")
def live(draw: np.random.Generator, read: Reader) -> None:
    found, shift = random_moved(draw), int(draw.integers(0, 33))
    trained = [(one, name) for one, name in zip(found, _spoken(found), strict=True) if one.weights != "random"]
    said = read(shift_words.live(found, shift))
    assert (said.form == "random") == (not trained)
    if said.form == "random":
        return
    holds(said.parts[0], shift)
    wanted = [
        f"{name} says {one.labels[shift]}"
        + (f" ({100 * one.probabilities[shift]:.1f} %)" if one.labels[shift] == one.labels[0] else ", another answer")
        for one, name in trained
    ]
    same(said.parts[1], ", ".join(wanted[:-1]) + " and " + wanted[-1] if len(wanted) > 1 else wanted[0])


EXACT = {
    "none": rf"(\d+) px does not divide by any stride in {NAME}\.",
    "every": rf"(\d+) px is a multiple of every stride in {NAME}\.",
    "some": rf"(\d+) px is a multiple of the stride of (.+) in {NAME}\.",
}


@true_of(
    shift_words.layer_note,
    shift_words.exact,
    still=r"At (0) px nothing moved, so every layer is exact\. Move the slider\.",
    nowhere=r"(\d+) px does not divide by any stride here\.",
    **EXACT,
)
def exact(draw: np.random.Generator, read: Reader) -> None:
    found, shift = random_moved(draw), int(draw.choice([0, *range(1, 33)]))
    text = shift_words.layer_note(found, shift)
    if not shift:
        same(read(text).parts[0], 0)
        return
    if not any(shift / stride == shift // stride for one in found for stride in one.strides):
        said = read(text)
        same(said.form, "nowhere")
        holds(said.parts[0], shift)
        return
    for part, one in zip(text.replace(". ", ".\n").split("\n"), found, strict=True):
        same(part, shift_words.exact(one, shift))
        said = read(part)
        good = [name for name, stride in zip(one.layers, one.strides, strict=True) if shift / stride == shift // stride]
        holds(said.parts[0], shift)
        same(said.parts[-1], one.title)
        same(said.form, "none" if not good else "every" if len(good) == 4 else "some")
        if said.form == "some":
            assert listed_in(said.parts[1]) == good

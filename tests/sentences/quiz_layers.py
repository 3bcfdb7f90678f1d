"""The quiz's reasons about layers, networks and times: each sum done anew, each count read from the layer itself."""

import json
import re
from statistics import median

import numpy as np
import torch
from scipy.stats import binomtest
from torch import nn
from torch.nn import functional as F

from cvdemo.quiz import attending, convolving, fields, freezing, learning, racing
from cvdemo.transfer import snippet
from tests import quiz_checks as known
from tests.sentences.quiz_questions import question
from tests.sentences.table import Reader, holds, number, same, share, true_of


def total(formula: str) -> float:
    """Return what a sum of products comes to, as it is written out."""
    terms = re.split(r" ?([+−]) ", f"+ {known.plain(formula).replace(' - ', ' − ')}")[1:]
    signs = {"+": 1, "−": -1}
    return sum(
        signs[sign] * float(np.prod([number(part) for part in re.split(r"[*·×]", term)]))
        for sign, term in zip(terms[::2], terms[1::2], strict=True)
    )


@true_of(convolving.summed, _=r"Each pixel times the number over it, all added: (.+) = (.+)\.")
def summed(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("summed", draw, "cat", "street")
    parts, result = read(asked.reason).parts
    seen, taps = (
        torch.tensor([[float(known.plain(text)) for text in row] for row in grid.rows])[None, None]
        for grid in asked.grids
    )
    right = float(F.conv2d(seen, taps))
    assert number(result) == right and total(parts) == right, f"{parts} is {right}"


@true_of(
    convolving.left_over,
    _=r"The kernel covers (\d+)·\((\d+) - 1\) \+ 1 = (\d+) px; \(([\d,]+) \+ 2·(\d+) - (\d+)\) / (\d+), rounded down, "
    r"\+ 1 = ([\d,]+)\.",
)
def left_over(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("left_over", draw, "cat", "street")
    said = read(asked.reason).parts
    kernel, stride, padding, dilation = map(
        int, known.read(r"with a (\d+) × .* stride (\d+), padding (\d+) and dilation (\d+)", asked.text)
    )
    with torch.device("meta"):
        layer = nn.Conv2d(1, 1, (1, kernel), (1, stride), (0, padding), (1, dilation))
        right = layer(torch.empty(1, 1, 1, subject.size_wh[0])).shape[-1]
    covers = len(range(0, dilation * (kernel - 1) + 1))
    wanted = (dilation, kernel, covers, subject.size_wh[0], padding, covers, stride, right)
    for text, value in zip(said, wanted, strict=True):
        holds(text, value)


@true_of(
    convolving.pointwise,
    _=r"(\d+) × (\d+) = ([\d,]+), the same at all ([\d,]+) positions; that makes ([\d,]+) multiply-adds\.",
)
def pointwise(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("pointwise", draw)
    outputs, inputs, side = map(int, known.read(r"makes (\d+) channels out of (\d+), on a map of (\d+)", asked.text))
    weights = nn.Conv2d(inputs, outputs, 1, bias=False, device="meta").weight.numel()
    wanted = (inputs, outputs, weights, side**2, weights * side**2)
    for text, value in zip(read(asked.reason).parts, wanted, strict=True):
        holds(text, value)


@true_of(
    fields.stacked,
    _=r"1 \+ (.+) = ([\d,]+): each layer adds \(kernel - 1\) × dilation × the product of the strides before it\.",
)
def stacked(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("stacked", draw)
    terms, size = read(asked.reason).parts
    field, wanted, step = 1, [], 1
    for _, kernel, stride, dilation in asked.grids[0].rows[1:]:
        wanted.append(f"{int(kernel.split()[0]) - 1}·{dilation}·{step}")
        step *= int(stride)
    for _, kernel, stride, dilation in reversed(asked.grids[0].rows[1:]):
        field = (field - 1) * int(stride) + (int(kernel.split()[0]) - 1) * int(dilation) + 1
    assert terms.split(" + ") == wanted
    holds(size, field)


@true_of(
    attending.tokens,
    _=r"(\d+) / (\d+) = (\d+) patches a side, (\d+) × (\d+) = ([\d,]+), and one class token\. Attention compares "
    r"every two: ([\d,]+) pairs a head\.",
)
def tokens(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("tokens", draw)
    (side,) = map(int, known.read(r"photo of (\d+) ×", asked.text))
    patches = known.tokens_of(side) - 1
    across = round(patches**0.5)
    wanted = (side, side / across, across, across, across, patches, known.tokens_of(side) ** 2)
    for text, value in zip(read(asked.reason).parts, wanted, strict=True):
        holds(text, value)


@true_of(learning.bottleneck, _=r"([\d*+ ]+) = ([\d,]+) against ([\d*+ ]+) = ([\d,]+)\.")
def bottleneck(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("bottleneck", draw)
    formula, narrow, plain, wide = read(asked.reason).parts
    width, middle = map(int, known.read(r"takes (\d+) channels to (\d+) by", asked.text))

    def layer(inputs: int, outputs: int, kernel: int) -> int:
        return nn.Conv2d(inputs, outputs, kernel, bias=False, device="meta").weight.numel()

    few = layer(width, middle, 1) + layer(middle, middle, 3) + layer(middle, width, 1)
    for told, text, value in ((formula, narrow, few), (plain, wide, 2 * layer(width, width, 3))):
        holds(text, value)
        assert total(told) == value


@true_of(
    learning.deeper,
    _=r"The mean of its starts is ([\d.]+), worse than (\d+) layers \(([\d.]+)\): it is the loss on the photos it "
    r"learns from, so it is not overfitting\. Trained on (.+), ([^,]+)\.",
)
def deeper(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("deeper", draw)
    mean, least, small, machine, date = read(asked.reason).parts
    stored = json.loads((known.ASSETS / "skips_depths.json").read_text())
    losses = {(row["depth"], row["skip"]): sum(row["losses"]) / len(row["losses"]) for row in stored["rows"]}
    layers, _, depth, _ = known.read(
        r"Without skips (\d+) .* loss of ([\d.]+); with skips (\d+) .* to ([\d.]+)\.", asked.text
    )
    holds(mean, losses[depth, False])
    holds(least, layers)
    holds(small, losses[layers, False])
    assert losses[depth, False] > losses[layers, False]
    same(machine, stored["machine"])
    same(date, stored["date"])


@true_of(
    learning.taught,
    _=r"Measured on (.+), ([^,]+): (\d+) of (\d+), 95 % interval ([\d.]+ %) to ([\d.]+ %)\.",
)
def taught(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("taught", draw)
    machine, date, right, of, low, high = read(asked.reason).parts
    stored = json.loads((known.ASSETS / "taught_digits.json").read_text())["stored"]
    same(machine, stored["machine"])
    same(date, stored["date"])
    (held,) = known.read(r"of (\d+) held-out ones", asked.text)
    holds(of, held)
    assert known.CHECKS["taught"](asked, subject)(right)
    ends = binomtest(int(right), int(held)).proportion_ci(method="wilson")
    share(low, ends.low)
    share(high, ends.high)


@true_of(
    freezing.frozen,
    _=r"Counted on the network: ([\d,]+), beside ([\d,]+) parameters in all\. Why: (.+)\. Right instead: (.+)\.",
)
def frozen(draw: np.random.Generator, read: Reader) -> None:
    asked, _ = question("frozen", draw)
    count, everything, why, instead = read(asked.reason).parts
    part = next(one for one in known.counted() if one in asked.text)
    holds(count, known.counted()[part])
    holds(everything, known.parameters("vit_base_patch16_224" if part == "'fc'" else "resnet50"))
    fault = snippet.faults()[{"'fc'": 0, "'classifier'": 1, "requires_grad": 3}[part]]
    same(why, fault.why)
    same(instead, fault.right)


@true_of(
    racing.faster,
    _=r"Measured here in (\d+) rounds: (.+) takes ([\d.,]+ ms), (.+) ([\d.,]+ ms); that is ([\d.]+) times, 95 % "
    r"interval ([\d.]+) to ([\d.]+)\.",
)
def faster(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("faster", draw, "cat", "street")
    rounds, quick, few, slow, many, times, low, high = read(asked.reason).parts
    racers = {racer.model: racer for racer in subject.duel.racers}
    two = sorted((racers[one] for one in asked.state["models"].split(",")), key=lambda racer: median(racer.ms))
    for racer, name, ms in zip(two, (quick, slow), (few, many), strict=True):
        same(name, racer.title)
        holds(ms, median(racer.ms), "ms")
    holds(rounds, len(two[0].ms))
    holds(times, median(two[1].ms) / median(two[0].ms))
    draws = np.random.default_rng(7).integers(0, len(two[0].ms), (4000, len(two[0].ms)))
    ratios = np.median(two[1].ms[draws], 1) / np.median(two[0].ms[draws], 1)
    for text, end in zip((low, high), np.percentile(ratios, [2.5, 97.5]), strict=True):
        assert abs(number(text) - end) <= 0.0051 + 0.003 * end, f"{text} is {end}, by other draws"


@true_of(racing.lasting, _=r"Measured here in (\d+) rounds, medians: (.+) ([\d.,]+ ms), (.+) ([\d.,]+ ms)\.")
def lasting(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("lasting", draw, "cat", "street")
    rounds, one, first, other, second = read(asked.reason).parts
    racers = {racer.title: racer for racer in subject.duel.racers}
    assert [racers[one].model, racers[other].model] == asked.state["models"].split(",")
    for title, ms in ((one, first), (other, second)):
        holds(ms, median(racers[title].ms), "ms")
    holds(rounds, len(racers[one].ms))

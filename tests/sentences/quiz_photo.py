"""The quiz's reasons about networks on a photo, each number of them found by other means than the page's."""

import math

import numpy as np
import torch

from cvdemo.quiz import answers, attending, blocks, fields, halving
from cvdemo.receptive_field import study
from tests import quiz_checks as known
from tests.sentences.quiz_questions import question
from tests.sentences.table import Reader, holds, number, same, true_of


def near(text: str, value: float, within: float, unit: str) -> None:
    """Assert that a measured number is ``value``, to within the last digit of another library."""
    assert text.endswith(f" {unit}") and abs(number(text) - value) <= within, f"{text!r} is {value!r}"


@true_of(
    blocks.lesioned,
    _=r"Measured without block (\d+) \((\S+)\): the probability (falls|rises) by ([\d.]+ points), from ([\d.]+ %) to "
    r"([\d.]+ %)\.",
)
def lesioned(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("lesioned", draw)
    place, name, way, points, before, after = read(asked.reason).parts
    same(name, asked.state["off"])
    same(place, [block.name for block in subject.lesions.blocks].index(name) + 1)
    left, whole = known.chance(subject, name), known.chance(subject, "")
    same(way, "falls" if left < whole else "rises")
    near(points, 100 * abs(left - whole), 0.051, "points")
    near(before, 100 * whole, 0.051, "%")
    near(after, 100 * left, 0.051, "%")


@true_of(
    blocks.missed,
    _=r"Without block (\d+) (.+) has only ([\d.]+ %); without any other one at least ([\d.]+ %)\.",
)
def missed(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("missed", draw, "coffee")
    place, label, low, rest = read(asked.reason).parts
    names = [block.name for block in subject.lesions.blocks]
    chances = {one.name: known.chance(subject, one.name) for one in subject.lesions.blocks if one.droppable}
    worst, second = sorted(chances, key=lambda one: chances[one])[:2]
    same(place, names.index(worst) + 1)
    same(label, subject.answer.labels[int(np.argmax(subject.answer.logits))])
    near(low, 100 * chances[worst], 0.051, "%")
    near(rest, 100 * chances[second], 0.051, "%")


@true_of(
    fields.reach,
    _=r"Every layer adds \(kernel - 1\) times the product of all strides before it: that makes ([\d,]+ px) here, while "
    r"neighbouring units stand (\d+ px) apart\.",
)
def reach(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("reach", draw)
    size, apart = read(asked.reason).parts
    request, _ = study.asked_for(subject.path, asked.state["models"], False, None, subject.point_rc)
    stop = known.stop_of(asked, request)
    holds(size, known.longest_way(request.model)[stop.name], "px")
    holds(apart, known.steps_of(request.model, request.side)[stop.name], "px")


@true_of(
    fields.effective,
    _=r"Measured by the unit's gradient on your photo: a square of ([\d,]+ px) holds half of it, one of ([\d,]+ px) "
    r"(95\.0 %)\.",
)
def effective(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("effective", draw)
    half, most, so_much = read(asked.reason).parts
    request, _ = study.asked_for(subject.path, asked.state["models"], False, None, subject.point_rc)
    told = known.influence(subject.path, request.model, subject.point_rc, known.stop_of(asked, request).name)
    for text, side in zip((half, most), told, strict=True):
        holds(text, side, "px")
    same(so_much, "95.0 %")


@true_of(
    attending.looked,
    _=r"Measured: the mean distance, weighted by attention, is ([\d,]+ px) in block (\d+) of (\d+); looking at all "
    r"patches alike would make ([\d,]+ px)\.",
)
def looked(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("looked", draw)
    far, block, of, even = read(asked.reason).parts
    found = subject.attended
    assert found is not None
    mean, alike = known.distances(subject, int(block) - 1)
    near(far, mean, 0.51, "px")
    near(even, alike, 0.51, "px")
    same(of, len(found.layers))
    assert f"block {block} " in asked.text


@true_of(
    answers.odds,
    _=r"The quotient of two softmax values is e to the difference of their logits: e\^\((-?[\d.]+) ([-+]) ([\d.]+)\) = "
    r"(\S+)\. All other classes cancel out\.",
)
def odds(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("odds", draw)
    one, sign, other, quotient = read(asked.reason).parts
    high, low = known.read(r"a logit of ([-\d.]+) on your photo and .* one of ([-\d.]+)\.", asked.text)
    logits = subject.answer.logits.astype(float)
    for text, value in ((one, high), (other, abs(low))):
        assert number(text) == value and min(abs(abs(logits) - abs(value))) <= 0.00501
    same(sign, "+" if low < 0 else "-")
    holds(quotient, math.exp(high - low))


@true_of(
    answers.unseen,
    _=r"It sees about ([\d,]+) × ([\d,]+) of ([\d,]+) × ([\d,]+) pixels, which leaves out ([\d.]+ %) of the area\.",
)
def unseen(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("unseen", draw, "cat", "street")
    side, again, wide, high, out = read(asked.reason).parts
    width, height = subject.size_wh
    kept = known.side_kept(subject)
    same(side, again)
    assert abs(number(side) - kept) <= 0.5 + 0.003 * kept  # the crop lies on whole pixels of the resized photo
    holds(wide, width)
    holds(high, height)
    holds(out, known.percent_left_out(subject), "%")


@true_of(
    answers.shifted,
    _=r"Measured: the answer stays at (\d+) of (\d+) shifts, while the probability of (.+) goes from ([\d.]+ %) to "
    r"([\d.]+ %)\.",
)
def shifted(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("shifted", draw)
    stays, of, label, low, high = read(asked.reason).parts
    logits = torch.from_numpy(np.stack(known.at_shifts(subject.path, subject.cnn.name))).double()
    said = logits.argmax(1)
    holds(stays, int((said[1:] == said[0]).sum()))
    holds(of, len(said) - 1)
    same(label, subject.answer.labels[int(said[0])])
    chances = torch.softmax(logits, 1)[:, said[0]]
    near(low, 100 * float(chances.min()), 0.051, "%")
    near(high, 100 * float(chances.max()), 0.051, "%")


WAY = r"(max-pooling|average pooling|strided convolution|blur-pooling) ([\d.]+)"


@true_of(
    halving.flickering,
    _=rf"Measured on your photo, mean change in levels of 255: {WAY}, {WAY}, {WAY}, {WAY}\.",
)
def flickering(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("flickering", draw, "cat", "street")
    said = read(asked.reason).parts
    found = {way.lower(): one for way, (one, _) in known.halved(subject.path, int(asked.state["times"])).items()}
    most = "changes most" in asked.text
    assert list(said[::2]) == sorted(found, key=lambda way: -found[way] if most else found[way])
    for way, level in zip(said[::2], said[1::2], strict=True):
        holds(level, found[way])


@true_of(
    halving.brightened,
    _=r"Measured on your photo: ([+−][\d.]+ levels), because the brightest of every 2 × 2 stays\. Average pooling "
    r"changes it by ([+−][\d.]+ levels)\.",
)
def brightened(draw: np.random.Generator, read: Reader) -> None:
    asked, subject = question("brightened", draw, "cat", "street")
    found = known.halved(subject.path, int(asked.state["times"]))
    for text, way in zip(read(asked.reason).parts, ("Max-pooling", "Average pooling"), strict=True):
        near(text, found[way][1], 0.0501, "levels")

"""What Latency says of engines, and what stands beside sizes of photos."""

from dataclasses import replace

import numpy as np

from cvdemo import catalogue, input_size, weights
from cvdemo.engines import int8
from cvdemo.latency import way_words
from tests.sentences.latency import MODELS, random_duel
from tests.sentences.latency_views import NAME
from tests.sentences.table import Reader, holds, same, share, true_of

WAYS = {"torch float32": "PyTorch fp32", "openvino float32": "OpenVINO fp32", "openvino int8": "OpenVINO int8"}
INT8 = "tf_efficientnet_lite0"


@true_of(
    way_words.ways,
    _=rf"({NAME}): ((?:(?:PyTorch|OpenVINO) (?:fp32|int8) [\d.,]+ ms(?:, )?)*)(?:; with (.+), probabilities move by at "
    r"most ([\d.e-]+)(?:, and (\d+\.\d %) of ([\d,]+) validation photos get the right name, (\d+\.\d %) in fp32)?)?\.",
)
def ways(draw: np.random.Generator, read: Reader) -> None:

    duel = random_duel(draw)
    racers = [
        replace(
            one,
            model=INT8 if draw.random() < 0.5 else one.model,
            precision=str(draw.choice(["float32", "int8"])),
            difference=None if draw.random() < 0.4 else float(10 ** draw.uniform(-7, -1)),
        )
        for one in duel.racers[:1]
    ]
    duel = replace(duel, racers=tuple(racers))
    times = {way: float(draw.exponential(30)) + 0.1 for way in WAYS if draw.random() < 0.7}
    told = way_words.ways(duel, {one.model: times for one in racers})
    for text, one in zip(
        told, [one for one in racers if not one.failed and (len(times) > 1 or one.difference)], strict=True
    ):
        said = read(text)
        same(said.parts[0], one.title)
        rows = said.parts[1].split(", ") if said.parts[1] else []
        order = sorted(times.items(), key=lambda row: row[1])
        for row, (way, ms) in zip(rows, order, strict=True):
            same(" ".join(row.split(" ")[:2]), WAYS[way])
            holds(" ".join(row.split(" ")[2:]), ms, "ms")
        assert bool(said.parts[3]) == (one.difference is not None)
        if one.difference is None:
            continue
        precision = {"float32": "fp32"}.get(one.precision, one.precision)
        own = catalogue.figures(one.model).input_size_hw[0]  # type: ignore[union-attr]
        size = "" if own == one.side else f", {one.side} px, not its own {own}"
        same(said.parts[2], f"PyTorch, {precision}{size}")
        assert one.difference <= float(said.parts[3]) * (1 + 1e-9) <= 2 * one.difference * (1 + 1e-6)
        card, whole = weights.int8_card(one.model), weights.card(one.model)
        known = card is not None and whole is not None and one.precision == "int8"
        assert bool(said.parts[4]) == known
        if card is not None and whole is not None and known:
            share(said.parts[4], card.top1)
            holds(said.parts[5], whole.validation_photos)
            share(said.parts[6], whole.top1)


@true_of(input_size.not_its_own, own="", other=r"(\d+ px), not its own (\d+)")
def not_its_own(draw: np.random.Generator, read: Reader) -> None:
    model, side = str(draw.choice(["resnet50", "mini_vit", "hog_people"])), int(draw.choice([224, 64, 96]))
    said = read(input_size.not_its_own(model, side))
    known = catalogue.figures(model)
    own = known.input_size_hw[0] if known else side
    assert (said.form == "own") == (side == own)
    if said.form == "other":
        holds(said.parts[0], side, "px")
        holds(said.parts[1], own)


@true_of(
    input_size.shown_at,
    own="",
    answers=r"Shown at (\d+ px), not its own (\d+): its answer may differ from Classify\.",
    features=r"Shown at (\d+ px), not its own (\d+)\.",
)
def shown_at(draw: np.random.Generator, read: Reader) -> None:
    model, side = str(draw.choice(["resnet50", "mini_vit", "dinov2_small"])), int(draw.choice([224, 64, 518]))
    said = read(input_size.shown_at(model, side))
    own = catalogue.figures(model).input_size_hw[0]  # type: ignore[union-attr]
    other = "features" if catalogue.get(model).task == "features" else "answers"
    assert said.form == ("own" if side == own else other)
    if said.form != "own":
        holds(said.parts[0], side, "px")
        holds(said.parts[1], own)


@true_of(
    int8.only_for, _=r"The int8 version of (.+) was measured with photos of (\d+) pixels\. Choose that input size\."
)
def only_for(draw: np.random.Generator, read: Reader) -> None:
    model, side = str(draw.choice(MODELS)), int(draw.integers(32, 512))
    said = read(int8.only_for(model, side))
    same(said.parts[0], catalogue.get(model).title)
    holds(said.parts[1], side)

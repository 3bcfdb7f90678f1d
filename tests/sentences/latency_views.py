"""What Latency says in its four views."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from cvdemo import catalogue
from cvdemo.latency import charts, lesson, view_words
from cvdemo.latency.accuracy import AccuracyPoint, pareto
from cvdemo.latency.layers import LayerTime, LayerTimes
from cvdemo.latency.sweep import Line
from tests.sentences.latency import MODELS, MS, TITLES, X, random_duel
from tests.sentences.table import Reader, holds, listed_in, number, same, share, true_of

NAME = r"(?:[Tt]he CNN|[Tt]he ViT|[\w/-]+)"
STEPS = (1, 2, 4, 8)


def random_lines(draw: np.random.Generator, steps: tuple[int, ...]) -> list[Line]:
    """Return how 1 to 3 models' times change over the steps, some of which they may not have reached."""
    lines = []
    for place in range(draw.integers(1, 4)):
        reached = steps[: int(draw.choice([len(steps), len(steps), 3, 1]))]
        growth = draw.choice([0.8, 1, 1.0003, 1.03, 1.3, 2]) * draw.uniform(0.95, 1.05, len(reached)) ** draw.integers(
            0, 2
        )
        ms = 5 * np.array(reached) / np.cumprod(growth)
        family = str(draw.choice(["cnn", "vit"]))
        lines.append(Line(MODELS[place], TITLES[place], family, False, reached, tuple(ms.tolist())))
    return lines


def spoken(models: list[Line]) -> list[str]:
    families = [one.family for one in models]
    if sorted(families) == ["cnn", "vit"]:
        return [{"cnn": "the CNN", "vit": "the ViT"}[family] for family in families]
    return [one.title for one in models]


@true_of(
    view_words.sides,
    few=r"Four sizes are needed before a growth can be told\.",
    _=r"Twice the side costs (.+ times) \((exponent|exponents) (.+): (95 %) intervals\)\.",
)
def sides(draw: np.random.Generator, read: Reader) -> None:
    lines = random_lines(draw, (64, 96, 128, 160, 192, 224))
    said = read(view_words.sides(lines))
    known = [(name, line) for name, line in zip(spoken(lines), lines, strict=True) if len(line.steps) >= 4]
    assert (said.form == "few") == (not known)
    if said.form == "few":
        return
    same(said.parts[1], "exponent" if len(known) == 1 else "exponents")
    same(said.parts[3], "95 %")
    for cost, three, (name, line) in zip(listed_in(said.parts[0]), said.parts[2].split("; "), known, strict=True):
        x, y = np.log(line.steps), np.log(line.ms)
        slope, start = np.polyfit(x, y, 1)
        left = float(((y - slope * x - start) ** 2).sum())
        reach = t.ppf(0.975, len(x) - 2) * math.sqrt(max(left, 0) / (len(x) - 2) / ((x - x.mean()) ** 2).sum())
        same(cost.rsplit(" ", 2)[0], name)
        holds(cost.rsplit(" ", 2)[1], 2**slope)
        value, ends = three.split(", ")
        for text, real in zip((value, *ends.split(" to ")), (slope, slope - reach, slope + reach), strict=True):
            assert number(text) == pytest.approx(real, abs=0.00502)


@true_of(
    view_words.batches,
    few=r"Two batch sizes are needed before a gain can be told\.",
    nothing=rf"({NAME}) gains nothing from larger batches: {X} photos a second one by one\.",
    most=rf"({NAME}) gains at most (\d+ %) from larger batches: {X} photos a second one by one\.",
    still=rf"({NAME}) still gained at batch (\d+), the largest measured: {X} photos a second, {X} times as many\.",
    knee=rf"({NAME}) gains little beyond batch (\d+): {X} photos a second, {X} times as many as one by one\.",
)
def batches(draw: np.random.Generator, read: Reader) -> None:
    lines = random_lines(draw, STEPS)
    parts = view_words.batches(lines).replace(". ", ".\n").split("\n")
    told = [read(part) for part in parts]
    known = [(name, line) for name, line in zip(spoken(lines), lines, strict=True) if len(line.steps) > 1]
    assert (told[0].form == "few") == (not known)
    for said, (name, line) in zip(told, known, strict=bool(known)):
        rates = 1000 * np.array(line.steps) / np.array(line.ms)
        same(said.parts[0], name[0].upper() + name[1:])
        most = 100 * (rates.max() / rates[0] - 1)
        if said.form in ("nothing", "most"):
            holds(said.parts[-1], rates[0])
            assert rates[0] >= 0.9 * rates.max()
            assert (said.form == "nothing") == (most < 1e-6)
            if said.form == "most":
                assert most - 1e-6 <= number(said.parts[1]) < most + 1
            continue
        place = line.steps.index(int(said.parts[1]))
        holds(said.parts[2], rates[place])
        holds(said.parts[3], rates[place] / rates[0])
        assert (rates[:place] < 0.9 * rates.max()).all() and rates[place] >= 0.9 * rates.max()
        assert (said.form == "still") == (place == len(rates) - 1)


@true_of(
    view_words.accuracy,
    none=r"Nothing to show yet: no model that was measured here has a published accuracy on ImageNet-1k\. Add one, "
    r"such as ResNet-50, and measure\.",
    some=r"Nobody here is both faster and more accurate than (.+?)\.(?: Not shown, since their accuracy on ImageNet-1k "
    r"is not published: (.+)\.)?",
)
def accuracy(draw: np.random.Generator, read: Reader) -> None:
    rows = [(float(draw.integers(5, 9)), float(draw.integers(70, 74))) for _ in range(draw.integers(0, 5))]
    front = pareto(rows)
    points = [
        AccuracyPoint(title, title, "cnn", *row, "a recipe", 224, row in front)
        for title, row in zip(TITLES, rows, strict=False)
    ]
    left_out = list(TITLES[len(rows) :][: draw.integers(0, 3)])
    said = read(view_words.accuracy(points, left_out))
    assert (said.form == "none") == (not rows)
    if rows:
        named = listed_in(said.parts[0], "or")
        beaten = {
            title
            for title, (ms, right) in zip(TITLES, rows, strict=False)
            if any(other < ms and more > right for other, more in rows)
        }
        assert not beaten & set(named)
        best = {one for one in rows if not any(a <= one[0] and b >= one[1] and (a, b) != one for a, b in rows)}
        assert named == [one.title for one in sorted(points, key=lambda one: one.ms) if (one.ms, one.accuracy) in best]
        assert (listed_in(said.parts[1]) if said.parts[1] else []) == left_out
    assert catalogue.get("resnet50").published is not None


@true_of(
    view_words.own_accuracy,
    _=r"Of the models that come with this page nobody is both faster and more accurate than (.+)\.",
)
def own_accuracy(draw: np.random.Generator, read: Reader) -> None:
    rows = [(float(draw.integers(5, 9)), float(draw.integers(50, 54))) for _ in range(draw.integers(1, 5))]
    front = pareto(rows)
    points = [
        AccuracyPoint(title, title, "cnn", *row, "ours", 64, row in front)
        for title, row in zip(TITLES, rows, strict=False)
    ]
    named = listed_in(read(view_words.own_accuracy(points)).parts[0], "or")
    best = {one for one in rows if not any(a <= one[0] and b >= one[1] and (a, b) != one for a, b in rows)}
    assert named == [one.title for one in sorted(points, key=lambda one: one.ms) if (one.ms, one.accuracy) in best]


QUOTES = {"efficientnet_b0": (6, "EfficientNet-B0"), "vit_base_patch16_224": (18, "ViT-B/16"),
          "swin_base_patch4_window7_224": (22, "Swin-B")}  # fmt: skip


QUOTED = r"Quoted, not measured here: about (.+), on a V100 graphics card\. Medians here:"


@true_of(
    lesson.quoted,
    none="",
    alone=rf"{QUOTED} {MS}\.",
    several=rf"{QUOTED} (.+); (the same|another) order\.",
)
def quoted(draw: np.random.Generator, read: Reader) -> None:
    duel = random_duel(draw)
    models = draw.permutation(list(QUOTES))
    racers = tuple(
        replace(racer, model=name, title=QUOTES[name][1]) if draw.random() < 0.8 else racer
        for racer, name in zip(duel.racers, map(str, models), strict=False)
    )
    duel = replace(duel, racers=racers)
    said = read(lesson.quoted(duel))
    ran = list({one.model: one for one in racers if one.failed is None and one.model in QUOTES}.values())
    quiet = sorted(set(range(duel.rounds)) - set(duel.disturbed))
    counted = quiet if len(quiet) >= min(20, duel.rounds) else list(range(duel.rounds))
    rows = [(QUOTES[one.model], float(np.median(one.ms[counted]))) for one in ran] if duel.settings.batch == 1 else []
    same(said.form, "none" if not rows else "alone" if len(rows) == 1 else "several")
    if not rows:
        return
    for text, ((ms, title), _) in zip(listed_in(said.parts[0]), rows, strict=True):
        same(text, f"{ms} ms for {title}")
    for text, (_, here) in zip(listed_in(said.parts[1]), rows, strict=True):
        holds(text, here, "ms")
    if len(rows) > 1:
        order = [quote[0] for quote, _ in sorted(rows, key=lambda row: row[1])]
        ties = len({here for _, here in rows}) < len(rows)
        assert ties or (said.parts[2] == "the same") == (order == sorted(order))


@true_of(charts.said_of, _=rf"({NAME}): {MS} here, (\d+\.\d %) published for (.+)\.")
def said_of(draw: np.random.Generator, read: Reader) -> None:
    title, ms, right = str(draw.choice(TITLES)), float(10 ** draw.uniform(0, 4)), float(draw.uniform(50, 100))
    recipe = str(draw.choice(["a1_in1k", "augreg"]))
    said = read(charts.said_of(AccuracyPoint(title, title, "cnn", ms, right, recipe, 224, True)))
    same(said.parts[0], title)
    holds(said.parts[1], ms, "ms")
    share(said.parts[2], right / 100)
    same(said.parts[3], recipe)


@true_of(
    view_words.layers, none="", _=rf"({NAME}): the (\d+) slowest of (\d+) layers take (\d+ %) of {MS}\."
)  # fmt: skip
def layers(draw: np.random.Generator, read: Reader) -> None:
    found = []
    for place in range(draw.integers(0, 4)):
        shares = np.sort(draw.dirichlet(np.ones(int(draw.integers(1, 60)))))[::-1]
        slowest = tuple(LayerTime("x", "Conv2d", float(one), float(one)) for one in shares[:5])
        family = str(draw.choice(["cnn", "vit"]))
        ms = float(draw.exponential(50))
        found.append(LayerTimes(MODELS[place], TITLES[place], family, False, slowest, len(shares), ms))
    text = view_words.layers(found)
    told = [read(part) for part in re.split(r"(?<=\.) (?=[A-Z])", text)]
    for said, one, name in zip(told, found, spoken(found), strict=bool(found)):  # type: ignore[arg-type]
        same(said.parts[0], name[0].upper() + name[1:])
        holds(said.parts[1], min(5, one.count))
        holds(said.parts[2], one.count)
        holds(said.parts[3], 100 * sum(layer.share for layer in one.slowest), "%")
        holds(said.parts[4], one.total_ms, "ms")

"""What Latency says of a duel: verdicts and answers; every number from the times themselves."""

import itertools
import math
import re
from dataclasses import replace
from unittest import mock

import numpy as np

from cvdemo.latency import statistics, words
from cvdemo.latency.result import Duel, Environment, Racer
from cvdemo.latency.settings import Settings
from cvdemo.latency.statistics import Ratio
from tests.sentences.table import Reader, Said, holds, same, true_of

HERE = Environment("2 CPU cores", "A Processor", 2, {"python": "3.11", "torch": "2.14", "openvino": "2026.4"})
TITLES = ("ResNet-50", "ViT-S/16", "Swin-B", "DeiT-S", "VGG-16")
MODELS = ("resnet50", "vit_small_patch16_224", "swin_base_patch4_window7_224", "deit_small_patch16_224", "vgg16")
NAME, X, MS = r"[\w/-]+", r"([\d.,]+)", r"([\d.,]+ ms)"
DRIFTS = re.escape(words.DRIFTS)


def random_ratio(draw: np.random.Generator) -> Ratio:
    """Return a comparison with any verdict that its numbers allow."""
    low = float(np.exp(draw.normal(0, draw.choice([0.01, 0.05, 1.5]))))
    high = low * float(1 + draw.choice([0, 0.02, 0.4]) * draw.random())
    rounds = int(draw.integers(20, 31))
    verdict = "faster" if low > 1.03 else "slower" if high < 0.97 else "too close to call"
    drift = draw.random() < 0.3
    wins, ties = int(draw.integers(0, rounds + 1)), int(draw.choice([0, 3]))
    return Ratio(
        (low + high) / 2, low, high, rounds, 0.0, min(wins, rounds - ties), 0.5 if drift else 0.0,
        None if drift else verdict, ties,  # type: ignore[arg-type]
    )  # fmt: skip


def random_duel(draw: np.random.Generator) -> Duel:
    """Return a duel of 1 to 5 models, far apart or equal, that drift, fail, or were disturbed."""
    rounds = int(draw.choice([1, 10, 19, 20, 30, 30, 30, 30, 30]))
    racers, base = [], 10 ** draw.uniform(0, 3)
    for place in range(draw.choice([1, 2, 2, 2, 3, 4, 5])):
        level = base * float(draw.choice([1, 1, 1.045, 1.3, 17]))
        ms = level * np.exp(draw.normal(0, draw.choice([0, 0.003, 0.003, 0.02, 0.3, 0.5]), rounds))
        ms *= np.linspace(1, draw.choice([1, 1, 1.6]), rounds)
        ms = ms.round(int(draw.choice([1, 6]))) + 0.1
        failed = str(draw.choice(["out of memory", "why."])) if draw.random() < 0.08 else None
        kind = str(draw.choice(["cached", "random"], p=[0.8, 0.2]))
        racers.append(
            Racer(
                f"{place}", MODELS[place], TITLES[place], "cnn", kind, "torch", "float32", int(draw.choice([224, 64])),
                ms, failed, 1, 1, 1, 1, None,
            )
        )  # fmt: skip
    if len(racers) == 2 and draw.random() < 0.3:
        racers[1] = replace(racers[1], model=racers[0].model, title=racers[0].title)
    bad = tuple(np.flatnonzero(draw.random(rounds) < draw.choice([0, 0.05, 0.6])).tolist())
    others = None if draw.random() < 0.2 else float(draw.choice([0.01, 0.3]))
    return Duel(
        Settings(rounds=rounds, batch=int(draw.choice([1, 8, 2000])), side=None if draw.random() < 0.5 else 224),
        tuple(racers), rounds, bad, int(draw.choice([0, 0, 1, 4])), others, bool(draw.random() < 0.95), HERE, 0.0,
    )  # fmt: skip


VERDICTS = {
    "self_close": rf"({NAME}) against itself: too close to call, as it should be\.",
    "self_none": rf"({NAME}) against itself: no firm verdict, {DRIFTS}\.",
    "self_differs": rf"({NAME}) against itself should be equal and is not \(ratio {X}, interval {X} to {X}\): do not "
    r"trust this measurement\.",
    "close": rf"({NAME}) or ({NAME}): too close to call(?: \(ratio {X}, interval {X} to {X} (includes 1|does not clear "
    r"the margin of 3 %)\))?\.",
    "barely": rf"({NAME}) is faster than ({NAME}) by (\d+ %): measurable, but too little to notice\.",
    "faster": rf"({NAME}) is {X} times as fast as ({NAME}) here(?: \(95 % interval {X} to {X}\))?\.",
}
SEEN = {
    "alike": rf"({NAME}) and ({NAME}) took about as long\.",
    "neither": rf"Neither ({NAME}) nor ({NAME}) was clearly faster\.",
    "often": rf"({NAME}) was faster than ({NAME}) in (\d+) of (\d+) rounds, about {X} times\.",
}


def _is_true(a: Racer, b: Racer, ratio: Ratio, said: Said, short: bool) -> None:
    """Assert what is said of two models, the first ``ratio.ratio`` times as fast as the second."""
    form, parts = said.form, said.parts
    first, second = (a.title, b.title) if ratio.ratio >= 1 else (b.title, a.title)
    fast = max(ratio.ratio, 1 / ratio.ratio)
    itself = a.model == b.model
    assert form.startswith("self") == (itself and form not in SEEN)
    if form.startswith("self"):
        same(parts[0], a.title)
        wanted = {"too close to call": "self_close", None: "self_none"}.get(ratio.verdict, "self_differs")
        same(form, wanted)
        for text, value in zip(parts[1:], (ratio.ratio, ratio.low, ratio.high), strict=False):
            holds(text, value)
    elif form == "close":
        assert ratio.verdict == "too close to call" and parts[:2] == (a.title, b.title)
        assert bool(parts[2]) == (not short)
        if not short:
            for text, value in zip(parts[2:5], (ratio.ratio, ratio.low, ratio.high), strict=True):
                holds(text, value)
            assert (parts[5] == "includes 1") == (ratio.low <= 1 <= ratio.high)
    elif form in ("barely", "faster"):
        assert ratio.verdict in ("faster", "slower") and (ratio.verdict == "faster") == (ratio.ratio > 1)
        assert (parts[0], parts[1 if form == "barely" else 2]) == (first, second)
        assert (form == "barely") == (fast < 1.05)
        if form == "barely":
            holds(parts[2], 100 * (fast - 1), "%")
            return
        holds(parts[1], fast)
        assert bool(parts[3]) == (not short)
        if not short:
            ends = sorted(
                [ratio.low ** (1 if fast == ratio.ratio else -1), ratio.high ** (1 if fast == ratio.ratio else -1)]
            )
            holds(parts[3], ends[0])
            holds(parts[4], ends[1])
    else:
        _seen_is_true(a, b, ratio, said)


def _seen_is_true(a: Racer, b: Racer, ratio: Ratio, said: Said) -> None:
    first, second = (a.title, b.title) if ratio.ratio >= 1 else (b.title, a.title)
    fast = max(ratio.ratio, 1 / ratio.ratio)
    wins = ratio.wins if ratio.ratio >= 1 else ratio.rounds - ratio.wins - ratio.ties
    assert set(said.parts[:2]) == {a.title, b.title}
    if said.form == "often":
        assert said.parts[:2] == (first, second) and 2 * wins > ratio.rounds and fast > 1.03
        holds(said.parts[2], wins)
        holds(said.parts[3], ratio.rounds)
        holds(said.parts[4], fast)
    elif said.form == "alike":
        assert fast <= 1.03
    else:
        assert fast > 1.03 and 2 * wins <= ratio.rounds


@true_of(words.verdict, **VERDICTS, **{name: f"{form} (No) firm verdict: {DRIFTS}\\." for name, form in SEEN.items()})
def verdict(draw: np.random.Generator, read: Reader) -> None:
    racers = random_duel(draw).racers
    a, b, short = racers[0], racers[-1], bool(draw.random() < 0.5)
    ratio = random_ratio(draw)
    said = read(words.verdict(a, b, ratio, short))
    if said.form in SEEN:
        assert ratio.verdict is None
        same(said.parts[-1], "No")
    _is_true(a, b, ratio, said, short)


@true_of(
    words.answer,
    words.quick,
    words.noisy,
    stopped=r"Stopped after (\d+) (round|rounds)(; a verdict needs 20|\. A verdict needs all rounds that "
    r"were asked for)\.",
    failed=rf"({NAME}) failed and was left out \((.+)\)\. The other figures stand\.",
    alone=rf"({NAME}) takes {MS} here\.",
    quick=rf"Quick look: ((?:{NAME} [\d.,]+ ms(?:, )?)+)\. Measure 30 rounds for a verdict\.",
    noise=r"No firm verdict: other programs disturbed (\d+) of (\d+) rounds\.",
    again=r"Measure again when it is quiet\.",
    drift=rf"No firm verdict: {DRIFTS}\.",
    **VERDICTS,
    **SEEN,
)
def answer(draw: np.random.Generator, read: Reader) -> None:
    duel = random_duel(draw)
    with mock.patch.object(statistics, "RESAMPLES", 40):
        text, pairs = words.answer(duel), {(pair.a, pair.b): pair.ratio for pair in duel.pairs()}
    end = r"(?<=stand\.) |(?<=\.) (?=[A-Z])(?!The other|A verdict|Measure 30)"
    told = [read(part) for part in re.split(end, text)]
    if not duel.finished:
        assert len(told) == 1 and told[0].form == "stopped"
        holds(told[0].parts[0], duel.rounds)
        same(told[0].parts[1], "round" if duel.rounds == 1 else "rounds")
        assert ("20" in told[0].parts[2]) == (duel.rounds < 20)
        return
    gone = [racer for racer in duel.racers if racer.failed]
    standing = [racer for racer in duel.racers if not racer.failed]
    for said, racer in zip(told, gone, strict=False):
        same(said.form, "failed")
        assert said.parts == (racer.title, (racer.failed or "").rstrip("."))
    told, quiet = told[len(gone) :], sorted(set(range(duel.rounds)) - set(duel.disturbed))
    enough = len(quiet) >= min(20, duel.rounds)
    medians = {one.key: float(np.median(one.ms[quiet] if enough else one.ms)) for one in standing}
    if len(standing) < 2:
        assert [said.form for said in told] == ["alone"] * len(standing)
        for said, racer in zip(told, standing, strict=True):
            same(said.parts[0], racer.title)
            holds(said.parts[1], medians[racer.key], "ms")
    elif duel.rounds < 20:
        assert [said.form for said in told] == ["quick"]
        for part, racer in zip(told[0].parts[0].split(", "), standing, strict=True):
            same(part.split(" ")[0], racer.title)
            holds(part.split(" ", 1)[1], medians[racer.key], "ms")
    else:
        noise = [said for said in told if said.form in ("noise", "again")]
        assert [said.form for said in noise] == ([] if enough else ["noise", "again"])
        if noise:
            holds(noise[0].parts[0], len(duel.disturbed))
            holds(noise[0].parts[1], duel.rounds)
        _pairs_are_true([said for said in told if said not in noise], standing, medians, pairs)


def _pairs_are_true(
    told: list[Said], standing: list[Racer], medians: dict[str, float], pairs: dict[tuple[str, str], Ratio]
) -> None:
    order = sorted(standing, key=lambda racer: medians[racer.key])
    steps = list(itertools.pairwise(order)) if len(order) < 4 else [(order[0], order[1]), (order[0], order[-1])]
    said = [one for one in told if one.form != "drift"]
    assert len(said) == len(steps)
    for one, (a, b) in zip(said, steps, strict=True):
        if (a.key, b.key) not in pairs:
            a, b = b, a
        ratio = pairs[a.key, b.key]
        assert math.isclose(ratio.ratio, medians[b.key] / medians[a.key])
        _is_true(a, b, ratio, one, short=len(standing) > 2)

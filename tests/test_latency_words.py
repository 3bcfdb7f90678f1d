"""The sentences of the Latency tab: true for one model and many, sure and unsure, quiet and noisy."""

import dataclasses
import itertools

import numpy as np
import pytest

from app.tabs.latency_view import charts
from cvdemo.latency import words
from cvdemo.latency.export import to_dict
from cvdemo.latency.result import Duel, Environment, Racer
from cvdemo.latency.settings import Settings
from cvdemo.latency.statistics import compare

HERE = Environment("2 CPU cores", "A Processor", 2, {"python": "3.11", "torch": "2.14", "openvino": "2026.4"})


def racer(title: str, ms: float, rounds: int = 30, family: str = "cnn", noise: float = 0.01, seed: int = 0) -> Racer:
    """Return a racer whose times lie around ``ms``."""
    times = ms * (1 + noise * np.random.default_rng(seed).standard_normal(rounds))
    return Racer(title, title, title, family, "cached", "torch", "float32", 224, times, None, 10, 20, 30, 40, None)


def duel(*racers: Racer, rounds: int = 30, disturbed: tuple[int, ...] = (), finished: bool = True) -> Duel:
    """Return a duel of ``racers``."""
    return Duel(Settings(rounds=rounds), racers, rounds, disturbed, 0, 0.01, finished, HERE, 0.0)


def drifting(one: Racer) -> Racer:
    """Return ``one`` on a machine that grows slower by a third."""
    return dataclasses.replace(one, ms=one.ms * np.linspace(1, 1.33, len(one.ms)))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


ANSWERS: list[tuple[str, Duel, str]] = [
    ("two", duel(racer("A", 10), racer("B", 42, seed=1)),
     "A is 4.2x times as fast as B here (95 % interval 4.1x to 4.2x)."),
    ("the slower one first", duel(racer("B", 42, seed=1), racer("A", 10)),
     "A is 4.2x times as fast as B here (95 % interval 4.1x to 4.2x)."),
    ("barely", duel(racer("A", 100, noise=0.001), racer("B", 104, noise=0.001, seed=1)),
     "A is faster than B by 4 %: measurable, but too little to notice."),
    ("close", duel(racer("A", 100, noise=0.05), racer("B", 100.5, noise=0.05, seed=1)),
     "A or B: too close to call (ratio 1.0x, interval 0.9x to 1.0x includes 1)."),
    ("inside the margin", duel(racer("A", 100, noise=0.001), racer("B", 102, noise=0.001, seed=1)),
     "A or B: too close to call (ratio 1.02, interval 1.02 to 1.02 does not clear the margin of 3 %)."),
    ("three", duel(racer("A", 10), racer("B", 42, seed=1), racer("C", 42.2, seed=2)),
     "A is 4.2 times as fast as B here. B or C: too close to call."),
    ("five", duel(*(racer("ABCDE"[at], 10 * 2**at, seed=at) for at in range(5))),
     "A is 2.0 times as fast as B here. A is 16.0 times as fast as E here."),
    ("itself", duel(racer("A", 10, noise=0.02), dataclasses.replace(racer("A", 10, noise=0.02, seed=3), key="A#2")),
     "A against itself: too close to call, as it should be."),
    ("ten rounds", duel(racer("A", 10, 10, noise=0), racer("B", 42, 10, noise=0), rounds=10),
     "Quick look: A 10.0 ms, B 42.0 ms. Measure 30 rounds for a verdict."),
    ("noisy", duel(racer("A", 10), racer("B", 42, seed=1), disturbed=tuple(range(14))),
     "A was faster than B in 30 of 30 rounds, about 4 times. No firm verdict: other programs disturbed 14 of 30 "
     "rounds. Measure again when it is quiet."),
    ("noisy and alike", duel(racer("A", 10), racer("B", 10.1, seed=1), disturbed=tuple(range(14))),
     "A and B took about as long. No firm verdict: other programs disturbed 14 of 30 rounds. "
     "Measure again when it is quiet."),
    ("drifting", duel(racer("B", 42), drifting(racer("A", 10, seed=1))),
     "A was faster than B in 30 of 30 rounds, about 4 times. No firm verdict: neighbouring rounds are too much alike "
     "here, as the machine drifts."),
    ("stopped", duel(racer("A", 10, 12), racer("B", 42, 12), rounds=12, finished=False),
     "Stopped after 12 rounds; a verdict needs 20."),
    ("stopped after one", duel(racer("A", 10, 1), racer("B", 42, 1), rounds=1, finished=False),
     "Stopped after 1 round; a verdict needs 20."),
    ("one failed of three",
     duel(racer("A", 10), dataclasses.replace(racer("B", 1), failed="not enough memory"), racer("C", 42, seed=1)),
     "B failed and was left out (not enough memory). The other figures stand. "
     "A is 4.2x times as fast as C here (95 % interval 4.1x to 4.2x)."),
    ("one failed of two", duel(racer("A", 10, noise=0), dataclasses.replace(racer("B", 1), failed="why.")),
     "B failed and was left out (why). The other figures stand. A takes 10.0 ms here."),
]  # fmt: skip


@pytest.mark.parametrize(("measured", "sentence"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_the_answer(measured: Duel, sentence: str) -> None:
    """An x stands for any digit: noise decides it."""
    said = plain(words.answer(measured))
    assert len(said) == len(sentence), said
    for heard, wanted in zip(said, sentence, strict=True):
        assert heard == wanted or (wanted == "x" and heard.isdigit()) or (wanted in "19" and heard.isdigit()), said


@pytest.mark.parametrize(
    ("done", "left", "sentence"),
    [
        (11, 6.2, "Round 12 of 30, about 6 s left. No verdict before the end."),
        (0, None, "Round 1 of 30. No verdict before the end."),
        (30, 0.0, "Round 30 of 30, about 1 s left. No verdict before the end."),
    ],
)
def test_while_it_runs(done: int, left: float | None, sentence: str) -> None:
    assert words.running(done, 30, left) == sentence


@pytest.mark.parametrize(
    ("change", "badges"),
    [
        ({}, ["Measured alone", "30 rounds, none disturbed"]),
        ({"disturbed": (3,)}, ["Measured alone", "30 rounds, 1 disturbed one dropped"]),
        ({"disturbed": (3, 4)}, ["Measured alone", "30 rounds, 2 disturbed ones dropped"]),
        ({"disturbed": tuple(range(11))}, ["Measured alone", "30 rounds, 11 disturbed, all shown"]),
        ({"other_requests": 1}, ["Not alone: 1 other request ran", "30 rounds, none disturbed"]),
        ({"other_requests": 3}, ["Not alone: 3 other requests ran", "30 rounds, none disturbed"]),
        ({"browser_share": 0.31}, ["Alone but for a browser here: 31 %", "30 rounds, none disturbed"]),
        ({"browser_share": 0.04}, ["Measured alone", "30 rounds, none disturbed"]),
        (
            {"others_share": 0.52, "browser_share": 0.31},
            ["Not alone: other programs took 52 %", "30 rounds, none disturbed"],
        ),
        ({"others_share": 0.52}, ["Not alone: other programs took 52 %", "30 rounds, none disturbed"]),
    ],
)
def test_badges(change: dict[str, object], badges: list[str]) -> None:
    measured = dataclasses.replace(duel(racer("A", 10), racer("B", 20)), **change)  # type: ignore[arg-type]
    assert [plain(text) for _, text in words.badges(measured)] == badges


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_quick_look_that_saw_no_round_says_so(count: int) -> None:
    none = dataclasses.replace(duel(*(racer("ABC"[at], 10, 0) for at in range(count)), rounds=10), rounds=0)
    assert words.answer(none) == words.NO_ROUND


def test_random_weights_are_named() -> None:
    measured = duel(racer("A", 10), dataclasses.replace(racer("B", 20), weights="random"))
    assert ("warn", "random weights, fine for timing") in words.badges(measured)


def test_disturbed_rounds_do_not_count_where_enough_are_left() -> None:
    slow = racer("A", 10, noise=0)
    slow.ms[:5] = 1000.0
    measured = duel(slow, racer("B", 20, noise=0), disturbed=(0, 1, 2, 3, 4))
    found = measured.percentiles(measured.racers[0])
    assert found is not None and (found.p50, found.p99) == (10, 10)
    assert len(measured.times(measured.racers[0])) == 25


@pytest.mark.parametrize(("seconds", "text"), [(5, "a moment ago"), (60, "1 minute ago"), (840, "14 minutes ago")])
def test_how_old_a_stored_duel_is(seconds: float, text: str) -> None:
    assert words.ago(seconds) == f"Measured {text} on this machine."


def test_more_than_two_models_are_told_on_what_their_verdicts_rest() -> None:
    racers = [dataclasses.replace(racer(name, 10, seed=ord(name)), model="mini_vit") for name in "ABC"]
    two, three = duel(*racers[:2]), duel(*racers)
    assert words.together(two) == charts(two)["pairs_together"] == ""
    assert plain(words.together(three)) == (
        "Verdicts are corrected for 3 pairs (Holm): at most 5 % of such measurements call any of them wrongly. "
        "Each bar is for its pair alone, so one beside the shaded part can still be too close to call."
    )
    assert charts(three)["pairs_together"] == words.together(three)
    assert charts(dataclasses.replace(three, finished=False))["pairs_together"] == ""


def test_of_six_models_a_pair_that_is_only_just_sure_is_too_close_to_call() -> None:
    """Six racers as good as equal on a noisy machine: one pair alone would get a verdict, fifteen together do not."""
    many = duel(*(racer(name, 10, noise=0.25, seed=54 + place) for place, name in enumerate("ABCDEF")))
    alone = [compare(many.times(a), many.times(b)).verdict for a, b in itertools.combinations(many.racers, 2)]
    assert set(alone) - {None} > {"too close to call"}
    together = ["too close to call" if verdict else None for verdict in alone]  # none where rounds are too alike
    assert [pair.ratio.verdict for pair in many.pairs()] == together
    assert [pair["verdict"] for pair in to_dict(many)["pairs"]] == together

"""Percentiles, intervals and verdicts, against numpy and against noise whose truth is known."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from cvdemo.latency.statistics import Ratio, autocorrelation, compare, corrected, percentiles

SURE = ("faster", "slower")


def _noisy(rng: np.random.Generator, ms: float, rounds: int, spread: float) -> NDArray[np.float64]:
    """Times as machines have them: a floor, a tail to the right, now and then a hiccup."""
    tail = rng.gamma(2.0, spread / 2, rounds)
    hiccups = np.where(rng.random(rounds) < 0.05, rng.uniform(0.5, 3.0, rounds), 0.0)
    return np.asarray(ms * (1 + tail + hiccups))


def test_percentiles_are_numpys() -> None:
    times = np.arange(1.0, 102.0)
    found = percentiles(times)
    assert (found.p50, found.p90, found.p95, found.p99, found.spread) == (51, 91, 96, 100, 80)


@pytest.mark.parametrize("rounds", [30, 100])
def test_a_model_against_itself_is_too_close_to_call(rounds: int) -> None:
    rng = np.random.default_rng(5)
    verdicts = [compare(_noisy(rng, 30, rounds, 0.04), _noisy(rng, 30, rounds, 0.04)).verdict for _ in range(60)]
    assert verdicts.count("too close to call") >= 0.95 * len(verdicts)


def test_a_slow_moment_that_hits_both_does_not_decide() -> None:
    """Drift of the machine by half is common to both models of a round: the paired interval knows."""
    rng = np.random.default_rng(6)
    drift = 1 + 0.5 * np.sin(np.linspace(0, 9, 40))
    verdicts = [compare(drift * _noisy(rng, 9, 40, 0.03), drift * _noisy(rng, 9, 40, 0.03)).verdict for _ in range(40)]
    assert verdicts.count("too close to call") >= 38


@pytest.mark.parametrize(("factor", "verdict"), [(1.2, "faster"), (1 / 1.2, "slower"), (4.0, "faster")])
def test_a_clear_difference_gets_its_verdict(factor: float, verdict: str) -> None:
    rng = np.random.default_rng(7)
    found = [compare(_noisy(rng, 20, 30, 0.04), _noisy(rng, 20 * factor, 30, 0.04)) for _ in range(20)]
    assert [one.verdict for one in found].count(verdict) >= 19
    assert np.mean([one.low <= factor <= one.high for one in found]) >= 0.8


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    held = [
        one.low <= 1.5 <= one.high
        for one in (compare(_noisy(rng, 10, 30, 0.1), _noisy(rng, 15, 30, 0.1)) for _ in range(60))
    ]
    assert 0.88 <= np.mean(held) <= 1.0


def test_one_model_is_compared_the_other_way_round() -> None:
    rng = np.random.default_rng(9)
    one, other = _noisy(rng, 10, 30, 0.05), _noisy(rng, 20, 30, 0.05)
    there, back = compare(one, other), compare(other, one)
    assert there.ratio == pytest.approx(1 / back.ratio)
    assert (there.low, there.high) == pytest.approx((1 / back.high, 1 / back.low))
    assert (there.verdict, back.verdict) == ("faster", "slower")


@pytest.mark.parametrize(
    ("rounds", "low", "high", "verdict"),
    [
        (19, 2.0, 2.0, None),
        (20, 2.0, 2.0, "faster"),
        (20, 1.02, 1.02, "too close to call"),
        (20, 1.04, 1.04, "faster"),
        (20, 0.98, 0.98, "too close to call"),
        (20, 0.96, 0.96, "slower"),
    ],
)
def test_small_differences_and_few_rounds_get_no_verdict(
    rounds: int, low: float, high: float, verdict: str | None
) -> None:
    found = compare(np.full(rounds, 10.0), np.full(rounds, 10.0 * low))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.verdict == verdict


def test_one_round_is_compared_without_an_interval_to_speak_of() -> None:
    found = compare(np.array([2.0]), np.array([3.0]))
    assert (found.ratio, found.low, found.high, found.verdict) == (1.5, 1.5, 1.5, None)


def test_times_of_different_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        compare(np.ones(3), np.ones(4))


def test_of_four_equal_models_hardly_any_duel_calls_a_winner() -> None:
    """On a very noisy machine; each pair by its own interval would call one in twice as many as are promised."""
    rng, alone, together = np.random.default_rng(10), 0, 0
    for _ in range(60):
        times = [_noisy(rng, 30, 30, 3.0) for _ in range(4)]
        ratios = [compare(one, other) for one, other in itertools.combinations(times, 2)]
        alone += any(one.verdict in SURE for one in ratios)
        together += any(one.verdict in SURE for one in corrected(ratios))
    assert alone / 60 > 0.05 >= together / 60


def test_clear_differences_among_six_models_keep_their_verdicts() -> None:
    rng = np.random.default_rng(11)
    times = [_noisy(rng, 10 * 1.2**place, 30, 0.04) for place in range(6)]
    found = corrected([compare(one, other) for one, other in itertools.combinations(times, 2)])
    assert [one.verdict for one in found] == ["faster"] * 15


@pytest.mark.parametrize(
    ("p_values", "sure"),
    [
        ([], []),
        ([0.04], [True]),
        ([0.04, 0.001, 0.02], [True, True, True]),  # 0.001 <= 0.05 / 3, 0.02 <= 0.05 / 2, 0.04 <= 0.05
        ([0.04, 0.001, 0.03], [False, True, False]),  # 0.03 > 0.05 / 2: this one and all after it
        ([0.02, 0.02, 0.02], [False, False, False]),
    ],
)
def test_verdicts_are_corrected_as_holm_does(p_values: list[float], sure: list[bool]) -> None:
    found = corrected([Ratio(2.0, 1.5, 2.5, 30, p_value, 30, 0.0, "faster") for p_value in p_values])
    assert [one.verdict == "faster" for one in found] == sure
    assert {one.verdict for one in found} <= {"faster", "too close to call"}
    assert all((one.low, one.high) == (1.5, 2.5) for one in found), "intervals stay those of each pair alone"


def test_where_there_is_no_verdict_none_is_made() -> None:
    assert [one.verdict for one in corrected([Ratio(2.0, 1.5, 2.5, 19, 0.5, 19, 0.0, None)] * 3)] == [None] * 3


@pytest.mark.parametrize(("factor", "sure"), [(1.0, False), (1.02, False), (1.5, True), (1 / 1.5, True)])
def test_the_p_value_says_how_sure_the_interval_is(factor: float, sure: bool) -> None:
    rng = np.random.default_rng(12)
    found = compare(_noisy(rng, 10, 30, 0.05), _noisy(rng, 10 * factor, 30, 0.05))
    assert 0 < found.p_value <= 1 and (found.p_value < 0.001) == sure
    exact = compare(np.full(30, 10.0), np.full(30, 10.0 * factor))
    assert exact.p_value == (0 if sure else 1)


NOISES: dict[str, Callable[[np.random.Generator, int], NDArray[np.float64]]] = {
    "independent": lambda rng, rounds: rng.normal(0, 1, rounds),
    "a little alike": lambda rng, rounds: _alike(rng, rounds, 0.3),
    "alike": lambda rng, rounds: _alike(rng, rounds, 0.6),
    "very much alike": lambda rng, rounds: _alike(rng, rounds, 0.9),
    "drifting": lambda rng, rounds: rng.normal(0, 1, rounds) + 2 * rng.normal() * np.linspace(-1, 1, rounds),
}


def _alike(rng: np.random.Generator, rounds: int, by: float) -> NDArray[np.float64]:
    """AR(1) noise of variance 1."""
    drawn = rng.normal(0, np.sqrt(1 - by**2), rounds + 40)
    for place in range(1, len(drawn)):
        drawn[place] += by * drawn[place - 1]
    return drawn[40:]


@pytest.mark.parametrize("noise", NOISES)
def test_equal_models_hardly_ever_get_a_verdict_whatever_the_noise(noise: str) -> None:
    """7 of 100 at most; by the interval alone, 54 of 100 do where noise is very much alike."""
    rng, draw = np.random.default_rng(12), NOISES[noise]
    found = [compare(*(10 * np.exp(0.3 * draw(rng, 30)) for _ in range(2))) for _ in range(100)]
    assert sum(one.verdict in SURE for one in found) <= 7
    if noise == "very much alike":
        assert sum(not one.low <= 1 <= one.high for one in found) > 20


@pytest.mark.parametrize("factor", [1.1, 1.3])
def test_real_differences_are_found_as_often_where_noise_is_independent(factor: float) -> None:
    """Refusing rounds that are too alike costs at most 5 of 100 verdicts that the interval would give."""
    rng = np.random.default_rng(13)
    found = [compare(_noisy(rng, 10, 30, 0.04), _noisy(rng, 10 * factor, 30, 0.04)) for _ in range(100)]
    by_interval = sum(one.low > 1.03 for one in found)
    assert by_interval > 60 and sum(one.verdict == "faster" for one in found) >= by_interval - 5


def test_the_autocorrelation_is_that_of_statistics_books() -> None:
    values = np.array([1.0, 2.0, 4.0, 3.0])  # around 2.5: -1.5 -0.5 1.5 0.5; products 0.75 - 0.75 + 0.75 over 5
    assert autocorrelation(values) == pytest.approx(0.15)
    assert autocorrelation(np.ones(5)) == 0.0

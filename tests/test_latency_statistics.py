"""Percentiles, intervals and verdicts, against numpy and against noise whose truth is known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cvdemo.latency.statistics import compare, percentiles


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

"""Results stay within their bytes and the least recently used go first."""

from dataclasses import dataclass

import numpy as np
import pytest

from cvdemo.results import Results, size_of


@dataclass(frozen=True)
class Sample:
    map: np.ndarray
    name: str


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (np.zeros(1000, np.float32), 4000),
        (Sample(np.zeros((10, 10)), "x"), 800),  # arrays inside a dataclass count
        ((np.zeros(10, np.uint8), np.zeros(20, np.uint8)), 30),  # and inside a tuple
    ],
)
def test_size_counts_what_is_kept(value: object, least: int) -> None:
    assert least <= size_of(value) <= least + 200


def test_the_least_recently_used_goes_first() -> None:
    results = Results(limit_bytes=3000)
    for key in "abc":
        results.put(key, np.zeros(1000, np.uint8))
    assert results.get("a") is not None  # now "b" is the oldest
    results.put("d", np.zeros(1000, np.uint8))
    assert [results.get(key) is None for key in "abcd"] == [False, True, False, False]
    assert results.byte_count == 3000


def test_a_result_larger_than_the_limit_is_not_kept_and_evicts_nobody() -> None:
    results = Results(limit_bytes=100)
    results.put("small", np.zeros(50, np.uint8))
    results.put("large", np.zeros(500, np.uint8))
    assert results.get("small") is not None
    assert results.get("large") is None


def test_replacing_a_result_counts_once() -> None:
    results = Results(limit_bytes=100)
    for _ in range(5):
        results.put("same", np.zeros(60, np.uint8))
    assert (len(results), results.byte_count) == (1, 60)

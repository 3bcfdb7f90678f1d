"""Results stay within their bytes and the least recently used go first."""

import weakref
from dataclasses import dataclass

import numpy as np
import pytest

from cvdemo import results
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
    kept = Results(limit_bytes=3000)
    for key in "abc":
        kept.put(key, np.zeros(1000, np.uint8))
    assert kept.get("a") is not None  # now "b" is the oldest
    kept.put("d", np.zeros(1000, np.uint8))
    assert [kept.get(key) is None for key in "abcd"] == [False, True, False, False]
    assert kept.byte_count == 3000


def test_a_result_larger_than_the_limit_is_not_kept_and_evicts_nobody() -> None:
    kept = Results(limit_bytes=100)
    kept.put("small", np.zeros(50, np.uint8))
    kept.put("large", np.zeros(500, np.uint8))
    assert kept.get("small") is not None
    assert kept.get("large") is None


def test_all_together_stay_within_one_bound_and_the_fullest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_everything", weakref.WeakValueDictionary())
    monkeypatch.setattr(results, "ALL_TOGETHER_BYTES", 250)
    full, small = Results(limit_bytes=300), Results(limit_bytes=300)
    for key in range(4):
        full.put(key, np.zeros(50, np.uint8))
    small.put("a", np.zeros(90, np.uint8))
    assert full.byte_count + small.byte_count == 240
    assert small.get("a") is not None
    assert [full.get(key) is None for key in range(4)] == [True, False, False, False]


def test_replacing_a_result_counts_once() -> None:
    kept = Results(limit_bytes=100)
    for _ in range(5):
        kept.put("same", np.zeros(60, np.uint8))
    assert (len(kept), kept.byte_count) == (1, 60)

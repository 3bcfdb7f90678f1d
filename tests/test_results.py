"""Results stay within their bytes, counted in truth, and the least recently used go first."""

import importlib
import pkgutil
import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pytest
import torch

import app
import cvdemo
from cvdemo import results, starters
from cvdemo.byte_size import size_of
from cvdemo.classify import classify
from cvdemo.labels import lasting
from cvdemo.results import Results, Store


@dataclass(frozen=True)
class Sample:
    map: np.ndarray
    name: str

    @cached_property
    def doubled(self) -> np.ndarray:
        return np.concatenate([self.map, self.map])


@dataclass(frozen=True, slots=True)
class Slotted:
    map: np.ndarray


LARGE = np.zeros(10_000, np.uint8)


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (np.zeros(1000, np.float32), 4000),
        (Sample(np.zeros((10, 10)), "x"), 800),  # arrays inside a dataclass count
        (Slotted(np.zeros((10, 10))), 800),
        ((np.zeros(10, np.uint8), np.zeros(20, np.uint8)), 30),  # and inside a tuple
        ({"map": LARGE}, 10_000),  # and inside a dict
        (LARGE[:10], 10_000),  # a view keeps all of it alive
        (np.frombuffer(bytes(10_000), np.uint8)[5:7], 10_000),
        (torch.zeros(2500)[:3].numpy(), 10_000),
        (np.broadcast_to(np.zeros(10), (1000, 10)), 80),
        ((LARGE, LARGE[3:], {"again": LARGE}), 10_000),  # shared parts count once
    ],
)
def test_size_counts_what_is_kept(value: object, least: int) -> None:
    assert least <= size_of(value) <= least + 400


def test_size_counts_what_a_cached_property_has_left() -> None:
    sample = Sample(np.zeros(1000), "x")
    before = size_of(sample)
    assert len(sample.doubled) == 2000
    assert 16_000 <= size_of(sample) - before <= 16_400


def test_names_of_classes_that_all_results_share_weigh_nothing() -> None:
    """They did in each of thousands: 70 kB of ImageNet's, beside 4 kB of logits."""
    names = tuple(f"class number {number}" for number in range(1000))
    shared = lasting(names)
    assert size_of(names) < 100 and shared is lasting((*names,))
    assert size_of(("the visitor's own", names[0])) > 100
    starter = starters.get(starters.best("coffee")).path
    answer = classify(starter, ["mini_resnet"]).answers[0]
    assert size_of(answer) < answer.seen.nbytes + answer.logits.nbytes + 4000


def _bytes(count: int, of: int = 1000, key: str = "a") -> int:
    """Return what ``count`` results of so many bytes take, each with its key."""
    return count * size_of((key, np.zeros(of, np.uint8)))


def test_the_least_recently_used_goes_first() -> None:
    kept = Results(store=Store(_bytes(3)))
    for key in "abc":
        kept.put(key, np.zeros(1000, np.uint8))
    assert kept.get("a") is not None  # now "b" is the oldest
    kept.put("d", np.zeros(1000, np.uint8))
    assert [kept.get(key) is None for key in "abcd"] == [False, True, False, False]
    assert (kept.byte_count, len(kept)) == (_bytes(3), 3)


def test_a_result_larger_than_the_limit_is_not_kept_and_evicts_nobody() -> None:
    kept = Results(store=Store(_bytes(1)))
    kept.put("a", np.zeros(500, np.uint8))
    kept.put("large", np.zeros(5000, np.uint8))
    assert kept.get("a") is not None
    assert kept.get("large") is None


def test_all_parts_share_one_bound_and_the_oldest_gives_way_whose_ever_it_is() -> None:
    store = Store(_bytes(3))
    one, other = Results("one", store), Results("other", store)
    for key in "abc":
        one.put(key, np.zeros(1000, np.uint8))
    assert one.get("a") is not None
    other.put("a", np.zeros(1000, np.uint8))
    assert [one.get(key) is None for key in "abc"] == [False, True, False]
    assert store.byte_count == one.byte_count + other.byte_count == _bytes(3)


def test_replacing_a_result_counts_once() -> None:
    kept = Results(store=Store(_bytes(1)))
    for _ in range(5):
        kept.put("a", np.zeros(1000, np.uint8))
    assert (len(kept), kept.byte_count) == (1, _bytes(1))


@pytest.mark.parametrize("through_get", [True, False])
def test_what_grows_while_it_is_kept_is_counted_at_the_next_put(through_get: bool) -> None:
    kept = Results(store=(store := Store(10**6)))
    sample = Sample(np.zeros(1000), "x")
    kept.put("a", sample)
    if through_get:
        kept.put("b", 0)
        assert kept.get("a") is sample
    assert len(sample.doubled) == 2000
    kept.put("c", 0)
    assert store.byte_count == kept.byte_count >= 24_000


def test_what_grows_over_the_bound_makes_others_go() -> None:
    kept = Results(store=(store := Store(30_000)))
    kept.put("old", np.zeros(10_000, np.uint8))
    kept.put("a", sample := Sample(np.zeros(1000), "x"))
    assert len(sample.doubled) == 2000
    kept.put("c", 0)
    assert kept.get("old") is None and kept.get("a") is sample
    assert store.byte_count <= store.limit_bytes


def test_threads_that_ask_together_make_it_once() -> None:
    kept, made, start = Results(), [], threading.Barrier(8)

    def make() -> int:
        made.append(threading.get_ident())
        threading.Event().wait(0.05)
        return 7

    def ask() -> None:
        start.wait()
        assert kept.find("key", make) == 7

    crowd = [threading.Thread(target=ask) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(made) == 1 and not results._making


def test_who_fails_to_make_it_leaves_that_to_the_next() -> None:
    kept = Results()
    with pytest.raises(ZeroDivisionError):
        kept.find("key", lambda: 1 // 0)
    assert kept.find("key", lambda: 7) == 7


def test_every_part_of_the_store_has_a_name_of_its_own_and_health_tells_its_bytes() -> None:
    parts: dict[int, Results] = {}
    for package in (app, cvdemo):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            parts |= {id(one): one for one in vars(module).values() if isinstance(one, Results)}
    names = [part.name for part in parts.values()]
    assert len(names) > 20 and all(names) and len(set(names)) == len(names)
    part = next(iter(parts.values()))
    part.put("test", np.zeros(1000))
    told = results.figures()
    assert told["parts"][part.name]["bytes"] == part.byte_count >= 8000
    assert told["bytes_kept"] <= told["bytes_limit"] == 1024**3


@dataclass(frozen=True)
class Request:
    digest: str
    model: str


def test_what_is_made_of_a_photo_goes_with_it_wherever_its_digest_stands_in_the_key() -> None:
    store = Store(10**6)
    part = Results("photos", store)
    mine = ("d1", ("d1", 3), Request("d1", "m"), (("x", Request("d1", "m")), "alone"))
    others = ("d2", ("d2", 3), Request("d2", "d1 or so"), ("x", (Request("d2", "m"),)))
    for key in (*mine, *others):
        part.put(key, "result")
    store.forget({"d1"})
    assert [part.get(key) for key in mine] == [None] * 4
    assert [part.get(key) for key in others] == ["result"] * 4

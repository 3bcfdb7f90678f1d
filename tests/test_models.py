"""The model cache: loaded once, leased, bounded in bytes, failures kept by nobody."""

import random
import threading
import time
import traceback
import weakref
from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from cvdemo import loading, models
from cvdemo.catalogue import BUNDLED_PAIR, get
from cvdemo.errors import ModelUnavailable, Stopped, anew
from cvdemo.loading import load
from cvdemo.model_cache import ModelCache
from cvdemo.models import memory_limit
from cvdemo.weights import Progress


@dataclass(eq=False)
class Stub:
    """A model of ten bytes that notices when two threads use it together."""

    key: Hashable
    byte_count: int = 10
    users: int = 0


def _cache(limit: int, seconds: float = 0.0, size: int = 10) -> tuple[ModelCache[Stub], Counter]:
    loads: Counter = Counter()

    def load(key: Hashable, progress: Callable[[Progress], None]) -> Stub:
        loads[key] += 1
        progress(Progress("load", 0, None))
        time.sleep(seconds)
        return Stub(key, size)

    return ModelCache(load, limit), loads


def test_sixteen_threads_asking_for_one_model_load_it_once() -> None:
    cache, loads = _cache(limit=100, seconds=0.3)
    together = threading.Barrier(16)

    def ask(_: int) -> int:
        together.wait()
        with cache.borrow("vit") as model:
            return id(model)

    with ThreadPoolExecutor(16) as pool:
        seen = set(pool.map(ask, range(16)))
    assert len(seen) == 1
    assert loads == {"vit": 1}
    figures = cache.figures()
    assert (figures["misses"], figures["hits"], figures["bytes_resident"]) == (1, 15, 10)


def test_400_random_leases_on_three_slots_never_break_the_bound_or_use_an_evicted_model() -> None:
    cache, _ = _cache(limit=30)
    leased = 0
    count = threading.Lock()
    faults: list[str] = []

    def lease(seed: int) -> None:
        nonlocal leased
        key = random.Random(seed).randrange(8)
        with cache.borrow(key) as model:
            with count:
                leased += 1
                model.users += 1
            if model.users != 1 or model.key != key:
                faults.append(f"{key}: shared or wrong model")
            time.sleep(random.Random(seed).random() / 200)
            with count:
                resident = cache.figures()["bytes_resident"]
                if resident > 30 + 10 * 8:  # the bound plus what eight threads can lease
                    faults.append(f"{resident} bytes")
                model.users -= 1
                leased -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lease, range(400)))
    figures = cache.figures()
    assert faults == []
    assert figures["bytes_resident"] <= 30
    assert figures["hits"] + figures["misses"] == 400
    assert figures["evictions"] > 0


def test_the_least_recently_used_model_goes_first_and_its_memory_is_freed() -> None:
    cache, loads = _cache(limit=20)
    with cache.borrow("a") as first:
        gone = weakref.ref(first)
    del first
    for key in ("b", "c"):
        with cache.borrow(key):
            pass
    assert gone() is None
    assert cache.holds("b") and cache.holds("c")
    with cache.borrow("a"):
        pass
    assert loads["a"] == 2


def test_a_leased_model_is_not_evicted() -> None:
    cache, loads = _cache(limit=10)
    with cache.borrow("a"), cache.borrow("b"):
        assert cache.figures()["resident"] == 2
    assert cache.figures()["bytes_resident"] <= 10
    assert loads == {"a": 1, "b": 1}


def test_a_failure_reaches_all_who_wait_and_is_not_kept() -> None:
    attempts = 0

    def load(key: Hashable, progress: Callable[[Progress], None]) -> Stub:
        nonlocal attempts
        attempts += 1
        time.sleep(0.2)
        if attempts == 1:
            raise ModelUnavailable("not now")
        return Stub(key)

    cache: ModelCache[Stub] = ModelCache(load, 100)
    together = threading.Barrier(4)

    def ask(_: int) -> str:
        together.wait()
        try:
            with cache.borrow("x"):
                return "ready"
        except ModelUnavailable as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) == {"not now"}
    with cache.borrow("x") as model:
        assert model.key == "x"
    assert attempts == 2


def test_each_of_those_who_wait_gets_an_error_of_its_own() -> None:
    failing, waiting = threading.Event(), threading.Barrier(8)

    def load(key: Hashable, progress: Callable[[Progress], None]) -> Stub:
        assert failing.wait(10)
        raise ModelUnavailable("not now", "x", "another")

    cache: ModelCache[Stub] = ModelCache(load, 100)

    def ask(_: int) -> ModelUnavailable:
        waiting.wait()
        with pytest.raises(ModelUnavailable, match="not now") as caught, cache.borrow("x"):
            pass
        return caught.value

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, number) for number in range(8)]
        while cache.figures()["hits"] < 7:
            time.sleep(0.01)
        failing.set()
        errors = [future.result(10) for future in asked]
    assert len(set(map(id, errors))) == 8
    assert {(error.model, error.suggestion) for error in errors} == {("x", "another")}
    (first,) = [error for error in errors if error.__cause__ is None]
    assert all(error.__cause__ is first for error in errors if error is not first)
    for error in errors:
        frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        assert frames.count("ask") == 1, "the way of one thread only"


class Remembers(Exception):
    """An error whose argument is not its message."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no {name}")
        self.name = name


def _failed(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as raised:  # noqa: BLE001 - it has a traceback now
        return raised


ERRORS = [
    ModelUnavailable("not now", "x", "another"), Remembers("room"), FileNotFoundError(2, "No such file", "a.bin"),
    KeyError("x"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), KeyboardInterrupt(),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_anew_is_the_same_but_for_its_traceback(error: BaseException) -> None:
    own = anew(_failed(error))
    assert own is not error and type(own) is type(error)
    assert (str(own), own.args, vars(own)) == (str(error), error.args, vars(error))
    assert error.__traceback__ is not None and own.__traceback__ is None


def test_when_the_first_visitor_stops_the_next_one_loads_it_himself() -> None:
    started = threading.Event()
    stop = threading.Event()

    def load(key: Hashable, progress: Callable[[Progress], None]) -> Stub:
        started.set()
        for step in range(100):
            progress(Progress("fetch", step, 100))
            if stop.is_set() or step > 3:
                break
            time.sleep(0.1)
        return Stub(key)

    def refuse(_: Progress) -> None:
        if started.is_set() and not stop.wait(0.3):
            stop.set()
            raise Stopped("Stopped.")

    cache: ModelCache[Stub] = ModelCache(load, 100)

    def first() -> str:
        try:
            with cache.borrow("x", refuse):
                return "ready"
        except Stopped:
            return "stopped"

    def second() -> str:
        started.wait()
        with cache.borrow("x") as model:
            return str(model.key)

    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(first), pool.submit(second)]
        assert [outcome.result(10) for outcome in outcomes] == ["stopped", "x"]


def test_a_model_larger_than_the_bound_is_refused_with_a_sentence() -> None:
    cache, _ = _cache(limit=20_000_000, size=50_000_000)
    with pytest.raises(ModelUnavailable, match=r"needs 50.MB and models may use 20.MB here"), cache.borrow("giant"):
        pass
    assert cache.figures()["resident"] == 0


def test_a_model_known_to_be_too_large_is_refused_before_it_is_loaded() -> None:
    cache, loads = _cache(limit=20_000_000, size=50_000_000)
    known: ModelCache[Stub] = ModelCache(cache._load, 20_000_000, lambda _: 50_000_000)
    with pytest.raises(ModelUnavailable, match=r"needs 50.MB and models may use 20.MB here"), known.borrow("giant"):
        pass
    assert not loads, "refused by the bytes that are known"
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match=r"needs 50.MB"), cache.borrow("giant"):
            pass
    assert loads == {"giant": 1}, "loaded once, its bytes are known"


class Memory:
    """Loads stubs of ten bytes and knows how many bytes live at most; ``meet``: called while one is loaded."""

    def __init__(self, limit: int, meet: Callable[[Hashable], object] = lambda _: None) -> None:
        self.lives = self.peak = 0
        self.meet = meet
        self.cache: ModelCache[Stub] = ModelCache(self.load, limit, lambda _: 10)

    def load(self, key: Hashable, progress: Callable[[Progress], None]) -> Stub:
        progress(Progress("fetch", 0, 10))
        progress(Progress("load", 0, None))
        self.meet(key)
        self.lives += 10
        self.peak = max(self.peak, self.lives)
        model = Stub(key)
        weakref.finalize(model, self.gone)
        return model

    def gone(self) -> None:
        self.lives -= 10

    def use(self, key: Hashable) -> None:
        with self.cache.borrow(key):
            pass


def test_room_is_made_before_a_model_comes_in() -> None:
    memory = Memory(limit=30)
    for key in (0, 1, 2, 3, 0, 4, 5, 1):
        memory.use(key)
    assert (memory.peak, memory.lives) == (30, 30)
    assert all(memory.cache.holds(key) for key in (4, 5, 1))


def test_what_is_leased_stays_and_the_others_make_room() -> None:
    memory = Memory(limit=30)
    with memory.cache.borrow("leased"):
        for key in "abcd":
            memory.use(key)
    assert memory.peak == 30 and memory.cache.holds("leased")
    with memory.cache.borrow("a"), memory.cache.borrow("b"), memory.cache.borrow("c"), memory.cache.borrow("d"):
        assert memory.lives == 40, "all of them are leased"
    assert memory.lives == 30


def test_two_that_come_in_together_both_get_room() -> None:
    together = threading.Barrier(2)
    memory = Memory(30, lambda key: together.wait(10) if key in ("x", "y") else None)
    for key in "abc":
        memory.use(key)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(memory.use, "xy"))
    assert memory.peak == 30
    assert [key for key in "abcxy" if memory.cache.holds(key)] == ["c", "x", "y"]


def test_a_download_that_fails_costs_no_model() -> None:
    def load(key: Hashable, progress: Callable[[Progress], None]) -> Stub:
        if key == "far":
            progress(Progress("fetch", 0, None))
            raise ModelUnavailable("no network")
        progress(Progress("load", 0, None))
        return Stub(key)

    cache: ModelCache[Stub] = ModelCache(load, 10, lambda _: 10)
    with cache.borrow("here"):
        pass
    with pytest.raises(ModelUnavailable, match="no network"), cache.borrow("far"):
        pass
    assert cache.holds("here")


@pytest.mark.parametrize("name", [*BUNDLED_PAIR, "lenet5", "resnet18", "yolov8n_blood_cells", "googlenet"])
def test_the_bytes_of_a_model_are_known_before_it_is_loaded(name: str) -> None:
    loaded = load(get(name), random=True).byte_count
    assert models._bytes_of((name, True)) == pytest.approx(loaded, rel=0.011)


def test_the_page_refuses_a_model_that_is_too_large_before_it_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_LAB_MODEL_MB", "100")
    monkeypatch.setattr(loading, "load", lambda *_, **__: pytest.fail("it was loaded"))
    page = models._shared.__wrapped__()
    with pytest.raises(ModelUnavailable, match=r"needs 346.MB and models may use 100.MB"):
        page.borrow(("vit_base_patch16_224", False)).__enter__()


@pytest.mark.parametrize("error", [ValueError("bug"), KeyboardInterrupt()], ids=["exception", "interrupt"])
def test_a_model_is_given_back_after_an_exception(error: BaseException) -> None:
    cache, loads = _cache(limit=10)
    with pytest.raises(type(error)), cache.borrow("a"):
        raise error
    with cache.borrow("a"):
        pass
    with cache.borrow("b"):
        pass
    assert loads == {"a": 1, "b": 1}
    assert cache.figures()["bytes_resident"] == 10


def test_the_bound_can_be_set_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_LAB_MODEL_MB", "123.5")
    assert memory_limit() == 123_500_000

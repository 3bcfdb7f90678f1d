"""Row cache: the model cache under a crowd, with a loader that only sleeps."""

import random
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass

from benchmarks.rows import Counts
from cvdemo.models import ModelCache

THREADS = 16
LEASES = 400
MODELS = 8
SLOTS = 3
VISITORS = 8


@dataclass
class _Fake:
    byte_count: int = 1


def crowd() -> Counts:
    """16 threads ask for one model; then 8 visitors take 400 leases of 8 models on 3 slots."""
    loads = _loads_of_one_model()
    errors, most, kept = _leases()
    seen = (
        f"{THREADS} threads caused {loads} load; {LEASES} leases of {MODELS} models on {SLOTS} slots: "
        f"{errors} errors, at most {most} resident beyond what was leased, {kept} at the end"
    )
    return Counts(seen, loads == 1 and errors == 0 and most <= SLOTS and kept <= SLOTS)


def _loads_of_one_model() -> int:
    loads: list[Hashable] = []

    def load(key: Hashable, _progress: object) -> _Fake:
        loads.append(key)
        time.sleep(0.3)
        return _Fake()

    cache = ModelCache(load, limit_bytes=SLOTS)

    def ask() -> None:
        with cache.borrow("one"):
            pass

    _run_all([threading.Thread(target=ask) for _ in range(THREADS)])
    return len(loads)


def _leases() -> tuple[int, int, int]:
    """Return errors, the most models resident beyond the leased ones, and how many are resident at the end."""

    def load(_key: Hashable, _progress: object) -> _Fake:
        time.sleep(0.002)
        return _Fake()

    cache = ModelCache(load, limit_bytes=SLOTS)
    errors: list[BaseException] = []
    unleased: list[int] = []
    leased = [0]
    lock = threading.Lock()

    def visit(seed: int) -> None:
        choose = random.Random(seed)
        for _ in range(LEASES // VISITORS):
            try:
                with cache.borrow(choose.randrange(MODELS)):
                    with lock:
                        leased[0] += 1
                        unleased.append(cache.figures()["resident"] - leased[0])
                    time.sleep(choose.uniform(0, 0.002))
                    with lock:
                        leased[0] -= 1
            except Exception as error:  # noqa: BLE001 - counted, and zero is the promise
                errors.append(error)

    _run_all([threading.Thread(target=visit, args=(seed,)) for seed in range(VISITORS)])
    return len(errors), max(unleased), cache.figures()["resident"]


def _run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

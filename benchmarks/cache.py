"""Row cache: the model cache under a crowd, with a loader that only sleeps."""

import random
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass

from benchmarks.rows import Counts
from cvdemo.model_cache import ModelCache

THREADS = 16
LEASES = 400
MODELS = 8
SLOTS = 3
VISITORS = 8
BETWEEN_MEETINGS = 5


@dataclass
class _Fake:
    byte_count: int = 1


def crowd() -> Counts:
    """16 threads ask for one model; then 8 visitors take 400 leases of 8 models on 3 slots."""
    loads = _loads_of_one_model()
    errors, most = _leases()
    seen = (
        f"{THREADS} threads caused {loads} load; {LEASES} leases of {MODELS} models on {SLOTS} slots: "
        f"{errors} errors, at most {most} resident whenever all were given back"
    )
    return Counts(seen, loads == 1 and errors == 0 and most <= SLOTS)


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


def _leases() -> tuple[int, int]:
    """Return errors, and the most models resident at any of the moments in which all visitors have given theirs back.

    While others borrow and give back nobody can count leases from outside, so the visitors meet now and then.
    """

    def load(_key: Hashable, _progress: object) -> _Fake:
        time.sleep(0.002)
        return _Fake()

    cache = ModelCache(load, limit_bytes=SLOTS)
    errors: list[BaseException] = []
    resident: list[int] = []
    meeting = threading.Barrier(VISITORS, lambda: resident.append(cache.figures()["resident"]), timeout=60)

    def visit(seed: int) -> None:
        choose = random.Random(seed)
        for lease in range(LEASES // VISITORS):
            try:
                with cache.borrow(choose.randrange(MODELS)):
                    time.sleep(choose.uniform(0, 0.002))
            except Exception as error:  # noqa: BLE001 - counted, and zero is the promise
                errors.append(error)
            if lease % BETWEEN_MEETINGS == BETWEEN_MEETINGS - 1:
                meeting.wait()

    _run_all([threading.Thread(target=visit, args=(seed,)) for seed in range(VISITORS)])
    return len(errors), max(resident)


def _run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

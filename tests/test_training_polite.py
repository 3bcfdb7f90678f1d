"""A training is polite: who asks meanwhile waits for one turn of it at most, and it ends within two seconds."""

import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from cvdemo.catalogue import get
from cvdemo.classify import classify
from cvdemo.errors import Stopped
from cvdemo.photo_sets import held_out, ready
from cvdemo.transfer.training import Budget, Step, train
from tests import bad_files as files

pytestmark = pytest.mark.soak
ASKED = 15


@contextmanager
def training(model: str, way: str) -> Iterator[threading.Event]:
    """Train on the digits without end while the body runs; the event that is yielded ends it."""
    digits, end, begun = ready("digits"), threading.Event(), threading.Event()
    groups = np.arange(len(digits.photos))
    out = held_out(digits, groups, 0.25, 0)

    def told(step: Step) -> None:
        if step.step:
            begun.set()
        if end.is_set():
            raise Stopped

    def work() -> None:
        with pytest.raises(Stopped):
            train(digits, get(model), way, out, groups, seed=99, budget=Budget(100_000, 10_000), told=told)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert begun.wait(300)
        yield end
    finally:
        end.set()
        thread.join()


def median_s(folder: Path, numbers: Iterator[int]) -> float:
    """Return the median of classifications of photos that nobody has asked about, by a visitor who thinks a second."""
    taken = []
    for number in itertools.islice(numbers, ASKED):
        path = folder / f"{number}.jpg"
        path.write_bytes(files.encode(files.scene(number, 150), "JPEG"))
        began_s = time.monotonic()
        classify(path, ["mini_resnet"])
        taken.append(time.monotonic() - began_s)
        time.sleep(1)
    return statistics.median(taken)


@pytest.mark.parametrize("model", ["mini_vit", "tf_efficientnet_lite0"])
@pytest.mark.parametrize("way", ["stages", "all", "scratch"])
def test_a_polite_visitor_waits_less_than_three_times_as_long(model: str, way: str, tmp_path: Path) -> None:
    numbers = iter(range(200, 10_000))
    median_s(tmp_path, numbers)  # the first ones also load and warm up
    quiet_s = median_s(tmp_path, numbers)
    with training(model, way) as end:
        asked_s = median_s(tmp_path, numbers)
        began_s = time.monotonic()
        end.set()
    ended_s = time.monotonic() - began_s
    assert asked_s < 3 * quiet_s, f"{1000 * asked_s:.1f} ms against {1000 * quiet_s:.1f} ms"
    assert ended_s < 2

"""How long a network takes here: the median of its newest runs once it is warm, so that no card shows a first run."""

import statistics
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from contextlib import suppress

from cvdemo import compute
from cvdemo.errors import Busy

RUNS = 5  # that warm a network up and are timed, where nothing is known yet
BUDGET_MS = 150.0  # of them together: a slow network is not run again and again for a figure
NEWEST = 9
REMEMBERED = 500

_lock = threading.Lock()
_known: "OrderedDict[Hashable, deque[float]]" = OrderedDict()  # ms by what ran: in order of use, oldest first


def median_ms(key: Hashable, first_ms: float, again: Callable[[], object]) -> float:
    """Return the median time of a network's newest runs, in ms; the one that just took ``first_ms`` among them.

    A network that was not timed before is run a few more times now, like a warm-up: nobody's answer, so no run counts.

    Args:
        key: what ran: model, weights, engine, shape of the input.
        again: runs the network on the same input.
    """
    with _lock:
        times = _known.pop(key, None)
    if times is None:
        times = deque(_warm(first_ms, again) or [first_ms], maxlen=NEWEST)
    else:
        times.append(first_ms)
    with _lock:
        _known[key] = times
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)
        return statistics.median(times)


def _warm(first_ms: float, again: Callable[[], object]) -> list[float]:
    times: list[float] = []
    if first_ms > BUDGET_MS:
        return times
    with suppress(Busy), compute.turn(asked_for=False):  # others may have better things to do for the device
        while len(times) < RUNS and sum(times) < BUDGET_MS:
            started = time.perf_counter()
            again()
            times.append(1000 * (time.perf_counter() - started))
    return times

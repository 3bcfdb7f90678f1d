"""Token buckets, one a client: at most so many at once, refilled at a rate."""

import time
from collections import OrderedDict

from app.throttle import Clock, Rate


class Buckets:
    """One bucket for each address that asks; single-threaded, as the event loop that asks it is."""

    def __init__(self, rate: Rate, clock: Clock = time.monotonic, table_size: int = 4096) -> None:
        self.rate = rate
        self._clock = clock
        self._table_size = table_size
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when they were counted

    def take(self, address: str) -> float:
        """Take one token and return 0.0; or take none and return the seconds until there is one."""
        now_s = self._clock()
        tokens, counted_s = self._left.pop(address, (float(self.rate.burst), now_s))
        tokens = min(tokens + (now_s - counted_s) * self.rate.per_second, self.rate.burst)
        wait_s = max(0.0, (1 - tokens) / self.rate.per_second)
        self._left[address] = tokens - (not wait_s), now_s
        if len(self._left) > self._table_size:
            self._left.popitem(last=False)
        return wait_s

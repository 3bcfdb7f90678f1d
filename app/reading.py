"""How much one client may read: the page has a bucket of its own, all else another, and a flood is slowed down.

Who asks for the page, its settings or its endpoints over and over is told so after a second, not at once: twelve
connections that ask as fast as they are answered then ask twelve times a second, and others are served meanwhile.
"""

import asyncio
import re
import time

from app.buckets import Buckets
from app.throttle import Clock, Limits

PAGES = re.compile(r"/|/config/?|(/gradio_api)?/(info/?|openapi\.json)")  # what Gradio builds, large, for each request
FREE = re.compile(r"/healthz")
PAUSE_S = 1.0
MOST_PAUSES = 256  # beyond so many held answers they are given at once: each costs a connection


class Reading:
    """Counts what each client reads."""

    def __init__(self, limits: Limits, clock: Clock = time.monotonic) -> None:
        self._pages = Buckets(limits.pages, clock)
        self._reads = Buckets(limits.reads, clock)
        self._pausing = 0

    async def wait_s(self, address: str, path: str) -> float:
        """Count one read and return 0.0; or pause, count nothing, and return the seconds after which there is room."""
        if FREE.fullmatch(path):
            return 0.0
        wait_s = (self._pages if PAGES.fullmatch(path) else self._reads).take(address)
        if wait_s and self._pausing < MOST_PAUSES:
            self._pausing += 1
            try:
                await asyncio.sleep(PAUSE_S)
            finally:
                self._pausing -= 1
        return wait_s

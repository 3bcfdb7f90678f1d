"""Memory that was freed goes back to the system, and threads share heaps."""

import ctypes
import os
import subprocess
import sys

import psutil
import pytest

from app import memory

pytestmark = pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs glibc")

# Twelve threads allocate at once; then the C library tells which heaps ("arenas") there are.
THREADS = """
import ctypes, os, sys, threading
from app import memory
os.cpu_count = lambda: 3
if sys.argv[1] == "shared":
    memory.share_heaps()
together = threading.Barrier(12)
def work():
    blocks = [bytes(5000) for _ in range(100)]
    together.wait()
workers = [threading.Thread(target=work) for _ in range(12)]
for one in workers:
    one.start()
for one in workers:
    one.join()
ctypes.CDLL(None).malloc_stats()
"""


def test_freed_memory_between_what_stays_is_returned() -> None:
    blocks = [bytes(10_000) for _ in range(20_000)]
    stays = blocks[::100]
    del blocks
    process = psutil.Process()
    before = process.memory_info().rss
    memory.return_unused()
    assert before - process.memory_info().rss > 100_000_000
    assert len(stays) == 200


@pytest.mark.parametrize(
    ("how", "environ", "expected"),
    [
        ("not shared", {}, range(5, 20)),
        ("shared", {}, range(2, 4)),
        ("shared", {"MALLOC_ARENA_MAX": "5"}, range(5, 6)),  # who runs the page knows better
    ],
)
def test_threads_share_heaps(how: str, environ: dict[str, str], expected: range) -> None:
    known = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    script = [sys.executable, "-c", THREADS, how]
    told = subprocess.run(script, env=known | environ, capture_output=True, text=True, check=True).stderr
    assert told.count("Arena ") in expected

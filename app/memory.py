"""The memory of the process: what Python's collector looks at, and what the C library holds back."""

import contextlib
import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator

M_ARENA_MAX = -8  # malloc.h


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Let garbage collection rest while the page is built, and never look again at what stands afterwards.

    Nothing of the page is garbage, and looking took a sixth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def share_heaps() -> None:
    """Let threads that begin from now on share one heap a core, unless MALLOC_ARENA_MAX says another number."""
    limit = _of_glibc("mallopt")
    if limit is not None and "MALLOC_ARENA_MAX" not in os.environ:
        limit(M_ARENA_MAX, max(2, os.cpu_count() or 1))


def return_unused() -> None:
    """Hand the pages of freed memory back to the system, also those between what stays (glibc; else nothing is done).

    The C library gives a heap to each of many threads and returns only what lies at the end of one: results that stay
    among activations that go held back a gigabyte within an hour of ten visitors.
    """
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None

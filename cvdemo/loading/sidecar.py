"""What others keep with a ready model: found again while it stays in memory, gone when it goes, counted in bytes."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, Protocol


class Kept(Protocol):
    """Anything that knows how many bytes it keeps now."""

    @property
    def byte_count(self) -> int: ...


class Sidecar:
    """A small map from keys to what is kept; the keys used longest ago go first."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Kept] = {}  # in order of use: oldest first
        self._lock = threading.Lock()

    @property
    def byte_count(self) -> int:
        """The bytes of all that is kept."""
        with self._lock:
            return sum(kept.byte_count for kept in self._kept.values())

    def find(self, key: Hashable, make: Callable[[], Any], at_most: int) -> Any:
        """Return what is kept as ``key``, made now if there is nothing; at most ``at_most`` things stay."""
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is None:
                kept = make()
            self._kept[key] = kept
            while len(self._kept) > at_most:
                del self._kept[next(iter(self._kept))]
            return kept

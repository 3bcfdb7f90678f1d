"""Who has put how much into the upload cache, and whose photo gives way when there is no room for another one."""

import contextlib
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


class NoRoom(Exception):
    """What arrives is more than its client, or all clients together, may keep here."""


@dataclass(frozen=True)
class Budget:
    """Bytes of one client and of all, and for how many seconds a photo is in use after somebody asked about it."""

    client_bytes: int = 150_000_000
    all_bytes: int = 500_000_000
    use_s: float = 120.0


@dataclass
class _Kept:
    """The folder of one content: everyone who uploaded it is charged for it, it lies here once."""

    bytes: int
    used_s: float
    owners: set[str] = field(default_factory=set)


class Ledger:
    """Uploads by client; any thread may ask.

    The heaviest client's photos give way first, its oldest first of these, never one in use, and never those of a
    client that has less than the one whose upload arrives: then there is no room for that.
    """

    def __init__(self, budget: Budget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget = budget or Budget()
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Path, _Kept] = {}
        self._arriving: Counter[str] = Counter()

    @contextmanager
    def upload(self, client: str) -> Iterator[Callable[[int], None]]:
        """Take in an upload: the body tells of each of its pieces how many bytes arrive.

        Raises:
            NoRoom: by what the body was given, as soon as it is too much.
        """
        mine = 0

        def more(count: int) -> None:
            nonlocal mine
            with self._lock:
                mine += count
                self._arriving[client] += count
                self._make_room(client)

        try:
            yield more
        finally:
            with self._lock:
                self._arriving[client] -= mine
                if not self._arriving[client]:
                    del self._arriving[client]

    def keep(self, client: str, files: Iterable[Path]) -> None:
        """Charge a client for uploaded files, each in the folder of its content."""
        with self._lock:
            for file in files:
                with contextlib.suppress(OSError):
                    size = file.stat().st_size
                    kept = self._kept.setdefault(file.parent, _Kept(size, 0.0))
                    kept.used_s = self._clock()
                    kept.owners.add(client)

    def use(self, file: Path) -> None:
        """Note that somebody asks about a file."""
        with self._lock:
            if kept := self._kept.get(file.parent):
                kept.used_s = self._clock()

    def release(self, file: Path) -> None:
        """Remove a file that nobody will ask about any more; its folder, too, where it lay there alone."""
        with self._lock, contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
            file.parent.rmdir()
            self._kept.pop(file.parent, None)

    def in_use(self, folder: Path) -> bool:
        """Whether a folder's photo was uploaded or asked about a moment ago."""
        kept = self._kept.get(folder)
        return kept is not None and self._clock() - kept.used_s < self.budget.use_s

    def owner(self, folder: Path) -> str:
        """Return a client who uploaded what lies in a folder, "" where nobody is known."""
        kept = self._kept.get(folder)
        return min(kept.owners, default="") if kept else ""

    def forget_missing(self) -> None:
        """Charge nobody any more for what others have removed."""
        with self._lock:
            for folder in [folder for folder in self._kept if not folder.exists()]:
                del self._kept[folder]

    def give_way(self, client: str) -> None:
        """Remove a photo that may go, since the disk itself is full: the next upload then finds some room."""
        with self._lock, contextlib.suppress(NoRoom):
            self._remove_one(client, self._charged())

    def _charged(self) -> Counter[str]:
        charged = Counter(self._arriving)
        for kept in self._kept.values():
            charged.update(dict.fromkeys(kept.owners, kept.bytes))
        return charged

    def _make_room(self, client: str) -> None:
        charged = self._charged()
        while charged[client] > self.budget.client_bytes:
            self._remove_one(client, Counter({client: charged[client]}))
            charged = self._charged()
        while self._arriving.total() + sum(kept.bytes for kept in self._kept.values()) > self.budget.all_bytes:
            self._remove_one(client, charged)
            charged = self._charged()

    def _remove_one(self, client: str, charged: Counter[str]) -> None:
        heaviest = sorted(charged, key=lambda owner: (-charged[owner], owner != client))
        for owner in (owner for owner in heaviest if charged[owner] >= charged[client]):
            mine = [(kept.used_s, folder) for folder, kept in self._kept.items() if owner in kept.owners]
            for _, folder in sorted(mine):
                if not self.in_use(folder):
                    self._let_go(folder, owner)
                    return
        raise NoRoom

    def _let_go(self, folder: Path, owner: str) -> None:
        owners = self._kept[folder].owners
        owners.discard(owner)
        if not owners:
            del self._kept[folder]
            shutil.rmtree(folder, ignore_errors=True)


LEDGER = Ledger()

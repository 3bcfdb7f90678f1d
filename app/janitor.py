"""Removes what Gradio leaves behind in its temp folder (aborted uploads, old pictures), and what is idle in memory."""

import contextlib
import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from app.disk import Ledger
from app.memory import return_unused
from cvdemo.photo_sets import forget_idle

LOG = logging.getLogger(__name__)

# Only names that Gradio itself makes, since GRADIO_TEMP_DIR may be a folder that holds other things too:
# one directory a file, named by its sha256, and the temporary file of an upload under way.
MADE_BY_GRADIO = re.compile(r"[0-9a-f]{64}|tmp[a-z0-9_]{6,10}")


@dataclass(frozen=True)
class Rules:
    """Ages in seconds, the folder's bounds, and how often to look."""

    file_age_s: float = 3600.0
    empty_folder_age_s: float = 60.0
    most_bytes: int = 500 * 1000 * 1000
    most_files: int = 2000
    every_s: float = 60.0


class Janitor:
    """A daemon thread that sweeps ``folder`` until ``stop``; ``keep`` names files that belong to the page itself."""

    def __init__(
        self,
        folder: Path,
        rules: Rules | None = None,
        keep: Callable[[], set[str]] = set,
        ledger: Ledger | None = None,
    ) -> None:
        """``ledger`` tells whose a file is, and whether it is in use."""
        self.folder = folder
        self._ledger = ledger or Ledger()
        self.rules = rules or Rules()
        self._keep = keep
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="janitor", daemon=True)

    def start(self) -> "Janitor":
        """Begin sweeping; the first round is now, so what a crashed run left goes at once."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                sweep(self.folder, self.rules, keep=self._keep(), ledger=self._ledger)
                self._ledger.forget_missing()
                forget_idle()
                return_unused()
            except Exception:
                LOG.exception("The temp folder could not be swept")
            self._stop.wait(self.rules.every_s)


@dataclass(frozen=True)
class _File:
    path: Path
    changed_s: float  # ctime: a copy may bring the mtime of its original along
    bytes: int


def sweep(
    folder: Path,
    rules: Rules,
    now_s: float | None = None,
    keep: set[str] | None = None,
    ledger: Ledger | None = None,
) -> int:
    """Remove old files, then what is beyond the folder's bounds, then empty directories; return how many went.

    Beyond the bounds the oldest files of whoever has most go first, and none that the ``ledger`` has in use. Files in
    ``keep`` stay. Links are removed as links and never followed; what vanishes meanwhile (Gradio cleans up too) is no
    error.
    """
    now_s = time.time() if now_s is None else now_s
    files = [file for file in _files(folder) if str(file.path) not in (keep or ())]
    old = [file for file in files if now_s - file.changed_s > rules.file_age_s]
    young = [file for file in files if now_s - file.changed_s <= rules.file_age_s]
    removed = sum(map(_remove, [*old, *_beyond(young, rules, folder, ledger or Ledger())]))
    return removed + _remove_empty_folders(folder, now_s - rules.empty_folder_age_s)


def _beyond(files: list[_File], rules: Rules, folder: Path, ledger: Ledger) -> Iterator[_File]:
    """Return the files that must go for the rest to keep within the bounds."""
    count, size = len(files), sum(file.bytes for file in files)
    theirs: dict[str, list[_File]] = {}
    weight: Counter[str] = Counter()
    for file in sorted(files, key=lambda file: file.changed_s, reverse=True):  # newest first
        top = folder / file.path.relative_to(folder).parts[0]
        owner = ledger.owner(top)
        weight[owner] += file.bytes + 1  # many empty files weigh, too
        if not ledger.in_use(top):
            theirs.setdefault(owner, []).append(file)
    while theirs and (count > rules.most_files or size > rules.most_bytes):
        owner = max(theirs, key=weight.__getitem__)
        file = theirs[owner].pop()
        if not theirs[owner]:
            del theirs[owner]
        weight[owner] -= file.bytes + 1
        count, size = count - 1, size - file.bytes
        yield file


def _files(folder: Path) -> Iterator[_File]:
    for path in _made_by_gradio(folder):
        for entry in (path, *path.rglob("*")) if path.is_dir() and not path.is_symlink() else (path,):
            with contextlib.suppress(FileNotFoundError):
                facts = entry.lstat()
                if not S_ISDIR(facts.st_mode):
                    size = facts.st_size if S_ISREG(facts.st_mode) else 0
                    yield _File(entry, facts.st_ctime, size)


def _made_by_gradio(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if MADE_BY_GRADIO.fullmatch(path.name)]
    except FileNotFoundError:
        return []


def _remove_empty_folders(folder: Path, before_s: float) -> int:
    """Remove empty directories, deepest first; the grace keeps one that an upload made just now for its file."""
    removed = 0
    for top in _made_by_gradio(folder):
        if top.is_symlink() or not top.is_dir():
            continue
        for path in sorted((top, *top.rglob("*")), key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):  # not empty, not a directory, or gone
                if S_ISDIR(path.lstat().st_mode) and path.lstat().st_ctime < before_s:
                    path.rmdir()
                    removed += 1
    return removed


def _remove(file: _File) -> bool:
    """Remove a file, unless the same photo was uploaded anew since it was listed: then others are about to use it."""
    try:
        if file.path.lstat().st_ctime != file.changed_s:
            return False
        file.path.unlink()
    except OSError:
        return False
    return True

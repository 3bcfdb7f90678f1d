"""Converted models on disk, so that a restart need not convert again: checked, bounded, oldest out first."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cvdemo.weights import download_record

LIMIT_BYTES = 2_000_000_000
FREE_SHARE = 0.25  # of what is free on that disk, at most
ABANDONED_S = 3600.0
FACTS = "facts.json"


def shared() -> "DiskCache":
    """Return the cache beside the records of downloads; ``CV_LAB_ENGINE_CACHE_MB`` bounds it, 0 keeps nothing."""
    wanted = os.environ.get("CV_LAB_ENGINE_CACHE_MB")
    return DiskCache(download_record.folder() / "engines", int(float(wanted) * 1e6) if wanted else LIMIT_BYTES)


@dataclass(frozen=True)
class DiskCache:
    """A folder with one folder for each converted model, named by its fingerprint."""

    folder: Path
    limit_bytes: int

    def find(self, key: str) -> Path | None:
        """Return the folder of ``key`` if every file in it is as it was written; remove it otherwise."""
        place = self.folder / key
        if not place.is_dir():
            return None
        try:
            facts = json.loads((place / FACTS).read_text())
            intact = bool(facts) and all(_sha256(place / name) == sha256 for name, sha256 in facts.items())
        except (OSError, ValueError, AttributeError, TypeError):
            intact = False
        if not intact:
            self.drop(key)
            return None
        with contextlib.suppress(OSError):
            os.utime(place)  # now the most recently used
        return place

    def put(self, key: str, write: Callable[[Path], None], byte_count: int) -> None:
        """Let ``write`` fill a new folder for ``key``; it appears whole or not at all.

        Args:
            byte_count: about what ``write`` writes; nothing is written where that is more than may be kept.
        """
        with contextlib.suppress(OSError):  # a disk that is full or read-only costs only the next conversion
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._sweep()
            limit = self._limit()
            if byte_count > limit:
                return
            self._trim(limit - byte_count)
            new = Path(tempfile.mkdtemp(prefix="new-", dir=self.folder))
            try:
                write(new)
                (new / FACTS).write_text(json.dumps({file.name: _sha256(file) for file in sorted(new.iterdir())}))
                os.rename(new, self.folder / key)
            finally:
                shutil.rmtree(new, ignore_errors=True)
            self._trim(limit)

    def drop(self, key: str) -> None:
        """Remove what is kept as ``key``."""
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def byte_count(self) -> int:
        """Return the bytes of all that is kept."""
        return sum(_bytes(place) for place in self._places())

    def _limit(self) -> int:
        free = shutil.disk_usage(self.folder).free
        return min(self.limit_bytes, int(FREE_SHARE * (free + self.byte_count())))

    def _places(self) -> list[Path]:
        """Return the kept folders, those used longest ago first."""
        places = [place for place in self.folder.glob("*") if not place.name.startswith("new-")]
        return sorted(places, key=lambda place: place.stat().st_mtime)

    def _trim(self, limit: int) -> None:
        sizes = {place: _bytes(place) for place in self._places()}
        kept = sum(sizes.values())
        for place, size in sizes.items():
            if kept <= limit:
                return
            self.drop(place.name)
            kept -= size

    def _sweep(self) -> None:
        """Remove what a process that ended in the middle left behind."""
        for place in self.folder.glob("new-*"):
            if time.time() - place.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(place, ignore_errors=True)


def _bytes(place: Path) -> int:
    return sum(file.stat().st_size for file in place.iterdir())


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

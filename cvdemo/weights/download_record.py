"""What was downloaded: commit and sha256 of every file, recorded at the first download, insisted on from then on."""

import contextlib
import hashlib
import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cvdemo.weights.network import hub_cache

_verified: dict[tuple[int, int, int, int], str] = {}  # (device, inode, bytes, mtime) -> sha256, for this process


@dataclass(frozen=True)
class Entry:
    """One file as it first arrived."""

    sha256: str
    byte_count: int


@dataclass(frozen=True)
class Record:
    """All files of one repository (or address), at one commit."""

    revision: str | None = None
    files: dict[str, Entry] = field(default_factory=dict)


def folder() -> Path:
    """Return the folder of the records, beside the Hub's cache."""
    return hub_cache().parent / "cv-lab"


def read(key: str) -> Record | None:
    """Return the record of ``key``; None if there is none or it cannot be read."""
    try:
        data = json.loads(_file(key).read_text())
        return Record(data["revision"], {name: Entry(**entry) for name, entry in data["files"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write(key: str, record: Record) -> None:
    """Write the record of ``key`` at once or not at all; a cache that cannot be written stays unrecorded."""
    with contextlib.suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder(), suffix=".tmp")
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(asdict(record), file, indent=1)
            os.replace(name, _file(key))
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def sha256(path: Path) -> str:
    """Return the sha256 of a file in hex; a file that this process has hashed and nobody touched is not read again."""
    facts = path.stat()
    key = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
    if key not in _verified:
        with path.open("rb") as file:
            _verified[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _verified[key]


def is_as_known(path: Path, expected: str) -> bool:
    """Return whether a file is there, can be read, and has the whole sha256 that was ``expected`` of it."""
    try:
        return sha256(path) == expected
    except OSError:
        return False


def matches(path: Path, expected: str) -> bool:
    """Return whether a file is what the Hub calls ``expected``: a sha256, a beginning of one, or git's blob name.

    The Hub names large files by their sha256 and small ones as git does: sha1 of ``blob <bytes>`` and the content.
    """
    if re.fullmatch("[0-9a-f]{40}", expected):
        content = path.read_bytes()
        return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() == expected
    return sha256(path).startswith(expected)


def _file(key: str) -> Path:
    return folder() / (re.sub(r"[^A-Za-z0-9._-]", "--", key) + ".json")

"""Where weights come from: bundled, a package, the local cache, the Hub or another server, or nowhere (random only)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cvdemo.catalogue import ModelSpec, figures
from cvdemo.errors import ModelUnavailable
from cvdemo.weights import address, download_record, hub
from cvdemo.weights.bundled import (
    Card,
    DetectorCard,
    DoubtCard,
    Int8Card,
    card,
    detector_card,
    doubt_card,
    fault,
    int8_card,
    int8_file,
    weights_file,
)
from cvdemo.weights.network import online
from cvdemo.weights.packaged import PACKAGES, packaged_file
from cvdemo.weights.places import Address, Repository, place
from cvdemo.weights.transfer import OnProgress, Progress, Watch, watched
from cvdemo.weights.trouble import Trouble, explain, suggestion

__all__ = [
    "READY",
    "Card",
    "DetectorCard",
    "DoubtCard",
    "Fetched",
    "Int8Card",
    "OnProgress",
    "Progress",
    "State",
    "card",
    "deadline",
    "detector_card",
    "doubt_card",
    "fault",
    "fetch",
    "int8_card",
    "int8_file",
    "is_ready",
    "online",
    "size",
    "state",
    "suggestion",
    "weights_file",
]

State = Literal["bundled", "packaged", "cached", "download", "random only"]
READY: tuple[State, ...] = ("bundled", "packaged", "cached")


@dataclass(frozen=True)
class Fetched:
    """Verified files on this machine.

    Args:
        weights: the file with the weights.
        files: every file by its name in the repository, the weights too.
        revision: the Hub's commit, 40 hex digits; None for other sources.
        sha256: of the weights, hex.
        byte_count: of all files.
        origin: of the weights; ``cached`` also when they have just been downloaded.
    """

    weights: Path
    files: dict[str, Path]
    revision: str | None
    sha256: str
    byte_count: int
    origin: Literal["bundled", "packaged", "cached"]


def deadline() -> float:
    """Return the seconds that one download may take: ``CV_LAB_DOWNLOAD_SECONDS``, else 120."""
    return float(os.environ.get("CV_LAB_DOWNLOAD_SECONDS", "120"))


def state(spec: ModelSpec) -> State:
    """Return where the weights of ``spec`` are now; looks at the disk, never at the network."""
    if spec.source == "opencv" or (spec.source == "bundled" and weights_file(spec.name).exists()):
        return "bundled"
    if packaged_file(spec.name) is not None:
        return "packaged"
    where = place(spec)
    if where is None:
        return "random only"
    if isinstance(where, Address):
        return "cached" if where.file.exists() else "download"
    return "cached" if hub.cached(where) else "download"


def is_ready(spec: ModelSpec) -> bool:
    """Return whether ``spec`` can run with trained weights without fetching anything."""
    return state(spec) in READY


def size(spec: ModelSpec) -> int | None:
    """Return how many bytes the weights take: as recorded, else as counted from the architecture, else None."""
    where = place(spec)
    key = where.name if isinstance(where, Repository) else where.key if where else spec.name
    record = download_record.read(key) if where else None
    if record is not None:
        return sum(entry.byte_count for entry in record.files.values())
    counted = figures(spec.name)
    return counted.byte_count if counted else None


def fetch(spec: ModelSpec, progress: OnProgress | None = None, deadline_s: float | None = None) -> Fetched:
    """Return the files of ``spec``, verified; downloads what is missing and tells ``progress`` in this thread.

    Args:
        progress: called about ten times a second while something is fetched; may raise to stop it.
        deadline_s: seconds for the whole download; ``deadline()`` by default.

    Raises:
        ModelUnavailable: offline, slow, damaged, gone, no room: one sentence, with a model that is ready instead.
        Stopped: raised by ``progress``.
        ValueError: the model has no weights to fetch.
    """
    if spec.source == "bundled":
        return _shipped(spec)
    file = packaged_file(spec.name)
    if file is not None:
        return _installed(spec, file)
    where = place(spec)
    if where is None:
        raise ValueError(f"{spec.name} has no weights to fetch")

    def work(watch: Watch) -> hub.Found:
        return address.fetch(where, watch) if isinstance(where, Address) else hub.fetch(where, watch)

    try:
        found = watched(work, progress, deadline() if deadline_s is None else deadline_s)
    except Trouble as trouble:
        raise explain(trouble, spec, size(spec)) from trouble
    return _fetched(found.weights, found.files, found.revision, "cached")


def _shipped(spec: ModelSpec) -> Fetched:
    file = weights_file(spec.name)
    if not file.exists():
        raise ModelUnavailable(
            f"{spec.title} is not part of this copy of the page. Choose another model.", spec.name, suggestion(spec)
        )
    if (what := fault(spec)) is not None:
        raise ModelUnavailable(f"{spec.title} {what}. Choose another model.", spec.name, suggestion(spec))
    return _fetched(file, {file.name: file}, None, "bundled")


def _installed(spec: ModelSpec, file: Path) -> Fetched:
    if not download_record.is_as_known(file, PACKAGES[spec.name].sha256):
        raise ModelUnavailable(
            f"{spec.title} is not as its package should have brought it. Install the page's packages anew, or choose "
            "another model.",
            spec.name,
            suggestion(spec),
        )
    return _fetched(file, {file.name: file}, None, "packaged")


def _fetched(
    weights: Path, files: dict[str, Path], revision: str | None, origin: Literal["bundled", "packaged", "cached"]
) -> Fetched:
    byte_count = sum(path.stat().st_size for path in files.values())
    return Fetched(weights, files, revision, download_record.sha256(weights), byte_count, origin)

"""Files of the Hub: looked up in the shared cache first, else fetched into it with resume, and always verified."""

import os
import re
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout
from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, HTTPError
from huggingface_hub.file_download import HfFileMetadata, repo_folder_name
from huggingface_hub.utils import WeakFileLock

from cvdemo.weights import download_record, transfer
from cvdemo.weights.network import endpoint, forbidden, hub_cache
from cvdemo.weights.places import Repository
from cvdemo.weights.transfer import ATTEMPTS, MISSING, Watch, download
from cvdemo.weights.trouble import Damaged, Gone, Held, Offline, Refused

ANSWER_TIMEOUT_S = 5.0
LOCK_WAIT_S = 60.0

_HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_COMMIT = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True)
class Found:
    """The files of a model: its weights, all of them by their names in the repository, the commit."""

    weights: Path
    files: dict[str, Path]
    revision: str | None


def cached(repository: Repository) -> Found | None:
    """Return the files if all of them are in the cache, unverified; looks into folders only."""
    revision = _revision(repository)
    files = {name: _cached(repository, name, revision) for name in repository.weights + repository.others}
    here = {name: path for name, path in files.items() if path is not None}
    weights = next((here[name] for name in repository.weights if name in here), None)
    if weights is None or not all(name in here for name in repository.others):
        return None
    return Found(weights, here, weights.parent.name)


def fetch(repository: Repository, watch: Watch) -> Found:
    """Return the verified files, from the cache where they are there, else over the network.

    A file that is not what it was at its first download, or not what the Hub calls it, is deleted and fetched once
    more.

    Raises:
        Trouble: see `cvdemo.weights.trouble`.
    """
    for _ in range(2):
        found = cached(repository) or _gather(repository, watch)
        if found is not None and _sound(repository, found, watch):
            return found
    raise Damaged


def _revision(repository: Repository) -> str | None:
    record = download_record.read(repository.name)
    return repository.revision or (record.revision if record else None)


def _cached(repository: Repository, name: str, revision: str | None) -> Path | None:
    path = try_to_load_from_cache(repository.name, name, cache_dir=hub_cache(), revision=revision)
    return Path(path) if isinstance(path, str) else None


def _gather(repository: Repository, watch: Watch) -> Found | None:
    """Fetch what is missing, all of one commit; None if something arrived damaged."""
    weights = _weights(repository, watch)
    files: dict[str, Path] = {}
    for name in repository.others:
        if weights is not None:
            path = _cached(repository, name, weights.parent.name)
            path = path or _download(repository, name, weights.parent.name, watch)
            if path is None:
                return None
            files[name] = path
    return Found(weights, {weights.name: weights} | files, weights.parent.name) if weights is not None else None


def _weights(repository: Repository, watch: Watch) -> Path | None:
    """Return the first weights file that the repository has; None if it arrived damaged."""
    revision = _revision(repository)
    for name in repository.weights:
        try:
            return _cached(repository, name, revision) or _download(repository, name, revision, watch)
        except Gone:
            continue
    raise Gone


def _download(repository: Repository, name: str, revision: str | None, watch: Watch) -> Path | None:
    """Return one file, fetched and linked into the cache; None if it arrived damaged."""
    if forbidden():
        raise Offline
    url = hf_hub_url(repository.name, name, revision=revision, endpoint=endpoint())
    facts = _facts(url, watch)
    folder = hub_cache() / repo_folder_name(repo_id=repository.name, repo_type="model")
    blob = folder / "blobs" / re.sub("[^0-9A-Za-z]", "-", str(facts.etag))
    try:
        with _lock(folder, blob.name):
            if not blob.exists():
                part = blob.with_name(f"{blob.name}.part")
                download(url, part, facts.size, watch)
                if _HASH.fullmatch(blob.name) and not download_record.matches(part, blob.name):
                    part.unlink()
                    return None
                part.replace(blob)
            watch.before += blob.stat().st_size
            return _linked(folder, blob, name, str(facts.commit_hash), follow=revision is None)
    except Timeout as error:
        raise Held from error


def _lock(folder: Path, name: str) -> AbstractContextManager[object]:
    """Return the lock that the Hub's own library takes for this content, with an end to the waiting."""
    lock = folder.parent / ".locks" / folder.name / f"{name}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    return WeakFileLock(lock, timeout=LOCK_WAIT_S)


def _facts(url: str, watch: Watch) -> HfFileMetadata:
    """Return what the Hub says about a file: commit, name of the content, size. Asks again while the Hub is busy."""
    for attempt in range(ATTEMPTS):
        watch.check()
        try:
            facts = get_hf_file_metadata(url, token=False, timeout=ANSWER_TIMEOUT_S)
        except EntryNotFoundError as error:
            raise Gone from error
        except HfHubHTTPError as error:
            watch.answered.set()
            if error.response.status_code in MISSING:
                raise Gone from error
            watch.stopped.wait(transfer.PAUSE_S * 2**attempt)
        except (HTTPError, OSError) as error:
            raise Offline from error
        else:
            watch.answered.set()
            if not _COMMIT.fullmatch(facts.commit_hash or "") or not facts.etag:
                raise Offline  # something else answers in the Hub's place: a hotel's log-in page, a proxy
            return facts
    raise Refused


def _linked(folder: Path, blob: Path, name: str, commit: str, follow: bool) -> Path:
    """Give a content its name at a commit, as the Hub's cache is laid out, so that other programs find it too."""
    pointer = folder / "snapshots" / commit / name
    pointer.parent.mkdir(parents=True, exist_ok=True)
    pointer.unlink(missing_ok=True)
    try:
        pointer.symlink_to(Path(os.path.relpath(blob, pointer.parent)))
    except OSError:  # a file system without links
        shutil.copyfile(blob, pointer)
    if follow:
        branch = folder / "refs" / "main"
        branch.parent.mkdir(parents=True, exist_ok=True)
        branch.write_text(commit)
    return pointer


def _sound(repository: Repository, found: Found, watch: Watch) -> bool:
    """Check every file against the record, or the Hub's name for its content; record them at the first time."""
    watch.answered.set()
    record = download_record.read(repository.name)
    known = record.files if record and record.revision == found.revision else {}
    sound = True
    for name, path in found.files.items():
        content = path.resolve()
        named = content.name if _HASH.fullmatch(content.name) else ""
        if not path.exists() or not download_record.matches(path, known[name].sha256 if name in known else named):
            content.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            sound = False
    if sound and not set(found.files) <= set(known):
        entries = {
            name: download_record.Entry(download_record.sha256(path), path.stat().st_size)
            for name, path in found.files.items()
        }
        download_record.write(repository.name, download_record.Record(found.revision, known | entries))
    return sound

"""Single files of other servers (torchvision's and ultralytics' own), checked by the hash in their names."""

from filelock import Timeout
from huggingface_hub.utils import WeakFileLock

from cvdemo.weights import download_record, hub
from cvdemo.weights.network import forbidden
from cvdemo.weights.places import Address
from cvdemo.weights.transfer import Watch, download
from cvdemo.weights.trouble import Damaged, Held, Offline


def fetch(address: Address, watch: Watch) -> hub.Found:
    """Return the verified file, from the cache where it is there, else over the network.

    Raises:
        Trouble: see `cvdemo.weights.trouble`.
    """
    address.file.parent.mkdir(parents=True, exist_ok=True)
    lock = address.file.with_name(f"{address.file.name}.lock")
    watch.answered.set()  # waiting for a lock is not waiting for a network
    try:
        with WeakFileLock(lock, timeout=hub.LOCK_WAIT_S):
            watch.answered.clear()
            for _ in range(2):
                if not address.file.exists():
                    _download(address, watch)
                if _sound(address, watch):
                    return hub.Found(address.file, {address.file.name: address.file}, None)
    except Timeout as error:
        raise Held from error
    raise Damaged


def _download(address: Address, watch: Watch) -> None:
    if forbidden():
        raise Offline
    part = address.file.with_name(f"{address.file.name}.part")
    download(address.url, part, None, watch)
    part.replace(address.file)


def _sound(address: Address, watch: Watch) -> bool:
    """Check the file against its record or the hash in its name; record it at the first time, delete it if wrong."""
    watch.answered.set()
    record = download_record.read(address.key)
    known = record.files.get(address.key) if record else None
    if not download_record.matches(address.file, known.sha256 if known else address.hash_prefix):
        address.file.unlink()
        return False
    if known is None:
        entry = download_record.Entry(download_record.sha256(address.file), address.file.stat().st_size)
        download_record.write(address.key, download_record.Record(None, {address.key: entry}))
    return True

"""Where the network is: the Hub's address, the cache folders, whether anything can be fetched at all."""

import os
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from huggingface_hub import constants

PROBE_TIMEOUT_S = 3.0
FRESH_S = 30.0

_YES = ("1", "true", "yes", "on")
_asked_at: dict[str, float] = {}  # endpoint -> when
_reachable: set[str] = set()
_probing = threading.Lock()


def endpoint() -> str:
    """Return the Hub's address: ``HF_ENDPOINT`` as it stands now, else huggingface.co."""
    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def hub_cache() -> Path:
    """Return the Hub's cache folder, shared with every other program that uses the Hub's library."""
    named = os.environ.get("HF_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME")
    return Path(home).expanduser() / "hub" if home else Path(constants.HF_HUB_CACHE)


def torch_cache() -> Path:
    """Return the folder of torchvision's downloads, by the same variables that torch reads."""
    home = os.environ.get("TORCH_HOME")
    if not home:
        home = str(Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"


def forbidden() -> bool:
    """Return whether the user forbade the network (``HF_HUB_OFFLINE``)."""
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in _YES or constants.HF_HUB_OFFLINE


def online() -> bool:
    """Return the last known answer to «can the Hub be reached?» at once; ask again in the background when it is old.

    The question is one TCP connection that carries no data. False before the first answer.
    """
    if forbidden():
        return False
    hub = endpoint()
    if time.monotonic() - _asked_at.get(hub, float("-inf")) > FRESH_S and _probing.acquire(blocking=False):
        _asked_at[hub] = time.monotonic()
        threading.Thread(target=_probe, args=(hub,), name="online", daemon=True).start()
    return hub in _reachable


def _probe(hub: str) -> None:
    try:
        parts = urlsplit(getproxies().get(urlsplit(hub).scheme) or hub)
        port = parts.port or (80 if parts.scheme == "http" else 443)
        socket.create_connection((parts.hostname or "", port), PROBE_TIMEOUT_S).close()
        _reachable.add(hub)
    except OSError:
        _reachable.discard(hub)
    finally:
        _probing.release()

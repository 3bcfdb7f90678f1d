"""Makes the first visit fast: in the background, the opening pair is loaded and asked about the first starter photo."""

import logging
import threading
from collections.abc import Mapping
from pathlib import Path

from app import request_log
from app.tabs import LABS
from cvdemo import compute, models, results, starters, weights
from cvdemo.classify import classify
from cvdemo.errors import CvDemoError
from cvdemo.pairs import opening_pair

LOG = logging.getLogger(__name__)

_ready = threading.Event()


def begin(_demo: object = None) -> None:
    """Start the warm-up, once the page answers; it ends by itself, and its failure is only a slower first visit."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    try:
        classify(_first_photo(), opening_pair().names)
    except CvDemoError:
        LOG.warning("The opening pair did not answer", exc_info=True)
        models.figures()  # at least the libraries are in
    finally:
        _ready.set()  # also after a fault of ours: the page answers all the same


def _first_photo() -> Path:
    return starters.get(starters.best(LABS[0].starter)).path


def health() -> Mapping[str, object]:
    """Return what /healthz and the page's header tell; never waits for a model or for torch."""
    online, pair = weights.online(), opening_pair()
    opens_with = {"models": list(pair.names), "because": pair.reason}
    if not _ready.is_set():
        return {
            "state": "starting",
            "ready": False,
            "device": None,
            "models_resident": 0,
            "bytes_resident": 0,
            "online": online,
            "pair": opens_with,
        }
    figures = models.figures()
    left = compute.seconds_left()
    return {
        "state": "ready" if left is None else "busy",
        "ready": True,
        "detail": None if left is None else f"measuring, {max(1, round(left))} s left",
        "device": compute.describe(),
        "models_resident": figures["resident"],
        "bytes_resident": figures["bytes_resident"],
        "bytes_limit": figures["bytes_limit"],
        "hits": figures["hits"],
        "misses": figures["misses"],
        "evictions": figures["evictions"],
        "waiting": compute.waiting(),
        "results": results.figures(),
        "requests": request_log.totals(),
        "turned_away": request_log.statuses(),
        "online": online,
        "pair": opens_with,
    }

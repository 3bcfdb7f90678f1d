"""One line of JSON for each piece of work: which endpoint, which models, how long, what became of it. Nothing else.

No address, file name, label or sentence of a visitor is written: only names that the catalogue knows.
"""

import json
import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from cvdemo import catalogue
from cvdemo.errors import CvDemoError, Stopped

LOG = logging.getLogger("cv_lab.requests")
MODEL_LIMIT = 6
EVERY_S = 1.0  # a flood of refused requests fills no log
LINES = 50  # of finished work, in a second; the next line tells how many were left out

_lock = threading.Lock()
_totals: Counter[str] = Counter()
_refused: Counter[int] = Counter()  # HTTP status -> how many since the last line
_statuses: Counter[int] = Counter()  # and since the start
_told_s = float("-inf")
_second = [float("-inf"), 0, 0]  # when it began, lines since, lines left out


def begin(environ: Mapping[str, str] = os.environ, stream: TextIO | None = None) -> None:
    """Write the lines to stderr, unless a person reads along there; CV_LAB_LOG=on or off decides otherwise."""
    stream = stream or sys.stderr
    wish = environ.get("CV_LAB_LOG", "off" if stream.isatty() else "on")
    LOG.handlers.clear()
    LOG.propagate = False
    LOG.setLevel(logging.INFO if wish != "off" else logging.CRITICAL)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.addHandler(handler)


class MalformedCall(CvDemoError):
    """Arguments that are missing, too many, or of a shape that nothing here takes."""


@dataclass
class Note:
    """How a piece of work ended.

    Outcomes: ok; refused (a sentence for the visitor); stopped (by the visitor); left (the visitor went away);
    failed (a fault of ours, logged by whoever catches it).
    """

    outcome: str = "ok"
    error: str | None = None

    def refused(self, error: CvDemoError) -> None:
        """Tell that the work ended in this sentence, where it is shown and not raised any further."""
        self.outcome, self.error = "refused", type(error).__name__

    def failed(self, fault: BaseException) -> None:
        """Tell that the work ended in a fault of ours, where it is logged and not raised any further."""
        self.outcome, self.error = "failed", type(fault).__name__


@contextmanager
def noted(endpoint: str, models: Callable[[], list[str]] = list, quick: bool = False) -> Iterator["Note"]:
    """Note how a piece of work ends; it passes on whatever is raised.

    Args:
        endpoint: what was asked for.
        models: names that the catalogue knows; asked for only where a line is written.
        quick: it is one step of a slider: counted always, a line only where it did not end well.
    """
    begun_s, note = time.perf_counter(), Note()
    try:
        yield note
    except GeneratorExit:
        note.outcome = "left"
        raise
    except Stopped:
        note.outcome = "stopped"
        raise
    except CvDemoError as refusal:
        note.refused(refusal)
        raise
    except BaseException as fault:
        note.failed(fault)
        raise
    finally:
        with _lock:
            _totals[note.outcome] += 1
        if LOG.isEnabledFor(logging.INFO) and not (quick and note.outcome == "ok"):
            facts = {"endpoint": endpoint, "models": models(), "outcome": note.outcome, "error": note.error}
            if (left_out := _left_out(time.monotonic())) is not None:
                more = {"left_out": left_out} if left_out else {}
                _write("request", {**facts, "ms": round(1000 * (time.perf_counter() - begun_s), 1), **more})


def _left_out(now_s: float) -> int | None:
    """Return how many lines were left out before one that may be written now; None where that is one more."""
    with _lock:
        if now_s - _second[0] >= EVERY_S:
            _second[:2] = now_s, 0
        if _second[1] >= LINES:
            _second[2] += 1
            return None
        _second[1] += 1
        left_out, _second[2] = int(_second[2]), 0
        return left_out


def count(what: str) -> None:
    """Count something that is told in /healthz, and written by whoever calls this."""
    with _lock:
        _totals[what] += 1


def malformed(endpoint: str) -> None:
    """Note a call whose arguments could not even be read; the line is one of finished work."""
    with suppress(MalformedCall), noted(endpoint):
        raise MalformedCall


def turned_away(status: int, now: Callable[[], float] = time.monotonic) -> None:
    """Note a request that was answered with an error's status; at most one line a second tells how many."""
    global _told_s
    with _lock:
        _totals["turned away"] += 1
        _refused[status] += 1
        _statuses[status] += 1
        if now() - _told_s < EVERY_S:
            return
        _told_s, counts = now(), {str(code): count for code, count in _refused.items()}
        _refused.clear()
    _write("turned away", {"statuses": counts})


def totals() -> dict[str, int]:
    """Return how many pieces of work ended in which way since the start."""
    with _lock:
        return dict(_totals)


def statuses() -> dict[str, int]:
    """Return how many requests were turned away with which HTTP status since the start."""
    with _lock:
        return {str(status): count for status, count in _statuses.items()}


def _write(event: str, facts: dict[str, Any]) -> None:
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    LOG.info("%s", json.dumps({"time": stamp, "event": event, **facts}))


def endpoint_of(handler: Callable[..., Any]) -> str:
    """Return ``/classify`` for a public endpoint, ``classify.choose_pair`` for what the page itself calls."""
    module, name = handler.__module__, handler.__name__
    return f"/{name}" if module.startswith("app.api.") else f"{module.rpartition('.')[2]}.{name}"


def models_in(*values: Any) -> list[str]:
    """Return the models that arguments name: a name, a list of them, or a component's value with its choice."""
    found = [name for value in values for name in _named(value)]
    return list(dict.fromkeys(found))[:MODEL_LIMIT]


def _named(value: Any) -> list[str]:
    if isinstance(value, dict):
        settings = value.get("settings")
        inner = settings.get("models") if isinstance(settings, dict) else None
        value = value.get("chosen") or value.get("models") or inner
    names = value[:MODEL_LIMIT] if isinstance(value, list | tuple) else [value]
    return [name for name in names if isinstance(name, str) and name in catalogue.names()]

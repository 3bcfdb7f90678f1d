"""The starter set: a few models that make a page with a network useful, fetched in one go, resumed and stopped."""

import logging
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from cvdemo import catalogue, weights
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import ModelUnavailable, Stopped
from cvdemo.weights.trouble import Offline, Refused, Slow
from cvdemo.wording import NBSP, megabytes

LOG = logging.getLogger(__name__)
NAMES = ("resnet50", "vit_small_patch16_224", "dinov2_small", "yolo26n", "yolov8n")
DEADLINE_S = 3600.0  # for each model: nobody waits for a click here
TELLING = 0.02  # of the way: before it, the time left is a guess

Phase = Literal["none", "offer", "fetching", "broken", "done"]


@dataclass(frozen=True)
class State:
    """How far the starter set is.

    Args:
        phase: ``none``: there is nothing to offer; ``broken``: it ended early, and can go on.
        done, total: bytes.
        left_s: seconds, where they can be told.
        reason: why it is broken, in a sentence.
        ready: how many models of the catalogue are on this machine.
    """

    phase: Phase
    done: int = 0
    total: int = 0
    left_s: float | None = None
    reason: str = ""
    ready: int = 0


def sentence(state: State) -> str:
    """Return what the header says of it."""
    if state.phase == "offer":
        return f"Get the starter set, {megabytes(state.total)}"
    if state.phase == "fetching":
        left = "" if state.left_s is None else f", about {max(1, round(state.left_s)):,}{NBSP}s left"
        done = f"{state.done / 1e6:.0f}" if state.total < 999.5e6 else megabytes(state.done)
        return f"Starter set: {done} of {megabytes(state.total)}{left}"
    if state.phase == "broken":
        return state.reason
    if state.phase == "done":
        return f"{state.ready:,} model{'' if state.ready == 1 else 's'} here."
    return ""


class StarterSet:
    """The one download of the starter set, for the whole program: who asks for it meanwhile watches it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: tuple[ModelSpec, ...] = ()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._token = ""
        self._current: tuple[ModelSpec, int] | None = None  # what is being fetched, and how many bytes of it are here
        self._began = (0.0, 0)  # when, and with how many bytes
        self._reason = ""

    def begin(self) -> str:
        """Fetch what is missing, in a thread of its own; return the token that stops it, "" where it runs already."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return ""
            self._wanted = self._wanted or missing()
            self._stop, self._token, self._current, self._reason = threading.Event(), secrets.token_hex(8), None, ""
            self._began = (time.monotonic(), self._arrived())
            self._thread = threading.Thread(target=self._run, args=(self._stop,), name="starter set", daemon=True)
            self._thread.start()
            return self._token

    def stop(self, token: object) -> None:
        """End it, for the one who began it."""
        if self._token and token == self._token:
            self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def state(self) -> State:
        """Return how far it is; looks at the disk, never at the network."""
        running = self._thread is not None and self._thread.is_alive()
        if self._wanted:
            done, total = self._arrived(), _bytes(self._wanted)
            if running:
                return State("fetching", min(done, total), total, self._left_s(done, total))
            if self._reason:
                return State("broken", done, total, reason=self._reason)
            if not any(spec in self._wanted for spec in missing()):
                return State("done", total, total, ready=sum(map(weights.is_ready, catalogue.MODELS)))
        here = missing()
        return State("offer", 0, _bytes(here)) if here and _only_bundled() and weights.online() else State("none")

    def _arrived(self) -> int:
        kept, current = _bytes(spec for spec in self._wanted if weights.is_ready(spec)), self._current
        return kept if current is None or weights.is_ready(current[0]) else kept + current[1]

    def _left_s(self, done: int, total: int) -> float | None:
        began_s, before = self._began
        fresh = done - before
        return (time.monotonic() - began_s) * (total - done) / fresh if fresh > TELLING * total else None

    def _run(self, stop: threading.Event) -> None:
        def report(spec: ModelSpec, progress: weights.Progress) -> None:
            if stop.is_set():
                raise Stopped("Stopped.")
            self._current = spec, progress.done

        try:
            for spec in self._wanted:
                if not weights.is_ready(spec):
                    weights.fetch(spec, partial(report, spec), DEADLINE_S)
        except Stopped:
            self._reason = f"Stopped at {megabytes(self._arrived())}. What came is kept."
        except ModelUnavailable as gone:
            arrived, broke_off = megabytes(self._arrived()), isinstance(gone.__cause__, Offline | Refused | Slow)
            self._reason = f"The network broke off at {arrived}. What came is kept." if broke_off else str(gone)
        except Exception:
            self._reason = "The starter set could not be fetched. What came is kept."
            LOG.exception("The starter set could not be fetched")


def missing() -> tuple[ModelSpec, ...]:
    """Return the models of the set that are not on this machine."""
    return tuple(spec for spec in map(catalogue.get, NAMES) if not weights.is_ready(spec))


def _only_bundled() -> bool:
    """Return whether no model but those of the set was ever fetched: who chose for themselves needs no starter."""
    others = (spec for spec in catalogue.MODELS if spec.name not in NAMES)
    return not any(weights.state(spec) == "cached" for spec in others)


def _bytes(specs: Iterable[ModelSpec]) -> int:
    return sum(weights.size(spec) or 0 for spec in specs)

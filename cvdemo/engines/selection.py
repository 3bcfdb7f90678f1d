"""Which engines stand ready for one borrowed model and one input shape, and which one is chosen."""

import logging
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cvdemo import compute, models
from cvdemo.engines import equivalence, openvino, timing
from cvdemo.engines.engine import Engine, Shape, plain
from cvdemo.engines.shared_copy import shared_copy
from cvdemo.errors import Busy

if TYPE_CHECKING:
    from cvdemo.loading import ReadyDetector, ReadyModel

LOG = logging.getLogger(__name__)
REMEMBERED = 1000
TRIES = 3  # a busy machine can make the faster engine lose once
CLEARLY = 0.7

converting = threading.RLock()
"""Held while a network is converted: one at a time, and none while somebody measures (`cvdemo.engines.at_rest`)."""


@dataclass(frozen=True)
class Verdict:
    """What stays true of a model and a shape in this process: OpenVINO can run it or not, and why torch was taken."""

    fit: bool
    note: str


_verdicts: dict[tuple[object, ...], Verdict] = {}


class Selection:
    """The engines of one model for inputs of one shape. Made while the model is borrowed."""

    def __init__(self, ready: "ReadyModel | ReadyDetector", shape: Shape) -> None:
        assert ready.graph is not None
        self.shape = shape
        self.uses = 0
        self.asked = False
        self._lost = 0
        self._fast: Engine | None = None  # OpenVINO, trusted
        self._chosen: Engine | None = None
        self._name, self._judge = ready.spec.name, judge(ready)
        self._key = (ready.spec.name, ready.weights, ready.sha256, shape)
        self._graph = shared_copy(ready.graph)
        self._weight_bytes = ready.weight_bytes
        self._lock = threading.Lock()
        if next(ready.graph.parameters()).device.type != "cpu":
            self._remember(False, "OpenVINO runs on CPUs only; this model is on a GPU.")

    @property
    def byte_count(self) -> int:
        """The bytes that the engines beside torch keep."""
        return self._fast.byte_count if self._fast is not None else 0

    @property
    def verdict(self) -> Verdict | None:
        """What is known for good, if anything."""
        return _verdicts.get(self._key)

    @property
    def note(self) -> str:
        """Why torch it is, as far as that is known; else empty."""
        return self.verdict.note if self.verdict else ""

    @property
    def chosen(self) -> Engine | None:
        """The engine that takes torch's place, if one has won it."""
        return self._chosen

    @property
    def settled(self) -> bool:
        """Whether nothing is left to find out."""
        return self._chosen is not None or self.verdict is not None

    def insisted(self) -> Engine | str:
        """Return OpenVINO, prepared now if it must be, slower than torch or not; or the sentence that says why not."""
        fast = self._prepared(models.memory_limit() - self._weight_bytes)
        if fast is not None:
            return fast
        known = self.verdict
        return known.note if known and not known.fit else "OpenVINO needs more memory than there is just now."

    def settle(self) -> None:
        """Prepare OpenVINO, measure it against torch, and choose. Takes seconds, most of them outside of any turn."""
        try:
            fast = self._prepared(models.room())
            if fast is None:
                return
            example, slow = next(equivalence.inputs(self.shape, self._judge)), plain(self._graph)
            factor = timing.times_faster(lambda: fast.run(example), lambda: slow(example), _background_turn)
        except Busy:
            return  # the machine has better things to do: another time
        finally:
            self.asked = False
        if factor > 1:
            self._chosen = self._fast = replace(fast, note=f"{factor:.1f} times as fast as PyTorch here.")
        else:
            self._fast = None  # its memory is free again; if it is asked for, it comes from the disk
            self._lost += 1
            if self._lost == TRIES or factor < CLEARLY:
                self._remember(True, "PyTorch was faster here than OpenVINO.")

    def _prepared(self, room_bytes: int) -> Engine | None:
        """Return OpenVINO if its answers are trusted and it fits; None where torch stays. One thread at a time."""
        with self._lock:
            known = self.verdict
            if self._fast is None and (known is None or known.fit):
                try:
                    self._fast = self._trusted(room_bytes)
                except Busy:
                    raise
                except Exception as error:  # whatever a conversion fails of: torch is there
                    LOG.info("OpenVINO cannot run %s", self._name, exc_info=True)
                    self._remember(False, f"OpenVINO cannot run this model here ({type(error).__name__}).")
            return self._fast

    def _trusted(self, room_bytes: int) -> Engine | None:
        """Build OpenVINO's engine and compare its answers with torch's."""
        with converting:
            built = openvino.build(self._name, self._graph, self.shape)
        if built.byte_count > room_bytes:
            return None
        with _background_turn():
            apart = equivalence.largest_difference(built.run, plain(self._graph), self.shape, self._judge)
        if apart > equivalence.LIMIT:
            self._remember(False, f"OpenVINO's answers differ from PyTorch's by {apart:.1g}: too much to be trusted.")
            return None
        return Engine("openvino", self.shape, built.run, difference=apart, byte_count=built.byte_count)

    def _remember(self, fit: bool, note: str) -> None:
        while len(_verdicts) >= REMEMBERED:
            _verdicts.pop(next(iter(_verdicts)), None)
        _verdicts[self._key] = Verdict(fit, note)


def _background_turn() -> AbstractContextManager[float]:
    return compute.turn(asked_for=False)


def forget() -> None:
    """Forget all verdicts (tests)."""
    _verdicts.clear()


def judge(ready: "ReadyModel | ReadyDetector") -> equivalence.Judge:
    return {"classify": "classes", "detect": "boxes"}.get(ready.spec.task, "numbers")

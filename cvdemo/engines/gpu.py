"""One borrowed model on a GPU and one input shape: which way to run it in torch won here."""

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from cvdemo import compute, models
from cvdemo.engines import equivalence, precision, selection, timing
from cvdemo.engines.engine import Engine, Shape, plain
from cvdemo.engines.precision import Built, Way
from cvdemo.engines.shared_copy import shared_copy
from cvdemo.errors import Busy

if TYPE_CHECKING:
    from torch import nn

    from cvdemo.loading import ReadyDetector, ReadyModel

NOT_HERE = "OpenVINO runs on CPUs only; this model is on a GPU."


class GpuSelection:
    """The ways of one model for inputs of one shape; for `cvdemo.engines` what `selection.Selection` is on a CPU.

    Made while the model is borrowed. Every way has its own copy of the weights: the model itself stays as it is.
    """

    def __init__(self, ready: "ReadyModel | ReadyDetector", shape: Shape) -> None:
        assert ready.graph is not None
        self.shape = shape
        self.uses = 0
        self.asked = False
        self.settled = False
        self.chosen: Engine | None = None
        self.note = ""
        self._judge = selection.judge(ready)
        self._graph = shared_copy(ready.graph)
        self._lock = threading.Lock()

    @property
    def byte_count(self) -> int:
        """The bytes that the chosen way keeps beside the model."""
        return self.chosen.byte_count if self.chosen is not None else 0

    def insisted(self) -> Engine | str:
        """Return why OpenVINO does not run here."""
        return NOT_HERE

    def settle(self) -> None:
        """Try the ways, each in a turn of its own, and keep the fastest one whose answers may be trusted."""
        base = plain(self._graph)

        def apart(run: Any) -> float:
            with _turn():
                return equivalence.largest_difference(
                    run, base, self.shape, self._judge, precision.LIMIT, precision.RAW_LIMIT
                )

        example = next(equivalence.inputs(self.shape, self._judge))

        def gain(ours: Any, theirs: Any) -> float:
            return timing.times_faster(lambda: ours(example), lambda: theirs(example), _turn)

        try:
            with self._lock:
                if self.settled:
                    return
                best = precision.fastest(base, self._build, apart, gain)
                self.settled = True
        except Busy:
            return  # the machine has better things to do: another time
        finally:
            self.asked = False
        if best is None:
            self.note = "No other way was faster here than plain PyTorch."
        else:
            note = f"{best.way.words()}: {best.gain:.1f} times as fast as plain PyTorch here."
            self.chosen = Engine(
                "torch", self.shape, best.run, best.way.dtype, note, best.difference, best.byte_count, self._device
            )

    @property
    def _device(self) -> str:
        return next(self._graph.parameters()).device.type

    def _build(self, way: Way) -> Built:
        """Make a way ready.

        Raises:
            MemoryError: its weights would push other models out.
            RuntimeError, ...: whatever it fails of.
        """
        with _turn():
            network = precision.converted(self._graph, way)
        kept = _weights(network)
        if kept > models.room():
            raise MemoryError(f"{way.words()} needs {kept} bytes")
        return Built(way, precision.running(network, way), kept)


def _turn() -> AbstractContextManager[float]:
    return compute.turn(asked_for=False)


def _weights(network: "nn.Module") -> int:
    tensors = [*network.parameters(), *network.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)

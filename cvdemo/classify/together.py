"""Runs a classifier's network on a GPU once for all photos that wait for it."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo import compute, engines, models
from cvdemo.catalogue import ModelSpec
from cvdemo.errors import CvDemoError
from cvdemo.gathering import Gatherer, Take
from cvdemo.preprocess import Preprocessing
from cvdemo.weights import Progress

if TYPE_CHECKING:
    from cvdemo.loading import ReadyModel

MOST = 16
LIMIT_BYTES = MOST * 3 * 224 * 224 * 4  # larger photos come in smaller batches: what a network needs grows with pixels
WAITING = Progress("wait", 0, None)


@dataclass(frozen=True)
class Ran:
    """What came of one photo.

    Args:
        model: for what never changes of it; it may be lent to somebody else by now.
        logits: float32 (classes,).
        note: why this engine, and with how many other photos, in sentences or none.
        network_ms: of the whole run.
    """

    model: "ReadyModel"
    logits: NDArray[np.float32]
    engine: str
    note: str
    network_ms: float


class Outdated(CvDemoError):
    """The model that is in memory now prepares photos in another way."""


_gatherer: Gatherer[Ran] = Gatherer(MOST, LIMIT_BYTES)


def gathers(spec: ModelSpec) -> bool:
    """Return whether photos for ``spec`` share runs here: on a GPU; ``CV_LAB_BATCH`` set to 1 or 0 overrides."""
    wanted = os.environ.get("CV_LAB_BATCH")
    return not spec.zero_shot and (wanted == "1" if wanted else compute.device() == "cuda")


def together(
    spec: ModelSpec, preprocessing: Preprocessing, array: NDArray[np.float32], report: Callable[[Progress], None]
) -> Ran:
    """Run the classifier of ``spec`` on one photo, prepared by ``preprocessing``, in one run with all who wait for it.

    Raises:
        Outdated: the model prepares photos in another way by now.
        Stopped: raised by ``report``.
        CvDemoError: whatever borrowing raised.
    """

    def serve(take: Take) -> list[Ran]:
        with models.borrow(spec, report) as model:
            if model.preprocessing != preprocessing:
                raise Outdated("The model has changed. Try again.")
            with compute.turn(waiting=lambda _: report(WAITING)):
                return _run(model, take())

    return _gatherer.ask((spec.name, preprocessing), array, serve, lambda: report(WAITING))


def _run(model: "ReadyModel", batch: NDArray[np.float32]) -> list[Ran]:
    """Run a batch in a turn; filled up to a power of two, since each size is another shape to find an engine for."""
    count = len(batch)
    size = 1 << (count - 1).bit_length()
    full = np.concatenate([batch, np.repeat(batch[-1:], size - count, axis=0)])
    engine = engines.engine_for(model, full.shape)
    started = time.perf_counter()
    rows = engine.run(full)[:count]
    passed = 1000 * (time.perf_counter() - started)
    company = f"In one run with {count - 1} other photo{'' if count == 2 else 's'}." if count > 1 else ""
    note = " ".join(text for text in (engine.note, company) if text)
    return [Ran(model, row, engine.name, note, passed) for row in rows]

"""Ways to run one network in torch on a GPU, with fewer digits or channels last; and which one wins here."""

import copy
import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvdemo.engines.engine import Run
from cvdemo.errors import Busy

if TYPE_CHECKING:
    from torch import nn

LOG = logging.getLogger(__name__)
LIMIT = 2e-3
"""The most that an answer may move on a GPU, as `equivalence.difference` measures: a probability, a coordinate as a
share of the photo's side. Float32 itself moves by some 1e-4 there between layouts, since convolutions round to TF32."""
RAW_LIMIT = 2e-2  # of logits as numbers
GAIN = 1.03  # by how much the next way must be faster than the best one so far: less is noise
WORDS = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}


@dataclass(frozen=True)
class Way:
    """One way to run a network.

    Args:
        dtype: of weights and arithmetic, as torch names it.
        channels_last: NHWC layout, which tensor cores like.
    """

    dtype: str = "float32"
    channels_last: bool = False

    def words(self) -> str:
        """Return the way as a note names it: ``fp16, channels last``."""
        return ", ".join([WORDS[self.dtype], *["channels last"] * self.channels_last])


@dataclass(frozen=True)
class Built:
    """A way that is ready to run, the bytes that it keeps beside the model, and how far its answers are from fp32's."""

    way: Way
    run: Run
    byte_count: int
    difference: float = 0.0
    gain: float = 1.0


def steps(best: Way) -> Generator[tuple[Way, ...], Way, None]:
    """Yield what to try next, one change at a time: digits first, for the layout pays more with half of them.

    Send the best way so far back in, as a generator takes it.
    """
    best = yield (replace(best, dtype="float16"), replace(best, dtype="bfloat16"))
    yield (replace(best, channels_last=True),)


def fastest(
    plain: Run, build: Callable[[Way], Built], apart: Callable[[Run], float], gain: Callable[[Run, Run], float]
) -> Built | None:
    """Return the fastest way whose answers may be trusted, or None: plain torch is.

    Args:
        plain: the network as it is.
        build: makes a way ready; whatever it raises means: not this way.
        apart: how far a run's answers are from plain's, to be held against `LIMIT`.
        gain: by what factor the first run beats the second one.

    Raises:
        Busy: others need the device.
    """
    best, trying = Built(Way(), plain, 0), steps(Way())
    candidates: tuple[Way, ...] | None = next(trying)
    while candidates is not None:
        for way in candidates:
            found = _tried(way, build, apart)
            if found is not None and (won := gain(found.run, best.run)) > GAIN:
                best = replace(found, gain=best.gain * won)
        try:
            candidates = trying.send(best.way)
        except StopIteration:
            candidates = None
    return best if best.way != Way() else None


def _tried(way: Way, build: Callable[[Way], Built], apart: Callable[[Run], float]) -> Built | None:
    try:
        built = build(way)
        moved = apart(built.run)
    except Busy:
        raise
    except Exception:  # no such kernel, no room: another way is there
        LOG.info("not %s", way.words(), exc_info=True)
        return None
    return replace(built, difference=moved) if moved <= LIMIT else None


def converted(graph: "nn.Module", way: Way) -> "nn.Module":
    """Return a copy of ``graph`` with weights of its own, in the digits and the layout of ``way``."""
    import torch

    layout = torch.channels_last if way.channels_last else torch.contiguous_format
    return copy.deepcopy(graph).to(getattr(torch, way.dtype)).to(memory_format=layout).eval()


def running(network: "nn.Module", way: Way) -> Run:
    """Return a run of ``network``, which `converted` made in ``way``, from float32 pixels to its output in float32."""
    import torch

    device, dtype = next(network.parameters()).device, getattr(torch, way.dtype)
    layout = torch.channels_last if way.channels_last else torch.contiguous_format

    def run(array: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            pixels = torch.from_numpy(array).to(device)
            output = network(pixels.to(dtype=dtype, memory_format=layout))
            return np.asarray(output.float().cpu().numpy())  # waits for the device

    return run

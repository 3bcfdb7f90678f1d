"""What a loader hands over, and what everybody else borrows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cvdemo.catalogue import ModelSpec
from cvdemo.loading.boxes import Detect
from cvdemo.preprocess import Preprocessing

Kind = Literal["bundled", "cached", "random"]
Run = Callable[..., NDArray[np.float32]]


@dataclass(frozen=True)
class Parts:
    """One loader's work: a network on the CPU with its weights in, and what its pixels and answers mean.

    Args:
        texts: zero-shot models only: token ids of the visitor's labels, int64 (labels, length).
    """

    network: nn.Module
    preprocessing: Preprocessing
    labels: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = ()
    texts: Callable[[tuple[str, ...]], NDArray[np.int64]] | None = None


@dataclass(frozen=True)
class Ready:
    """What every model has that can run.

    Args:
        network: in eval mode on the device, without gradients for its weights; None for detectors of OpenCV.
        labels: plain English names in the order of the outputs; () for features and zero-shot.
        weights: ``cached`` also when they have just been downloaded; ``random`` weights mean nothing as an answer.
        byte_count: of parameters and buffers in memory.
        multiply_adds: for one photo; None where they cannot be counted.
        sha256: of the file that the weights came from; None for random ones and for OpenCV's.
    """

    spec: ModelSpec
    network: nn.Module | None
    labels: tuple[str, ...]
    weights: Kind
    byte_count: int
    parameter_count: int
    multiply_adds: int | None
    sha256: str | None


@dataclass(frozen=True)
class ReadyModel(Ready):
    """A classifier, or a model of the task ``features``.

    Args:
        network: ``network(x)`` gives a tensor (N, classes), or features for the task ``features`` (zero-shot
            models: see ``run``).
        run: float32 (N, 3, h, w) -> float32 (N, classes), waits for the device; zero-shot models take the labels
            as a second argument.
        label_ids: synsets in the order of the outputs; () where they are not known.
        multiply_adds: at the size of ``preprocessing``.
        class_token: whether the network has a class token.
    """

    network: nn.Module
    run: Run
    preprocessing: Preprocessing
    label_ids: tuple[str, ...]
    class_token: bool


@dataclass(frozen=True)
class ReadyDetector(Ready):
    """A detector: ``run`` takes a whole photo, uint8 (H, W, 3) RGB, of any size, and waits for the device.

    Args:
        multiply_adds: for a square photo at the size that the detector looks at.
    """

    run: Detect

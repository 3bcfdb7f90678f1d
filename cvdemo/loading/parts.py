"""What a loader hands over, and what everybody else borrows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo.catalogue import ModelSpec
from cvdemo.loading.boxes import Detect
from cvdemo.loading.sidecar import Sidecar
from cvdemo.preprocess import Preprocessing

Kind = Literal["bundled", "packaged", "cached", "random"]
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
class Entry:
    """What a detector's network sees of a photo.

    Args:
        array: float32 (1, 3, h, w).
        scale_wh: by how much the photo's width and height changed.
        shift_wh: where the photo's left upper corner lies in ``array``, in pixels.
    """

    array: Tensor
    scale_wh: tuple[float, float]
    shift_wh: tuple[float, float] = (0.0, 0.0)


Proposals = tuple[Tensor, Tensor, Tensor]
"""Boxes as x0, y0, x1, y1 in pixels of ``Entry.array`` (N, 4), scores 0..1 (N,), class numbers (N,)."""


@dataclass(frozen=True)
class DetectorParts:
    """One loader's work for a detector.

    Args:
        network: on the CPU, with its weights in, in eval mode once ``finish`` has it.
        prepare: a photo, uint8 (H, W, 3) RGB, to what the network sees.
        propose: runs a network like ``network`` on ``Entry.array``; every candidate, none suppressed.
        input_size_hw: of what the network sees of a square photo.
        countable: whether its multiply-adds are the same for every photo of that size.
        graph: see `Ready`.
    """

    network: nn.Module
    labels: tuple[str, ...]
    prepare: Callable[[NDArray[np.uint8]], Entry]
    propose: Callable[[Callable[..., Any], Tensor], Proposals]
    input_size_hw: tuple[int, int]
    countable: bool = True
    graph: nn.Module | None = None


@dataclass(frozen=True)
class Ready:
    """What every model has that can run.

    Args:
        network: in eval mode on the device, without gradients for its weights; None for detectors of OpenCV.
        labels: plain English names in the order of the outputs; () for features and zero-shot.
        weights: ``cached`` also when they have just been downloaded; ``random`` weights mean nothing as an answer.
        weight_bytes: of parameters and buffers in memory.
        multiply_adds: for one photo; None where they cannot be counted.
        sha256: of the file that the weights came from; None for random ones and for OpenCV's.
        graph: the part of ``network`` that takes one tensor (N, 3, h, w) and returns one, as other engines can run it;
            None where there is no such part.
        sidecar: what is kept with the model and goes with it, such as the same network in another engine; copies made
            by ``dataclasses.replace`` share it.
    """

    spec: ModelSpec
    network: nn.Module | None
    labels: tuple[str, ...]
    weights: Kind
    weight_bytes: int
    parameter_count: int
    multiply_adds: int | None
    sha256: str | None
    graph: nn.Module | None = field(default=None, kw_only=True)
    sidecar: Sidecar = field(default_factory=Sidecar, kw_only=True, repr=False, compare=False)

    @property
    def byte_count(self) -> int:
        """The bytes that stay in memory for this model: its weights, and what is kept beside them."""
        return self.weight_bytes + self.sidecar.byte_count


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
        texts: zero-shot models only: see `Parts`.
    """

    network: nn.Module
    run: Run
    preprocessing: Preprocessing
    label_ids: tuple[str, ...]
    class_token: bool
    texts: Callable[[tuple[str, ...]], NDArray[np.int64]] | None = None


@dataclass(frozen=True)
class ReadyDetector(Ready):
    """A detector: ``run`` takes a whole photo, uint8 (H, W, 3) RGB, of any size, and waits for the device.

    Args:
        multiply_adds: for a square photo at the size that the detector looks at.
        prepare: see `DetectorParts`; None for detectors of OpenCV.
    """

    run: Detect
    prepare: Callable[[NDArray[np.uint8]], Entry] | None = None

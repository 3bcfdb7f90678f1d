"""What a loader hands over, and what everybody else borrows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cvdemo.catalogue import ModelSpec
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
class ReadyModel:
    """A model that can run.

    Args:
        network: in eval mode on the device, without gradients for its weights; ``network(x)`` gives a tensor
            (N, classes), or features for the task ``features`` (zero-shot models: see ``run``).
        run: float32 (N, 3, h, w) -> float32 (N, classes), waits for the device; zero-shot models take the labels
            as a second argument.
        labels: plain English names in the order of the outputs; () for features and zero-shot.
        label_ids: synsets in the same order; () where they are not known.
        weights: ``cached`` also when they have just been downloaded; ``random`` weights mean nothing as an answer.
        byte_count: of parameters and buffers in memory.
        multiply_adds: for one photo at the size of ``preprocessing``; None where they cannot be counted.
        sha256: of the file that the weights came from; None for random ones.
        class_token: whether the network has a class token.
    """

    spec: ModelSpec
    network: nn.Module
    run: Run
    preprocessing: Preprocessing
    labels: tuple[str, ...]
    label_ids: tuple[str, ...]
    weights: Kind
    byte_count: int
    parameter_count: int
    multiply_adds: int | None
    sha256: str | None
    class_token: bool

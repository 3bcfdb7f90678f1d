"""What an explanation depends on, and what one run gave for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.model_input import Picture
from cvdemo.saliency.targets import Target


@dataclass(frozen=True)
class ExplanationRequest:
    """What an explanation depends on.

    Args:
        digest: of the photo.
        random: random weights, also where trained ones are here.
        target: the class by name or number; None = the predicted one.
        against: "why this one and not that one", or None.
        labels: the visitor's own, for zero-shot models; else ().
    """

    digest: str
    model: str
    random: bool = False
    target: Target = None
    against: Target = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """One run forward and back to the last map.

    Args:
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        activations, gradients: float32 (C, h, w).
        centred: float32 (C, h, w), the gradient of the class's logit minus the mean of all logits, or None where it
            was not needed: a softmax does not care about a constant in all logits, but Grad-CAM does, and where that
            constant is far below 0 it finds no place that speaks for any class.
        logits: float32 (classes,).
        target, against: numbers of classes; ``target`` is the predicted one where none was asked for.
    """

    asked: ExplanationRequest
    weights: str
    picture: Picture
    activations: NDArray[np.float32]
    gradients: NDArray[np.float32]
    centred: NDArray[np.float32] | None
    logits: NDArray[np.float32]
    labels: tuple[str, ...]
    target: int
    against: int | None
    network_ms: float

    @property
    def target_name(self) -> str:
        """The explained class, by name."""
        return self.labels[self.target]

    @property
    def against_name(self) -> str | None:
        """The class that it is held against, by name."""
        return None if self.against is None else self.labels[self.against]

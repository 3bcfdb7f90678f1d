"""What a network says of one photo under some operations, as plain values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cvdemo.inside.activations import PassRequest
from cvdemo.surgery.plain import Block, Operation


@dataclass(frozen=True)
class Answers:
    """What a model says of one photo under some operations.

    Args:
        blocks: its branches in the order of computation.
        operations: what was done, one after the other.
        logits: float32 (operations, classes).
        whole: float32 (classes,): the logits with all blocks on.
    """

    asked: PassRequest
    weights: str
    blocks: tuple[Block, ...]
    labels: tuple[str, ...]
    operations: tuple[Operation, ...]
    logits: NDArray[np.float32]
    whole: NDArray[np.float32]

    @property
    def answer(self) -> int:
        """The class that the whole network finds most probable."""
        return int(self.whole.argmax())

    @property
    def label(self) -> str:
        """Its name."""
        return self.labels[self.answer]

    @property
    def probability(self) -> float:
        """Its probability, 0..1, by the whole network."""
        return float(_softmax(self.whole)[self.answer])

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Its probability under each operation, float64 (operations,)."""
        return _softmax(self.logits)[:, self.answer]

    def said(self, number: int) -> tuple[str, float]:
        """Return what is found most probable under an operation, and how probable."""
        row = _softmax(self.logits[number])
        return self.labels[int(row.argmax())], float(row.max())


@dataclass(frozen=True)
class Curve:
    """Several blocks left out at random.

    Args:
        counts: how many, rising from 0.
        probabilities: of the whole network's answer, float64 (counts, draws).
    """

    counts: tuple[int, ...]
    probabilities: NDArray[np.float64]


def alone(found: Answers) -> dict[str, int]:
    """Return the number of the operation that drops one block only, by the block's name."""
    return {next(iter(one.dropped)): number for number, one in enumerate(found.operations) if one.dropped}


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    powers = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)

"""What classifiers said about one photo: logits, and everything that follows from them without a network run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHOSEN_LIMIT = 4


@dataclass(frozen=True)
class Guess:
    """One line of an answer: a class name and its probability, 0..1."""

    label: str
    probability: float


@dataclass(frozen=True)
class Answer:
    """One model's logits for one photo, and what it saw.

    Args:
        logits: float32 (classes,), in the order of ``labels``.
        seen: uint8 (h, w, 3), the exact pixels that entered the network.
        crop_xyxy: the part of the photo that it saw, in photo pixels.
        cut_off: share of the photo's area outside that part, 0..1.
        weights: ``bundled``, ``packaged``, ``cached`` or ``random``.
        network_ms: see `cvdemo.pace.median_ms`: never a first run.
        engine, engine_note: what ran the network, ``torch`` or ``openvino``, and why, in one sentence or none.
    """

    model: str
    title: str
    family: str
    weights: str
    engine: str
    labels: tuple[str, ...]
    logits: NDArray[np.float32]
    seen: NDArray[np.uint8]
    crop_xyxy: tuple[float, float, float, float]
    cut_off: float
    parameter_count: int
    multiply_adds: int | None
    licence: str | None
    decode_ms: float
    preprocess_ms: float
    network_ms: float
    engine_note: str = ""

    def __post_init__(self) -> None:
        if self.logits.shape != (len(self.labels),):
            raise ValueError(f"logits must have shape ({len(self.labels)},), got {self.logits.shape}")

    def probabilities(self, temperature: float = 1.0) -> NDArray[np.float64]:
        """Return the softmax of ``logits / temperature``: float64 (classes,), summing to 1."""
        scaled = self.logits.astype(np.float64) / temperature
        exponents = np.exp(scaled - scaled.max())
        return exponents / exponents.sum()

    def top(self, count: int, temperature: float = 1.0) -> tuple[Guess, ...]:
        """Return the ``count`` likeliest classes, best first; ties in label order."""
        shares = self.probabilities(temperature)
        order = np.argsort(-self.logits, kind="stable")[:count]  # of shares that are 0 the order would be lost
        return tuple(Guess(self.labels[index], float(shares[index])) for index in order)

    def doubt_bits(self, temperature: float = 1.0) -> float:
        """Return the entropy of the answer in bits: 0 = certain, log2(classes) = no idea."""
        shares = self.probabilities(temperature)
        shares = shares[shares > 0]
        return max(0.0, float(-(shares * np.log2(shares)).sum()))  # never -0.0


@dataclass(frozen=True)
class Missing:
    """A chosen model that gave no answer, and the sentence that says why."""

    model: str
    title: str
    reason: str
    suggestion: str | None = None


@dataclass(frozen=True)
class Classification:
    """All chosen models' answers to one photo, in the order of choice."""

    answers: tuple[Answer, ...]
    missing: tuple[Missing, ...]
    photo_size_wh: tuple[int, int]
    thumbnail: NDArray[np.uint8]

    @property
    def agree(self) -> bool:
        """Whether all models that answered, with trained weights, have the same first class."""
        return len({answer.top(1)[0].label for answer in self.trained}) == 1

    @property
    def trained(self) -> tuple[Answer, ...]:
        """The answers that mean something: those of models with trained weights."""
        return tuple(answer for answer in self.answers if answer.weights != "random")


@dataclass(frozen=True)
class Agreement:
    """How far the answers agree: classes in every list, the gap of the first answers (0..1), doubt in bits each."""

    shared: int
    top_k: int
    gap: float
    doubts: tuple[float, ...]


def agreement(answers: tuple[Answer, ...], top_k: int = 5, temperature: float = 1.0) -> Agreement:
    """Compare at least two answers."""
    lists = [answer.top(top_k, temperature) for answer in answers]
    shared = set.intersection(*({guess.label for guess in guesses} for guesses in lists))
    firsts = [guesses[0].probability for guesses in lists]
    doubts = tuple(answer.doubt_bits(temperature) for answer in answers)
    return Agreement(len(shared), top_k, max(firsts) - min(firsts), doubts)


def shared_ranks(answers: tuple[Answer, ...], top_k: int = 5) -> dict[str, int]:
    """Give each class that stands in two or more lists a rank, 1 for the likeliest: the key of its colour."""
    best: dict[str, list[float]] = {}
    for answer in answers:
        for guess in answer.top(top_k):
            best.setdefault(guess.label, []).append(guess.probability)
    common = {label: sum(shares) for label, shares in best.items() if len(shares) > 1}
    return {label: rank for rank, label in enumerate(sorted(common, key=lambda name: -common[name]), start=1)}

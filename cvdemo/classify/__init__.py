"""What do a CNN and a ViT call this photo? Answers of 1 to 4 classifiers, side by side."""

from cvdemo.classify.result import (
    CHOSEN_LIMIT,
    Agreement,
    Answer,
    Classification,
    Guess,
    Missing,
    agreement,
    shared_ranks,
)
from cvdemo.classify.run import classify

__all__ = [
    "CHOSEN_LIMIT",
    "Agreement",
    "Answer",
    "Classification",
    "Guess",
    "Missing",
    "agreement",
    "classify",
    "shared_ranks",
]

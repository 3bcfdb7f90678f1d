"""SigLIP's words as numbers: its sentencepiece model and the rules of its training (big_vision, Zhai et al. 2023)."""

import re
import string
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PROMPT = "This is a photo of {}."  # the template of SigLIP's model card
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def canonical(text: str) -> str:
    """Return ``text`` as SigLIP read it in training: lower case, no punctuation, single spaces."""
    return re.sub(r"\s+", " ", text.lower().translate(_PUNCTUATION)).strip()


def tokenizer(file: Path, length: int) -> Callable[[tuple[str, ...]], NDArray[np.int64]]:
    """Return a function that turns labels into int64 (labels, ``length``): the prompt, its end mark, more end marks.

    transformers' own tokenizer needs protobuf as well and gives the same numbers.
    """
    from sentencepiece import SentencePieceProcessor

    pieces = SentencePieceProcessor(model_file=str(file))
    end = pieces.eos_id()

    def encode(labels: tuple[str, ...]) -> NDArray[np.int64]:
        rows = np.full((len(labels), length), end, np.int64)
        for row, label in zip(rows, labels, strict=True):
            numbers = pieces.encode(canonical(PROMPT.format(label)))[: length - 1]
            row[: len(numbers)] = numbers
        return rows

    return encode


def spelled(labels: tuple[str, ...]) -> NDArray[np.int64]:
    """Return some numbers for labels where there is no vocabulary: enough for random weights, meaningless as text."""
    rows = np.zeros((len(labels), 64), np.int64)
    for row, label in zip(rows, labels, strict=True):
        numbers = list(label.encode())[:64]
        row[: len(numbers)] = numbers
    return rows

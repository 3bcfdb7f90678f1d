"""Answers for a page that still starts, in a process beside it: what `cvdemo.ahead` asks. Run by the page only."""

import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from cvdemo import compute, starters
from cvdemo.classify import Answer, classify
from cvdemo.engines import background
from cvdemo.errors import CvDemoError
from cvdemo.pairs import opening_pair


def main() -> None:
    """Make the opening pair ready, look at the first starter photo, then answer (path, model) until nobody asks.

    Other models get no answer, and on a GPU nobody does: the page's own process wants its memory for itself.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    if compute.device() != "cpu":
        return
    background.end()  # the page's process converts for itself, and this one ends at any moment
    pair = opening_pair().names
    with suppress(CvDemoError):
        classify(starters.get(starters.best(starters.FIRST)).path, pair)
    with suppress(EOFError):
        _answer(sys.stdin.buffer, answers, pair)


def _answer(questions: BinaryIO, answers: BinaryIO, pair: tuple[str, ...]) -> None:
    while True:
        path, model = pickle.load(questions)
        pickle.dump(_said(path, model) if model in pair else None, answers)
        answers.flush()


def _said(path: Path, model: str) -> Answer | None:
    with suppress(CvDemoError):
        return classify(path, [model]).answers[0]
    return None


if __name__ == "__main__":
    main()

"""Sentences that a visitor shall read beside a result, told from deep inside the work."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

_told: ContextVar[list[str] | None] = ContextVar("told", default=None)


@contextlib.contextmanager
def gathered() -> Iterator[list[str]]:
    """Gather what is told in this thread inside the body, each sentence once."""
    sentences: list[str] = []
    token = _told.set(sentences)
    try:
        yield sentences
    finally:
        _told.reset(token)


def tell(sentence: str) -> None:
    """Tell the visitor for whom this thread works; nobody hears it where nobody gathers."""
    sentences = _told.get()
    if sentences is not None and sentence not in sentences:
        sentences.append(sentence)

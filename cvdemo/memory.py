"""When the device's memory is full: let go of everything the failed attempt held, then try what needs less.

The traceback of an error holds every frame of the attempt, and those hold its tensors. So nothing can be freed while
the error is handled (https://github.com/pytorch/pytorch/issues/27600): first the frames are cleared and the except
block is left, then the memory is given back, and only then comes the next attempt.
"""

import contextlib
import gc
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from cvdemo.errors import CvDemoError, ModelUnavailable
from cvdemo.notices import tell

T = TypeVar("T")

FULL = "This needs more memory than is free here right now. Try again in a minute, or choose a smaller model."


def is_full(error: BaseException) -> bool:
    """Whether an error says that RAM or the device's memory is full."""
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)


def first_that_fits(title: str, attempts: Sequence[tuple[Callable[[], T], str]]) -> T:
    """Return what the first attempt gives that fits into memory.

    Args:
        title: of the model, for the sentences.
        attempts: each with the sentence that the visitor is told when this attempt was needed; "" for the first.

    Raises:
        ModelUnavailable: none fits.
    """
    for attempt, sentence in attempts:
        with freeing() as outcome:
            result = attempt()
        if not outcome.full:
            if sentence:
                tell(sentence)
            return result
    raise ModelUnavailable(f"{title} needs more memory than is free here right now. Choose a smaller model.")


class Outcome:
    """Whether the body of `freeing` ran out of memory."""

    full = False


@contextlib.contextmanager
def freeing() -> Iterator[Outcome]:
    """Swallow a full memory in the body and give back what it held; other errors pass."""
    outcome = Outcome()
    try:
        yield outcome
    except Exception as error:
        if not is_full(error):
            raise
        _drop_frames(error)
        outcome.full = True
    if outcome.full:
        _give_back()


@contextlib.contextmanager
def told_when_full() -> Iterator[None]:
    """Turn a full memory in the body into a sentence for the visitor, with nothing of the attempt kept.

    Raises:
        CvDemoError: the memory was full.
    """
    with freeing() as outcome:
        yield
    if outcome.full:
        raise CvDemoError(FULL)


def _drop_frames(error: BaseException | None) -> None:
    """Clear the locals of the frames behind an error, and of those behind its causes."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)  # those that still run are left alone
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _give_back() -> None:
    """Collect what only cycles hold, and return the allocator's spare blocks to the device."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()

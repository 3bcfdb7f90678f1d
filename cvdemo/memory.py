"""When the device's memory is full: let go of everything the failed attempt held, then try what needs less.

The traceback of an error holds every frame of the attempt, and those hold its tensors. So nothing can be freed while
the error is handled (https://github.com/pytorch/pytorch/issues/27600): first the frames are cleared and the except
block is left, then the memory is given back, and only then comes the next attempt.
"""

import contextlib
import gc
import sys
import traceback
from collections.abc import Iterable, Iterator

from cvdemo.errors import CvDemoError, ModelUnavailable
from cvdemo.notices import tell

FULL = "This needs more memory than is free here right now. Try again in a minute, or choose a smaller model."


def is_full(error: BaseException) -> bool:
    """Whether an error says that RAM or the device's memory is full."""
    torch = sys.modules.get("torch")
    if isinstance(error, MemoryError) or (torch is not None and isinstance(error, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)


def attempts(title: str, sentences: Iterable[str]) -> "Iterator[freeing]":
    """Yield attempts, to be entered one after the other, until one has fitted into memory.

    The frame that enters them goes on, and with it its variables: keep no tensor in one.

    Args:
        title: of the model, for the sentence.
        sentences: what the visitor is told when that attempt was needed; "" for the first.

    Raises:
        ModelUnavailable: none has fitted.
    """
    for sentence in sentences:
        attempt = freeing()
        yield attempt
        if not attempt.full:
            if sentence:
                tell(sentence)
            return
    raise ModelUnavailable(f"{title} needs more memory than is free here right now. Choose a smaller model.")


class freeing:
    """Swallow a full memory in the body and give back what it held; ``full`` tells of it. Other errors pass."""

    def __init__(self) -> None:
        self.full = False

    def __enter__(self) -> "freeing":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception) or not is_full(error):
            return False
        self.full = True
        _drop_frames(error)
        del kind, error, trace
        _give_back()
        return True


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

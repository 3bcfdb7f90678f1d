"""Sentences that a visitor may read: each message says what happened and what to do next."""

import contextlib
import copy
from typing import TypeVar

E = TypeVar("E", bound=BaseException)


class CvDemoError(Exception):
    """Anything whose message is meant for the person in front of the page."""


class PhotoError(CvDemoError):
    """The uploaded file cannot be used as a picture."""


class SettingError(CvDemoError):
    """A setting is missing, out of range or of the wrong kind."""


class ModelUnavailable(CvDemoError):
    """A model cannot be had now; ``suggestion`` names one that can, if any."""

    def __init__(self, message: str, model: str | None = None, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.model = model
        self.suggestion = suggestion


def invalid_numbers(title: str, name: str) -> ModelUnavailable:
    """Return the error for a model whose answer holds what is no number."""
    return ModelUnavailable(f"{title} returned invalid numbers for this photo. Choose another model.", name)


class Busy(CvDemoError):
    """The machine has more to do than it can promise to finish."""


class Stopped(CvDemoError):
    """The visitor stopped the work."""


def anew(error: E) -> E:
    """Return ``error`` once more for another thread to raise: same type, message and fields, no traceback yet.

    One object raised in many threads collects the frames of them all, and with them all that those hold.
    """
    with contextlib.suppress(Exception):
        own = copy.copy(error)
        if type(own) is type(error) and str(own) == str(error):
            return own
    own = type(error).__new__(type(error), *error.args)  # its constructor takes something else than its message
    vars(own).update(vars(error))
    return own

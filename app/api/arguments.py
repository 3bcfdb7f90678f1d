"""What arrives from outside, checked: Gradio does not enforce JSON types, and hands file paths over unchecked."""

from pathlib import Path
from typing import Any

from app.uploads import uploaded
from cvdemo.errors import SettingError
from cvdemo.pairs import opening_pair

PAIR = list(opening_pair().names)  # when the page starts: an endpoint's defaults are written down then

LARGEST = 10**15


def photo(value: Any) -> Path:
    """Return the uploaded file that a file argument names: Gradio hands over file data or a bare text, unchecked."""
    return uploaded(value.get("path") if isinstance(value, dict) else value)


def names(value: Any) -> tuple[str, ...]:
    """Return a list of model names; Gradio does not check JSON types.

    Raises:
        SettingError: it is no list of texts.
    """
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise SettingError('models must be a list of names, such as ["mini_resnet", "mini_vit"].')
    return tuple(value)


def text(value: Any, name: str, example: str) -> str:
    """Return a text argument.

    Raises:
        SettingError: it is none.
    """
    if not isinstance(value, str):
        raise SettingError(f"{name} must be a name, such as {example}.")
    return value


def is_number(value: Any) -> bool:
    """Whether this is a number that can be worked with: ``true``, NaN and an integer of 400 digits are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def whole(value: Any, name: str, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``.

    Raises:
        SettingError: it is none; ``true`` and NaN are none either.
    """
    if not is_number(value) or value != int(value) or not low <= value <= high:
        raise SettingError(f"{name} must be a whole number from {low} to {high}.")
    return int(value)


def flag(value: Any, name: str) -> bool:
    """Return a yes or no.

    Raises:
        SettingError: it is none; 0 and "false" are none either.
    """
    if not isinstance(value, bool):
        raise SettingError(f"{name} must be true or false.")
    return value


def labels_from(value: Any) -> tuple[str, ...]:
    """Return the visitor's own classes, at most 20 of 80 characters; None means none.

    Raises:
        SettingError: it is no such list.
    """
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value) or len(value) > 20:
        raise SettingError('labels must be a list of at most 20 names, such as ["a cat", "a dog"].')
    return tuple(one.strip()[:80] for one in value)

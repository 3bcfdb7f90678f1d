"""What was measured before and lies beside the page: a step can tell it under its why, with machine and day."""

from collections.abc import Callable

from cvdemo.classify import data_curve

Finding = tuple[str, str]
"""The sentence, and where and when it was measured."""


def few_photos() -> Finding | None:
    """Return how the small pair trained on few and on many photos compares, where that lies beside the page."""
    found = data_curve.stored()
    return (data_curve.answer(found), f"{found.machine}, {found.date}") if found else None


FINDINGS: dict[str, Callable[[], Finding | None]] = {"few_photos": few_photos}

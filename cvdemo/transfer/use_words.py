"""The sentences about a photo that a taught head has named."""

from collections.abc import Sequence

from cvdemo.transfer.use import Said
from cvdemo.wording import COUNTS, called, percent

USE_TITLE = "Use it"
USE_HINT = "on your photo, and live"


def named(said: Sequence[Said], classes: Sequence[str]) -> str:
    """Return what each backbone calls the photo, and how likely it thinks that is."""
    names = called(said)
    told = [
        f"{name} says {classes[one.best]} ({percent(one.shares[one.best])})"
        for name, one in zip(names, said, strict=True)
    ]
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def must(classes: Sequence[str]) -> str:
    """Return the warning that a classifier knows nothing but its classes."""
    return f"It must answer with one of the {COUNTS[len(classes)].lower()}, whatever you show."


def others(count: int) -> str:
    """Return what stands beside the sum of all classes that are not shown."""
    return f"{count} other{'' if count == 1 else 's'}"

"""How the page writes numbers (three figures, a unit, a space that does not break), and how it calls models."""

from collections.abc import Iterable
from typing import Protocol

NBSP = "\u00a0"
FAMILY_TITLES = {"cnn": "CNN", "vit": "ViT", "hybrid": "Hybrid", "classical": "Classical"}
FAMILY_WORDS = {"cnn": "CNN", "vit": "ViT", "hybrid": "hybrid", "classical": "classical detector"}


COUNTS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


class Named(Protocol):
    """A model, or what was found of one."""

    @property
    def title(self) -> str: ...

    @property
    def family(self) -> str: ...


def called(models: Iterable[Named]) -> list[str]:
    """Return ``the CNN`` and ``the ViT`` for two models of different families, else their titles."""
    rows = list(models)
    clear = len(rows) == 2 and rows[0].family != rows[1].family
    return [f"the {FAMILY_WORDS[one.family]}" if clear else one.title for one in rows]


def percent(share: float) -> str:
    """Return a share of 1 as ``95.6 %``."""
    return f"{100 * share:.1f}{NBSP}%"


def points(share: float) -> str:
    """Return a difference of two shares as ``37.6 points``."""
    return f"{100 * abs(share):.1f}{NBSP}points"


def figures3(value: float) -> str:
    """Return ``value`` with three figures, as people write them: ``4.09``, ``30.9``, ``129``, ``1,080``."""
    if value >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def setting(value: float, decimals: int = 2) -> str:
    """Return a number that somebody chose, never rounded: ``0.45``, ``0.455``; what was compared with it stays true."""
    shown = f"{value:.{decimals}f}"
    return shown if float(shown) == value else f"{value:.9g}"


def milliseconds(value: float) -> str:
    """Return a time in ms as ``30.9 ms``."""
    return f"{figures3(value)}{NBSP}ms"


def scaled(count: float) -> str:
    """Return a large count as ``25.6 M`` or ``4.09 G``; below a thousand as it is."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if count >= size * 0.9995:
            return f"{figures3(count / size)}{NBSP}{unit}"
    return f"{count:.0f}"


def megabytes(count: int) -> str:
    """Return a number of bytes as ``98 MB`` or ``4.0 GB``."""
    if count >= 999.5e6:
        return f"{count / 1e9:.1f}{NBSP}GB"
    return f"{count / 1e6:.0f}{NBSP}MB" if count >= 9.5e6 else f"{count / 1e6:.1f}{NBSP}MB"


def listed(parts: list[str], joint: str = "and") -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def in_line(place: int) -> str:
    """Return what is said while somebody else trains."""
    others = "One training is" if place == 1 else f"{place} trainings are"
    return f"{others} before yours. One runs at a time."


def left(seconds: float) -> str:
    """Return a time that is left, roughly: ``about 6 s``, ``about 3 minutes``."""
    return f"about {max(1, round(seconds))}{NBSP}s" if seconds < 90 else f"about {round(seconds / 60)} minutes"

"""What a visitor may do to the network that is shown."""

from dataclasses import dataclass
from typing import Any

from cvdemo import settings
from cvdemo.errors import SettingError
from cvdemo.settings import custom, flag
from cvdemo.surgery.plain import Operation

MOST_NAMES, LONGEST = 200, 120  # more blocks, or longer paths, has no model of the catalogue


def _names(value: Any) -> tuple[str, ...]:
    """Return names of blocks, each once, in the order of the alphabet."""
    rows = list(value) if isinstance(value, list | tuple) else None
    if rows is None or len(rows) > MOST_NAMES or not all(isinstance(one, str) and len(one) <= LONGEST for one in rows):
        raise SettingError("Blocks are given by their names, as a list.")
    return tuple(sorted(set(rows)))


@dataclass(frozen=True)
class Switches(settings.Settings):
    """Blocks whose branch is off, whose skip is cut, and modules that change places with the one after them.

    Args:
        several: whether the curve without several blocks at random is wanted.
    """

    off: tuple[str, ...] = custom((), _names, link="")
    cut: tuple[str, ...] = custom((), _names, link="")
    swapped: tuple[str, ...] = custom((), _names, link="")
    several: bool = flag(False, "curve", link="several")

    def operation(self) -> Operation:
        """Return what is done."""
        return Operation(frozenset(self.off), frozenset(self.cut), frozenset(self.swapped))

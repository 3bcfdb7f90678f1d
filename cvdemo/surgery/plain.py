"""Blocks of a network and what is done to them, as plain values: known without a network, and to the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from cvdemo.errors import SettingError

Shortcut = Literal["identity", "projection"]
NO_SHORTCUT: Final = "It has no shortcut: it changes width or size, and nothing is added to what it gives."


@dataclass(frozen=True)
class Block:
    """One branch of a network, as plain values.

    Args:
        name: the module's path, and for transformers the branch: ``layer2.0``, ``blocks.3.attn``.
        label: what people call it: ``stage 2 of 4, block 1 of 2``, ``block 4 of 12, attention``.
        module: the module's path.
        shortcut: None where there is none, so the branch cannot be left out.
        swaps: whether its module can change places with the one after it.
    """

    name: str
    label: str
    module: str
    shortcut: Shortcut | None
    swaps: bool

    @property
    def droppable(self) -> bool:
        """Whether something is left when the branch goes."""
        return self.shortcut is not None

    @property
    def reason(self) -> str:
        """Why the branch cannot be left out, or ""."""
        return "" if self.droppable else NO_SHORTCUT


@dataclass(frozen=True)
class Operation:
    """What is done to a network.

    Args:
        dropped: names of the blocks whose branch is left out: the shortcut stays.
        cut: names of the blocks whose shortcut is cut: the branch stands alone. Both: nothing but zeros passes.
        swapped: paths of the modules that change places with the one after them.
    """

    dropped: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()
    swapped: frozenset[str] = frozenset()


NOTHING = Operation()


def check(blocks: Sequence[Block], operation: Operation) -> None:
    """Refuse what cannot be done to a network with ``blocks``.

    Raises:
        SettingError: an unknown block, one without a shortcut, or neighbours that do not fit into each other's place.
    """
    known = {block.name: block for block in blocks}
    for name in sorted(operation.dropped | operation.cut):
        if name not in known:
            raise SettingError(f"There is no block {name[:60]!r} here. Choose one that is drawn.")
        if not known[name].droppable:
            raise SettingError(f"Block {name} cannot be switched. {known[name].reason}")
    swapping = {block.module for block in blocks if block.swaps}
    order = list(dict.fromkeys(block.module for block in blocks))
    places = [order.index(path) for path in operation.swapped if path in swapping]
    if len(places) < len(operation.swapped):
        raise SettingError("Only neighbours of one stage with the same size can change places. Choose others.")
    if any(place + 1 in places for place in places):
        raise SettingError("A block can change places with one neighbour only. Swap one pair less.")

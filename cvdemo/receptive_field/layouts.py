"""Where the rows and columns of a map stand among a tensor's dimensions, through permutations and reshapes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cvdemo.receptive_field.graph import Pair


@dataclass(frozen=True)
class Map:
    """Rows and columns are dimensions of their own."""

    rows: int
    columns: int

    def moved(self, where: dict[int, int]) -> "Map | None":
        """Return the layout after old dimension d became ``where[d]``; None when one of ours is gone."""
        if self.rows not in where or self.columns not in where:
            return None
        return Map(where[self.rows], where[self.columns])

    def dimensions(self) -> tuple[int, ...]:
        """Return the dimensions along which units lie."""
        return self.rows, self.columns


@dataclass(frozen=True)
class Tokens:
    """Units lie in one dimension, row after row, behind ``prefix`` tokens that belong to no place."""

    dimension: int
    grid: Pair
    prefix: int = 0

    def moved(self, where: dict[int, int]) -> "Tokens | None":
        """Return the layout after old dimension d became ``where[d]``; None when ours is gone."""
        return replace(self, dimension=where[self.dimension]) if self.dimension in where else None

    def dimensions(self) -> tuple[int, ...]:
        """Return the dimension along which units lie."""
        return (self.dimension,)


Layout = Map | Tokens


def grid(layout: Layout, shape: Sequence[int]) -> Pair:
    """Return the rows and columns of a tensor of ``shape``."""
    return (shape[layout.rows], shape[layout.columns]) if isinstance(layout, Map) else layout.grid


def reshaped(layout: Layout, old: Sequence[int], new: Sequence[int]) -> Layout | None:
    """Return the layout after a reshape; None when units were mixed with anything else."""
    pairs = _matched(old, new)
    if isinstance(layout, Map):
        return _map_reshaped(layout, old, pairs)
    for before, after in pairs:
        if layout.dimension not in before:
            continue
        if len(before) == len(after) == 1:
            return replace(layout, dimension=after[0])
        apart = len(before) == 1 and len(after) == 2 and not layout.prefix
        if apart and tuple(new[dim] for dim in after) == layout.grid:
            return Map(*after)
    return None


def _map_reshaped(layout: Map, old: Sequence[int], pairs: list[tuple[list[int], list[int]]]) -> Layout | None:
    where: dict[int, int] = {}
    for before, after in pairs:
        if len(before) == len(after) == 1:
            where[before[0]] = after[0]
        elif before == [layout.rows, layout.columns] and len(after) == 1:
            return Tokens(after[0], (old[layout.rows], old[layout.columns]))
    return layout.moved(where)


def _matched(old: Sequence[int], new: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Return the smallest groups of neighbouring dimensions, old and new, that hold equally many numbers."""
    pairs: list[tuple[list[int], list[int]]] = []
    here = there = 0
    while here < len(old) and there < len(new):
        before, after = [here], [there]
        product, target = old[here], new[there]
        here, there = here + 1, there + 1
        while product != target:
            if product < target:
                before.append(here)
                product, here = product * old[here], here + 1
            else:
                after.append(there)
                target, there = target * new[there], there + 1
        pairs.append((before, after))
    return pairs

"""Runs a network with branches left out, skips cut or neighbours swapped, and gives it back as it was.

Many operations on one photo share what they have in common. The photo goes through the network once; where two
operations part, its row becomes two, so that what stands before the first difference is computed once, and what
follows runs as one batch. Nothing of the network changes but who answers for its blocks: an attribute of each, taken
away again in ``finally``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from cvdemo.surgery.blocks import Sum, blocks_of, sums_of
from cvdemo.surgery.plain import Operation, check


@dataclass
class Rows:
    """Which operations each row of the batch stands for.

    Args:
        now: numbers of operations, a row each; each operation stands in one row.
    """

    operations: Sequence[Operation]
    sources: Sequence[dict[str, str]]
    modules: dict[str, nn.Module]
    now: list[tuple[int, ...]] = field(default_factory=list)

    def of(self) -> list[int]:
        """Return the row of each operation."""
        return [next(row for row, here in enumerate(self.now) if one in here) for one in range(len(self.operations))]

    def through(self, path: str, first: bool, x: Tensor, *_more: Any, **_named: Any) -> Tensor:
        """Return what the block at ``path`` gives to each row, with a new row where operations part."""
        if first:
            self.now = [tuple(range(len(self.operations)))]
        taken = self._parted(lambda one: self.sources[one].get(path, path))
        outs, rows = [], []
        for source in dict.fromkeys(way for _, way, _ in taken):
            mine = [(row, here) for row, way, here in taken if way == source]
            out, after = self._sums(source, _picked(x, [row for row, _ in mine]), [here for _, here in mine])
            outs.append(out)
            rows += after
        self.now = rows
        return outs[0] if len(outs) == 1 else torch.cat(outs)

    def _sums(self, path: str, x: Tensor, rows: list[tuple[int, ...]]) -> tuple[Tensor, list[tuple[int, ...]]]:
        module = self.modules[path]
        for one in sums_of(module):
            name = f"{path}.{one.suffix}" if one.suffix else path
            self.now = rows
            taken = self._parted(lambda number, name=name: self._kept(number, name))
            x, rows = _summed(one, module, x, taken)
        return x, rows

    def _kept(self, number: int, name: str) -> tuple[bool, bool]:
        """Return whether shortcut and branch of a block stay, under one operation."""
        return name not in self.operations[number].cut, name not in self.operations[number].dropped

    def _parted(self, way: Any) -> list[tuple[int, Any, tuple[int, ...]]]:
        """Return (row, way, operations that go it) for each row, as ``way`` tells of an operation."""
        found = []
        for row, here in enumerate(self.now):
            ways = [way(one) for one in here]
            for wanted in dict.fromkeys(ways):
                found.append((row, wanted, tuple(one for one, own in zip(here, ways, strict=True) if own == wanted)))
        return found


def _summed(
    one: Sum, module: nn.Module, x: Tensor, taken: list[tuple[int, tuple[bool, bool], tuple[int, ...]]]
) -> tuple[Tensor, list[tuple[int, ...]]]:
    """Return the new rows of a sum and what they stand for; each part is computed only for the rows that need it."""
    if not one.adds(module):
        return one.join(module, one.branch(module, x)), [here for _, _, here in taken]
    skipping = sorted({row for row, (skip, _), _ in taken if skip})
    branching = sorted({row for row, (_, branch), _ in taken if branch})
    shortcut = one.shortcut(module, _picked(x, skipping)) if skipping else None
    branch = one.branch(module, _picked(x, branching)) if branching else None
    outs, rows = [], []
    for kept in dict.fromkeys(way for _, way, _ in taken):
        mine = [row for row, way, _ in taken if way == kept]
        left = None if shortcut is None else _picked(shortcut, [skipping.index(row) for row in mine if kept[0]])
        right = None if branch is None else _picked(branch, [branching.index(row) for row in mine if kept[1]])
        outs.append(_added(one, module, left if kept[0] else None, right if kept[1] else None, _picked(x, mine)))
        rows += [here for _, way, here in taken if way == kept]
    whole = outs[0] if len(outs) == 1 else torch.cat(outs)
    return one.join(module, whole), rows


def _added(one: Sum, module: nn.Module, shortcut: Tensor | None, branch: Tensor | None, x: Tensor) -> Tensor:
    if shortcut is not None and branch is not None:
        return shortcut + branch
    if shortcut is None and branch is None:
        return torch.zeros_like(one.shortcut(module, x))
    alone = shortcut if branch is None else branch
    assert alone is not None
    return alone.clone()  # what follows may work in place, and others hold the tensor


def _picked(x: Tensor, rows: list[int]) -> Tensor:
    return x if rows == list(range(len(x))) else x[rows]


@contextmanager
def operated(network: nn.Module, operations: Sequence[Operation]) -> Iterator[Rows]:
    """Let ``network`` answer one picture (1, 3, h, w) under all ``operations`` at once, a row or less for each.

    Only for whoever has borrowed the network. Afterwards it is as it was, whatever happened inside.

    Raises:
        SettingError: see `check`.
    """
    blocks = blocks_of(network)
    for one in operations:
        check(blocks, one)
    paths = list(dict.fromkeys(block.module for block in blocks))
    modules = {path: network.get_submodule(path) for path in paths}
    rows = Rows(operations, [_sources(paths, one) for one in operations], modules)
    before = {path: vars(module)["forward"] for path, module in modules.items() if "forward" in vars(module)}
    try:
        for path, module in modules.items():
            vars(module)["forward"] = partial(rows.through, path, path == paths[0])
        yield rows
    finally:
        for path, module in modules.items():
            vars(module).pop("forward", None)
            if path in before:
                vars(module)["forward"] = before[path]


def _sources(paths: list[str], operation: Operation) -> dict[str, str]:
    """Return which module works in whose place, for those that change places."""
    found = {}
    for path in operation.swapped:
        after = paths[paths.index(path) + 1]
        found[path], found[after] = after, path
    return found

"""Gathers those who wait for the same work, so that one of them does it for all: what a GPU is good at.

Nobody waits for company: who comes first begins at once, and takes along who has come by the time that its turn comes.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cvdemo.errors import Stopped

LOOK_S = 0.25

R = TypeVar("R")
Take = Callable[[], NDArray[np.float32]]


@dataclass(eq=False)
class _Waiter(Generic[R]):
    """What one visitor waits for."""

    array: NDArray[np.float32]
    alone: bool = False  # its batch failed: now it is served by itself
    taken: bool = False
    done: bool = False
    gone: bool = False
    results: list[R] = field(default_factory=list)


@dataclass(eq=False)
class _Group(Generic[R]):
    waiting: list[_Waiter[R]] = field(default_factory=list)
    led: bool = False


class Gatherer(Generic[R]):
    """Lets one of those who wait with the same key run the batch of all.

    Args:
        most: arrays in one batch.
        limit_bytes: of all arrays in one batch; a single one may be larger.
    """

    def __init__(self, most: int, limit_bytes: int) -> None:
        self.most, self.limit_bytes = most, limit_bytes
        self._groups: dict[Hashable, _Group[R]] = {}
        self._changed = threading.Condition()

    def ask(
        self,
        key: Hashable,
        array: NDArray[np.float32],
        serve: Callable[[Take], Sequence[R]],
        check: Callable[[], None] = lambda: None,
    ) -> R:
        """Return the result for ``array``, worked out in this thread or in that of another who waited with ``key``.

        Args:
            key: what batches together: the model, and the shape of ``array`` without its first axis.
            array: (1, ...).
            serve: gets ready (a model, a turn), calls what it is given once for the batch, (N, ...), and returns N
                results in its order.
            check: called four times a second while another one works; may raise to leave.

        Raises:
            BaseException: whatever ``serve`` raised for this array alone, or ``check``.
        """
        mine: _Waiter[R] = _Waiter(array)
        with self._changed:
            group = self._groups.setdefault(key, _Group())
            group.waiting.append(mine)
        try:
            while not self._served(group, mine, check):
                self._lead(group, mine, serve)
        finally:
            with self._changed:
                mine.gone = True
                if mine in group.waiting:
                    group.waiting.remove(mine)
                if not group.waiting and not group.led and self._groups.get(key) is group:
                    del self._groups[key]
        return mine.results[0]

    def waiting(self) -> int:
        """Return how many wait to be taken."""
        with self._changed:
            return sum(len(group.waiting) for group in self._groups.values())

    def _served(self, group: _Group[R], mine: _Waiter[R], check: Callable[[], None]) -> bool:
        """Wait; return True once the result is there, False when this thread is to lead."""
        while True:
            with self._changed:
                if mine.done:
                    return True
                if not group.led and not mine.taken:
                    group.led = True
                    return False
                self._changed.wait(LOOK_S)
            check()

    def _lead(self, group: _Group[R], mine: _Waiter[R], serve: Callable[[Take], Sequence[R]]) -> None:
        batch: list[_Waiter[R]] = []

        def take() -> NDArray[np.float32]:
            with self._changed:
                batch.extend(self._company(group, mine))
                for one in batch:
                    group.waiting.remove(one)
                    one.taken = True
            return np.concatenate([one.array for one in batch])

        try:
            for one, result in zip(batch, serve(take), strict=True):
                one.results.append(result)
                one.done = True
        except BaseException as error:
            with self._changed:
                self._put_back(group, batch, mine, isinstance(error, Exception) and not isinstance(error, Stopped))
            if len(batch) < 2 or not isinstance(error, Exception) or isinstance(error, Stopped):
                raise
        finally:
            with self._changed:
                group.led = False
                self._changed.notify_all()

    def _company(self, group: _Group[R], mine: _Waiter[R]) -> list[_Waiter[R]]:
        """Return who comes along: this one first, then the others in the order in which they came."""
        found, held = [mine], mine.array.nbytes
        for one in [] if mine.alone else group.waiting:
            if one is mine or one.alone:
                continue
            held += one.array.nbytes
            if len(found) == self.most or held > self.limit_bytes:
                break
            found.append(one)
        return found

    def _put_back(self, group: _Group[R], batch: list[_Waiter[R]], mine: _Waiter[R], failed: bool) -> None:
        """Let everybody of a batch that came to nothing wait again; where it failed, each one for itself."""
        for one in batch:
            one.taken, one.done = False, False
            one.results.clear()
            one.alone = failed
        back = [one for one in batch if one is not mine or (failed and len(batch) > 1)]
        group.waiting[:0] = [one for one in back if not one.gone]

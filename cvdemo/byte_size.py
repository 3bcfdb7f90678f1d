"""How many bytes a result keeps alive: what the store of results is bounded by."""

import dataclasses
import sys
from collections import deque
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, Final

import numpy as np

_FREE: Final = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)  # there with or without the result
_PLAIN: Final = frozenset((str, bytes, int, float, complex, bool, type(None)))  # consist of nothing else
_ROWS: Final = (tuple, list, set, frozenset, deque)
_staying: Final[dict[int, object]] = {}


def stays(value: object) -> None:
    """Count ``value``, and what it consists of, in no result from now on: it is kept for good, whoever refers to it."""
    _staying[id(value)] = value


def size_of(value: object) -> int:
    """Return the bytes that ``value`` keeps alive, each shared part once.

    Arrays count by their data; a view by all of the array that it looks into. Dicts, sequences and objects count with
    their contents, among them what a ``cached_property`` has left in an object by now.
    """
    total, seen, left = 0, set[int](), [value]
    while left:
        one = left.pop()
        place, size, parts = _measured(one)
        if place not in seen:
            seen.add(place)
            total += size
            left.extend(parts)
    return total


def _measured(one: Any) -> tuple[int, int, Iterable[object]]:
    """Return what tells ``one`` from others, its own bytes, and what else it keeps."""
    if type(one) in _PLAIN:
        return id(one), sys.getsizeof(one), ()
    if isinstance(one, _FREE) or id(one) in _staying:
        return id(one), 0, ()
    if isinstance(one, np.ndarray):
        while isinstance(one.base, np.ndarray):
            one = one.base
        held = isinstance(one.base, bytes | bytearray | memoryview) or hasattr(one.base, "untyped_storage")
        if held:  # a view of what is no array
            return id(one), 0, (one.base,)
        return id(one), one.nbytes, one.ravel().tolist() if one.dtype.hasobject else ()
    if hasattr(one, "untyped_storage"):  # a tensor
        storage = one.untyped_storage()
        return storage.data_ptr(), storage.nbytes(), ()
    return id(one), sys.getsizeof(one), _parts(one)


def _parts(one: object) -> Iterable[object]:
    """Return what ``one`` consists of, copied: another thread may add a cached property meanwhile."""
    if isinstance(one, dict):
        return [*one.keys(), *one.values()]
    if isinstance(one, _ROWS):
        return list(one)
    if isinstance(one, memoryview):
        return (one.obj,)
    if hasattr(one, "__dict__"):
        return list(vars(one).values())
    if dataclasses.is_dataclass(one):  # with slots
        return [getattr(one, field.name) for field in dataclasses.fields(one)]
    return ()

"""Counts what one run costs without running it: multiply-adds, activations and the peak of memory."""

import functools
import weakref
from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from cvdemo.catalogue import get
from cvdemo.errors import SettingError
from cvdemo.latency.copy import nearest_side, sized_copy
from cvdemo.loading import build
from cvdemo.multiply_adds import MultiplyAdds

WRITERS = ("convolution", "addmm", "mm", "bmm", "baddbmm", "linear")


@dataclass(frozen=True)
class Counts:
    """What one photo costs.

    Args:
        side: of the photo that the model takes, in pixels.
        activation_count: numbers that convolutions and matrix products write (as in Radosavovic et al. 2020).
        weight_bytes, working_bytes: of the weights, and of what lives at once beside them at the worst moment.
    """

    side: int
    parameter_count: int
    multiply_adds: int
    activation_count: int
    weight_bytes: int
    working_bytes: int


@functools.lru_cache(maxsize=16)
def _skeleton(model: str) -> nn.Module:
    """Return the architecture on torch's meta device: it has shapes and no numbers."""
    with torch.device("meta"):
        return build(get(model), None).network.eval()


@functools.lru_cache(maxsize=256)
def count(model: str, side: int) -> Counts:
    """Return the costs of one photo of about ``side`` pixels; takes no memory, whatever the size.

    Raises:
        SettingError: the model cannot take such photos.
    """
    skeleton = _skeleton(model)
    fitting = nearest_side(skeleton, side)
    network = sized_copy(skeleton, fitting)
    parameters = sum(one.numel() for one in network.parameters())
    weight_bytes = sum(one.numel() * one.element_size() for one in {*network.parameters(), *network.buffers()})
    photo = torch.empty((1, 3, fitting, fitting), device="meta")
    storages, attention = _LiveStorages(), _Attention()
    try:
        with torch.no_grad(), MultiplyAdds() as counted, storages, attention:
            network(photo)
    except (RuntimeError, AssertionError) as error:
        raise SettingError(
            f"{get(model).title} cannot look at pictures of {fitting} pixels: its maps would shrink to nothing. "
            "Choose a larger input size."
        ) from error
    multiply_adds = counted.total + attention.multiply_adds
    activations = storages.written + attention.written
    return Counts(fitting, parameters, multiply_adds, activations, weight_bytes, storages.peak + photo.nbytes)


class _Attention(TorchFunctionMode):
    """Stands in for fused attention, which never keeps the matrix of all pairs in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.multiply_adds = self.written = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is not functional.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        asked = dict(zip(("query", "key", "value"), args, strict=False)) | (kwargs or {})
        query, key, value = asked["query"], asked["key"], asked["value"]
        answer = query.new_empty((*query.shape[:-1], value.shape[-1]))
        self.multiply_adds += query.numel() * key.shape[-2] + answer.numel() * key.shape[-2]
        self.written += query.numel() // query.shape[-1] * key.shape[-2] + answer.numel()
        return answer


class _LiveStorages(TorchDispatchMode):
    """Books which storages live at once, and what the heavy operations write."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = self.written = 0
        self._bytes: dict[int, int] = {}
        self._users: Counter[int] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        known = {id(one) for one in tree_leaves((args, kwargs)) if isinstance(one, Tensor)}
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor) and id(tensor) not in known:
                self._book(tensor)
                if func.overloadpacket.__name__ in WRITERS:
                    self.written += tensor.numel()
        return result

    def _book(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        place = storage._cdata
        self._users[place] += 1
        self._bytes[place] = storage.nbytes()
        self.peak = max(self.peak, sum(self._bytes.values()))
        weakref.finalize(tensor, self._release, place).atexit = False

    def _release(self, place: int) -> None:
        self._users[place] -= 1
        if not self._users[place]:
            del self._users[place], self._bytes[place]

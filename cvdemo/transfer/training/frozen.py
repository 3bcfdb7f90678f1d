"""What the frozen layers at the start of a network say of a photo: the same at every step, so it is computed once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cvdemo import compute
from cvdemo.transfer.training.pixels import Places

SHARE = 4  # of the memory that is free, one part in so many may be kept


class FrozenStart:
    """The layers that run before the first one that learns, and what the last of them gave for each photo.

    From what was kept a network goes on where those layers end: they are passed over, each with a stand-in of the shape
    that it had, so what a network does between them is done to nothing and costs next to nothing.

    Only for photos that are the same at each step, and layers whose answer for one does not depend on the others.
    """

    def __init__(self, network: nn.Module, entry: Tensor, photos: int) -> None:
        """Find the start by two passes of ``entry``, (n, 3, h, w); there is none where those do not agree.

        Args:
            photos: how many there are; what is kept of all must find room.
        """
        self._network = network
        self._shapes: list[tuple[nn.Module, torch.Size]] = []
        self._kept: dict[int, Tensor] = {}
        with torch.inference_mode():
            whole = self._watched(entry)
            if not self._shapes or photos * self._last_bytes(entry) > compute.free_bytes() / SHARE:
                self._shapes = []
                return
            try:
                with self._passed_over(self._until_the_last(entry)):
                    again = network(entry.new_zeros(1).expand(entry.shape))
            except RuntimeError:  # it writes into what stands in
                again = torch.full_like(whole, torch.nan)
        if not torch.allclose(whole, again, rtol=1e-3, atol=1e-4):
            self._shapes = []

    def __bool__(self) -> bool:
        """Whether there is such a start."""
        return bool(self._shapes)

    def logits(self, places: Places, entry: Callable[[Places], Tensor]) -> Tensor:
        """Return the network's answer to photos, (n, classes), with gradients where layers learn.

        Args:
            entry: what it takes, (n, 3, h, w), of the photos at some of these places: those that were not seen before.
        """
        new = np.array([place for place in places if int(place) not in self._kept], np.intp)
        if len(new):
            with torch.no_grad():
                self._kept.update(zip(map(int, new), self._until_the_last(entry(new)), strict=True))
        kept = torch.stack([self._kept[int(place)] for place in places])
        with self._passed_over(kept):
            return self._network(kept.new_zeros(1).expand(len(places), *self._entry_shape))

    def _watched(self, entry: Tensor) -> Tensor:
        """Run the network on ``entry``; take down the frozen layers that run before one that learns."""
        self._entry_shape, learning, hooks = entry.shape[1:], False, []
        seen: list[tuple[nn.Module, Any]] = []

        def ran(module: nn.Module, _given: Any, gave: Any) -> None:
            if not learning:
                seen.append((module, gave))

        def learns(_module: nn.Module, _given: Any) -> None:
            nonlocal learning
            learning = True

        for module in _outermost_frozen(self._network):
            hooks.append(module.register_forward_hook(ran))
        for module in self._network.modules():
            if any(parameter.requires_grad for parameter in module.parameters(recurse=False)):
                hooks.append(module.register_forward_pre_hook(learns))
        try:
            answer = self._network(entry)
        finally:
            for hook in hooks:
                hook.remove()
        once = len({id(module) for module, _ in seen}) == len(seen)
        if once and all(isinstance(gave, Tensor) and len(gave) == len(entry) for _, gave in seen):
            self._shapes = [(module, gave.shape[1:]) for module, gave in seen]
        return answer

    def _last_bytes(self, entry: Tensor) -> int:
        return self._shapes[-1][1].numel() * entry.element_size()

    def _until_the_last(self, entry: Tensor) -> Tensor:
        """Return what the last of the frozen layers gives, and run none behind it."""

        def reached(_module: nn.Module, _given: Any, gave: Tensor) -> None:
            raise _Reached(gave)

        hook = self._shapes[-1][0].register_forward_hook(reached)
        try:
            self._network(entry)
        except _Reached as end:
            return end.gave
        finally:
            hook.remove()
        raise RuntimeError("the last of the frozen layers did not run")

    @contextmanager
    def _passed_over(self, kept: Tensor) -> Iterator[None]:
        """Let the frozen layers give stand-ins, and the last one what was kept."""
        gives = [kept.new_zeros(1).expand(len(kept), *shape) for _, shape in self._shapes[:-1]] + [kept]
        try:
            for (module, _), gave in zip(self._shapes, gives, strict=True):
                module.forward = lambda *_args, gave=gave, **_named: gave
            yield
        finally:
            for module, _ in self._shapes:
                vars(module).pop("forward", None)


class _Reached(Exception):
    def __init__(self, gave: Tensor) -> None:
        super().__init__()
        self.gave = gave


def _outermost_frozen(module: nn.Module) -> Iterator[nn.Module]:
    """Yield the largest parts in which nothing learns."""
    for part in module.children():
        if any(parameter.requires_grad for parameter in part.parameters()):
            yield from _outermost_frozen(part)
        else:
            yield part

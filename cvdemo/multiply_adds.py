"""Counts multiply-adds with torch's own counter, and leaves the models of other threads alone meanwhile."""

from types import TracebackType
from typing import Self

from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.hooks import RemovableHandle


class MultiplyAdds:
    """A context in which this thread's multiply-adds are counted, as a whole and, given a ``network``, by module.

    torch's counter hooks every module of the process to know which one runs. Those hooks also run, and fail, in a
    backward pass of another thread (`torch.utils.module_tracker` says that it assumes one at a time), so here only
    the modules of ``network`` are hooked: nobody else may run it meanwhile.

    Args:
        network: whose modules are told apart in `of`.
    """

    def __init__(self, network: nn.Module | None = None) -> None:
        self._counter = FlopCounterMode(display=False)
        self._counter.mod_tracker = _Running(network)  # type: ignore[assignment]

    def __enter__(self) -> Self:
        self._counter.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._counter.__exit__(kind, error, trace)

    @property
    def total(self) -> int:
        """How many there were: a multiply-add is two floating-point operations."""
        return self._counter.get_total_flops() // 2

    def of(self, module: str) -> int:
        """Return those of a module of the network by its name in ``named_modules``, with all that is inside it."""
        return sum(self._counter.flop_counts.get(module, {}).values()) // 2


class _Running:
    """Says which modules run, as `torch.utils.module_tracker.ModuleTracker` does."""

    def __init__(self, network: nn.Module | None) -> None:
        self.parents = {"Global"}
        self._network = network
        self._hooks: list[RemovableHandle] = []

    def __enter__(self) -> None:
        for name, module in self._network.named_modules() if self._network is not None else ():
            self._hooks.append(module.register_forward_pre_hook(lambda *_, name=name: self.parents.add(name)))
            self._hooks.append(module.register_forward_hook(lambda *_, name=name: self.parents.discard(name)))

    def __exit__(self) -> None:
        while self._hooks:
            self._hooks.pop().remove()

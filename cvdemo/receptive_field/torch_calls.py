"""From a network to its layer graph: run it once without numbers and note which tensor came from which."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cvdemo.receptive_field.graph import Node, Pair
from cvdemo.receptive_field.layouts import Layout, grid

Shapes = dict[int, tuple[int, ...]]
"""The shapes of a call's tensors as they were before it, by id."""


@dataclass(frozen=True)
class Traced:
    """What is known of one tensor: the node that made it, and where its rows and columns lie.

    Args:
        layout: None where the tensor is no map.
        pooled: it came out of pooling over the whole map: multiplying a map by it is a gate.
    """

    node: int
    layout: Layout | None
    pooled: bool = False


@dataclass(frozen=True)
class Call:
    """One call of a torch function on tensors that are traced."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    out: Any
    sources: tuple[Tensor, ...]

    def value(self, position: int, name: str, default: Any = None) -> Any:
        """Return an argument, given by position or by name."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[position] if len(self.args) > position else default


class UnknownStep(ValueError):
    """A torch function for which no rule says what its output sees of its input."""


class Tracer(TorchFunctionMode):
    """Notes every torch call on tensors that came from the photo; ``rules`` turn calls into nodes."""

    def __init__(self, rules: dict[str, Any]) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self.made_by: dict[int, str] = {}  # the function behind a node
        self.silent = 0  # above 0 inside a module that one node stands for
        self._rules = rules
        self._known: dict[int, tuple[Tensor, Traced]] = {}  # holds the tensors, so that no id returns

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run ``func`` and note what became of the traced tensors."""
        kwargs = kwargs or {}
        shapes = {id(tensor): tuple(tensor.shape) for tensor in _tensors((args, kwargs))}
        out = func(*args, **kwargs)
        sources = tuple(tensor for tensor in _tensors((args, kwargs)) if id(tensor) in self._known)
        if self.silent or not sources or not any(True for _ in _tensors(out)):
            return out
        name = func.__name__.strip("_")
        rule = self._rules.get(name)
        if rule is None:
            raise UnknownStep(f"no rule for torch's {func.__name__}")
        before = len(self.nodes)
        rule(self, Call(name, args, kwargs, out, sources), shapes)
        self.made_by.update(dict.fromkeys(range(before, len(self.nodes)), name))
        return out

    def of(self, tensor: Tensor) -> Traced:
        """Return what is known of a traced tensor."""
        return self._known[id(tensor)][1]

    def knows(self, value: object) -> bool:
        """Whether ``value`` is a traced tensor."""
        return isinstance(value, Tensor) and id(value) in self._known

    def put(self, tensor: Tensor, node: Node, layout: Layout | None, pooled: bool = False) -> None:
        """Add ``node`` as the origin of ``tensor``."""
        self.nodes.append(node)
        self.link(tensor, Traced(len(self.nodes) - 1, layout, pooled))

    def link(self, tensor: Tensor, traced: Traced) -> None:
        """Note that ``tensor`` holds what ``traced`` tells, as after a permutation."""
        self._known[id(tensor)] = (tensor, traced)

    def grid(self, tensor: Tensor, layout: Layout | None) -> Pair | None:
        """Return rows and columns of a map."""
        return None if layout is None else grid(layout, tuple(tensor.shape))


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _tensors(part)
    elif isinstance(value, Iterable) and not isinstance(value, str | torch.Size):
        for part in value:
            yield from _tensors(part)


def first_tensor(value: Any) -> Tensor | None:
    """Return a module's output, or the first of a tuple of them; None where it gives anything else."""
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, Tensor) else None


def named_calls(network: nn.Module, enter: Any, leave: Any) -> list[Any]:
    """Call ``enter(name, module, inputs)`` and ``leave(name, module, inputs, output)`` around each module's run.

    Returns:
        Handles whose ``remove()`` ends that.
    """
    handles = []
    for name, module in network.named_modules():
        handles.append(module.register_forward_pre_hook(lambda m, i, name=name: enter(name, m, i)))
        handles.append(module.register_forward_hook(lambda m, i, o, name=name: leave(name, m, i, o)))
    return handles

"""In which order a network's blocks normalise, convolve and add: read from the network while a blank picture passes."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from cvdemo.catalogue import get
from cvdemo.loading import build

Kind = Literal["post", "pre", "linear"]
NORMS = (nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)
ACTIVATIONS = (nn.ReLU, nn.SiLU, nn.GELU, nn.Hardswish)
SILENT = (nn.Identity, nn.Dropout)
ADDITIONS = ("aten.add.Tensor", "aten.add_.Tensor")
ACTIVATING = tuple(f"aten.{name}.default" for name in ("relu", "relu_", "silu", "silu_", "gelu", "hardswish"))


@dataclass(frozen=True)
class Sum:
    """Where something is added to what came in.

    Args:
        first: what the branch begins with, as ``norm`` or ``weights``.
        activated: whether an activation follows the sum.
    """

    first: str
    activated: bool

    @property
    def kind(self) -> Kind:
        """``pre``: normalised first. Else ``post`` with an activation after the sum, ``linear`` without."""
        if self.first == "norm":
            return "pre"
        return "post" if self.activated else "linear"


def read(model: str) -> tuple[Kind, ...]:
    """Return the kinds of sums in a model of the catalogue; takes no weights and no memory."""
    with torch.device("meta"):
        parts = build(get(model), None)
        network: Any = parts.network.eval()
        blank = torch.empty((2, 3, *parts.preprocessing.size_hw))
    return kinds(network, blank, network.get_image_features if parts.texts else network)


def kinds(network: nn.Module, pictures: Tensor, run: Callable[[Tensor], Any] | None = None) -> tuple[Kind, ...]:
    """Return the kinds of sums in a network, sorted; ``run`` is what takes the pictures, if not the network itself.

    What occurs once is no chain of blocks: SigLIP's head adds something to what its pooling made.

    Args:
        pictures: two or more: what is added to each of them alike, as the places of patches, is no skip.
    """
    with torch.no_grad(), _watched(network) as seen:
        (run or network)(pictures)
    return tuple(sorted(kind for kind, count in Counter(one.kind for one in seen.sums).items() if count > 1))


class _Seen(TorchDispatchMode):
    """Takes down, for each module that is at work, what ran in it: parts that compute, and sums of equal shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.sums: list[Sum] = []
        self._at_work: list[list[str]] = [[]]

    def enter(self, module: nn.Module, _inputs: Any) -> None:
        told = _told(module)
        for ran in self._at_work if told else []:
            ran.append(told)
        self._at_work.append([])

    def leave(self, _module: nn.Module, _inputs: Any, _output: Any) -> None:
        self._finish(self._at_work.pop())

    def _finish(self, ran: list[str]) -> None:
        """Turn what ran in a module into sums: each with what began its branch, and whether it was activated."""
        begin = 0
        for place, one in enumerate(ran):
            if one != "sum":
                continue
            branch = [each for each in ran[begin:place] if each != "activation"]
            after = ran[place + 1 : place + 2]
            if branch:
                self.sums.append(Sum(branch[0], after == ["activation"]))
            begin = place + 1

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if str(func) in ADDITIONS and all(isinstance(one, Tensor) for one in args[:2]):
            one, other = args[:2]
            if one.shape == other.shape and one.dim() >= 3:
                self._at_work[-1].append("sum")
        if str(func) in ACTIVATING:
            self._at_work[-1].append("activation")  # of a function; a module's own stands in its own list
        return func(*args, **(kwargs or {}))


def _told(module: nn.Module) -> str:
    if isinstance(module, NORMS):
        return "norm"
    if isinstance(module, ACTIVATIONS):
        return "activation"
    return "weights" if not isinstance(module, SILENT) and next(module.parameters(False), None) is not None else ""


@contextmanager
def _watched(network: nn.Module) -> Iterator[_Seen]:
    seen = _Seen()
    with ExitStack() as hooks, seen:
        for module in network.modules():
            hooks.callback(module.register_forward_pre_hook(seen.enter).remove)
            hooks.callback(module.register_forward_hook(seen.leave).remove)
        yield seen

"""Read a network's layer graph, with the names of its layers, from one run on pictures without numbers."""

from collections.abc import Iterable
from typing import Any, Literal

import torch
from timm.layers import BlurPool2d
from timm.models.swin_transformer import PatchMerging, SwinTransformerBlock
from torch import Tensor, nn

from cvdemo.receptive_field.any_input_size import any_input_size, features
from cvdemo.receptive_field.graph import LayerGraph, Node, Pair, Step
from cvdemo.receptive_field.layouts import Map, Tokens
from cvdemo.receptive_field.rules import RULES
from cvdemo.receptive_field.torch_calls import Tracer, first_tensor, named_calls

MIXING = ("window", "attention", "windows", "merge 2x2")
WRAPPERS = ("blocks", "layers", "layer", "encoder", "vision_model", "dinov2", "inner")
PYRAMID = ("backbone", "backbone.body", "backbone.fpn")  # of torchvision's detectors
KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((nn.Conv2d,), "convolution"),
    ((nn.MaxPool2d,), "max-pool"),
    ((nn.AvgPool2d, nn.AdaptiveAvgPool2d), "average pool"),
    ((BlurPool2d,), "blur-pool"),
    ((SwinTransformerBlock,), "block"),
    ((PatchMerging,), "patch merging"),
)
FUNCTIONS = {"max_pool2d": "max-pool", "avg_pool2d": "average pool"}


def read_graph(network: nn.Module, input_hw: Pair) -> LayerGraph:
    """Return the layer graph of a private ``network`` on the meta device, for pictures of ``input_hw``."""
    reader = _Reader()
    handles = named_calls(network, reader.enter, reader.leave)
    picture = torch.empty((1, 3, *input_hw), device="meta")
    reader.tracer.put(picture, Node("input", (), input_hw), Map(2, 3))
    try:
        with torch.no_grad(), any_input_size(network), reader.tracer:
            features(network.eval())(picture)
    finally:
        for handle in handles:
            handle.remove()
    stops = set(_stops(network, "", {step.name for step in reader.steps}))
    ordered = sorted(reader.steps, key=lambda step: step.node)
    steps = tuple(Step(**{**vars(step), "stop": step.name in stops}) for step in ordered)
    return LayerGraph(tuple(reader.tracer.nodes), steps, input_hw)


class _Reader:
    """Follows the modules while the tracer follows the tensors."""

    def __init__(self) -> None:
        self.tracer = Tracer(RULES)
        self.steps: list[Step] = []
        self._entered: list[tuple[str, int]] = []

    def enter(self, name: str, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """A module begins: nodes from here on are its own."""
        self._entered.append((name, len(self.tracer.nodes)))
        if isinstance(module, SwinTransformerBlock | PatchMerging):
            self.tracer.silent += 1

    def leave(self, name: str, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """A module ends: its output is a layer, if it is a map and more than its input's numbers anew."""
        _, begun = self._entered.pop()
        out = first_tensor(output)
        if isinstance(module, SwinTransformerBlock | PatchMerging):
            self.tracer.silent -= 1
            self._stand_in(module, inputs[0], out)
        if out is None or self.tracer.silent or not self.tracer.knows(out):
            return
        own = self.tracer.nodes[begun:]
        for number in range(begun, len(self.tracer.nodes)):
            function = self.tracer.made_by.get(number)
            if function in FUNCTIONS and not isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
                self._add(f"{name}.{function}", FUNCTIONS[function], number, Map(2, 3))
                del self.tracer.made_by[number]
        if kind := _kind(name, module, own):
            known = self.tracer.of(out)
            if not known.pooled:
                self._add(name, kind, known.node, known.layout)

    def _stand_in(self, module: nn.Module, source: Tensor, out: Tensor | None) -> None:
        """Put one node for a whole Swin block or patch merging; both keep maps as N, rows, columns, C."""
        assert out is not None
        known, hw = self.tracer.of(source), (out.shape[1], out.shape[2])
        if isinstance(module, SwinTransformerBlock):
            size, shift = tuple(module.window_size), tuple(module.shift_size)
            node = Node("windows", (known.node,), hw, windows=size, shift=shift)  # type: ignore[arg-type]
        else:
            node = Node("merge 2x2", (known.node,), hw)
        self.tracer.put(out, node, Map(1, 2))

    def _add(self, name: str, kind: str, node: int, layout: Map | Tokens | None) -> None:
        orders: dict[Any, Literal["nchw", "nhwc"]] = {Map(2, 3): "nchw", Map(1, 2): "nhwc"}
        if isinstance(layout, Tokens) and layout.dimension == 1:
            self.steps.append(Step(name, kind, node, "tokens", layout.prefix))
        elif layout in orders:
            self.steps.append(Step(name, kind, node, orders[layout]))


def _kind(name: str, module: nn.Module, own: list[Node]) -> str | None:
    """Return what kind of layer a module is; None when it only rescales or only wraps one layer."""
    for classes, kind in KINDS:
        if isinstance(module, classes):
            return kind
    mixing = [node for node in own if node.kind in MIXING]
    if not mixing or not any(module.children()):
        return None
    if len(own) == 1 and mixing[0].kind == "window":
        return None
    if "attn" in name.rpartition(".")[2] or "attention" in name.rpartition(".")[2]:
        return "attention"
    return "stage" if isinstance(module, nn.Sequential | nn.ModuleList) else "block"


def _stops(module: nn.Module, path: str, rows: set[str]) -> Iterable[str]:
    """Yield the layers where the depth slider halts: single layers outside blocks, and whole blocks."""
    wraps = not path or isinstance(module, nn.Sequential | nn.ModuleList) or path.endswith(PYRAMID)
    wraps = wraps or any(hasattr(module, name) for name in WRAPPERS)
    if path in rows and not wraps:
        yield path
        return
    for name, child in module.named_children():
        yield from _stops(child, f"{path}.{name}" if path else name, rows)

"""What each torch function's output sees of its input: the rules by which a network becomes a layer graph."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from cvdemo.receptive_field import shape_ops
from cvdemo.receptive_field.graph import Node, Pair, Window
from cvdemo.receptive_field.layouts import Map, Tokens
from cvdemo.receptive_field.torch_calls import Call, Shapes, Traced, Tracer, UnknownStep

Rule = Callable[[Tracer, Call, Shapes], None]


def _pair(value: Any) -> Pair:
    return (int(value), int(value)) if isinstance(value, int) else (int(value[0]), int(value[-1]))


def _window(tracer: Tracer, call: Call, window: Window) -> None:
    """A map in the order N, C, rows, columns read through ``window``; also where the order was not known before."""
    known, layout = tracer.of(call.sources[0]), Map(call.out.dim() - 2, call.out.dim() - 1)
    node = Node("window", (known.node,), tracer.grid(call.out, layout), window)
    tracer.put(call.out, node, layout, known.pooled)


def _conv2d(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    weight = call.args[1] if len(call.args) > 1 else call.kwargs["weight"]
    kernel, dilation = _pair(tuple(weight.shape[2:])), _pair(call.value(5, "dilation", 1))
    padding = call.value(4, "padding", 0)
    if padding == "same":
        padding = [(size - 1) * apart // 2 for size, apart in zip(kernel, dilation, strict=True)]
    padding = _pair(0 if padding == "valid" else padding)
    _window(tracer, call, Window(kernel, _pair(call.value(3, "stride", 1)), padding, dilation))


def _pool2d(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    kernel = _pair(call.value(1, "kernel_size"))
    stride = call.value(2, "stride") or kernel
    dilation = _pair(call.value(4, "dilation", 1)) if call.name.startswith("max") else (1, 1)
    _window(tracer, call, Window(kernel, _pair(stride), _pair(call.value(3, "padding", 0)), dilation))


def _adaptive(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    before, after = shapes[id(call.sources[0])][-2:], tuple(call.out.shape[-2:])
    if after != (1, 1) and all(old % new == 0 for old, new in zip(before, after, strict=True)):
        size = _pair([old // new for old, new in zip(before, after, strict=True)])
        _window(tracer, call, Window(size, size))
    else:
        _pool_all(tracer, call, shapes)


def _pad(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    known, amounts = tracer.of(call.sources[0]), list(call.value(1, "pad"))
    last = call.out.dim() - 1
    before = {last - place: amounts[2 * place] for place in range(len(amounts) // 2)}
    if not isinstance(known.layout, Map):
        raise UnknownStep("padding of something that is no map")
    moved = Window(padding=(before.get(known.layout.rows, 0), before.get(known.layout.columns, 0)))
    node = Node("window", (known.node,), tracer.grid(call.out, known.layout), moved)
    tracer.put(call.out, node, known.layout, known.pooled)


def _resample(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    known = tracer.of(call.sources[0])
    between = Window() if call.value(3, "mode", "nearest").startswith("nearest") else Window((2, 2))
    node = Node("resample", (known.node,), tracer.grid(call.out, Map(2, 3)), between)
    tracer.put(call.out, node, Map(2, 3), known.pooled)


def _pooling_attention(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """torch's own multi-head attention as SigLIP uses it: a learned query gathers from all tokens."""
    tracer.put(call.out[0], Node("pool all", (tracer.of(call.sources[0]).node,)), None, True)


def _same(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    for out in call.out if isinstance(call.out, tuple | list) else [call.out]:
        tracer.link(out, tracer.of(call.sources[0]))


def _merge(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """Several maps meet. One that was pooled over the whole map only scales the others: a gate."""
    known = [tracer.of(source) for source in call.sources]
    maps = [one for one in known if not one.pooled]
    if len({one.node for one in known}) == 1:
        tracer.link(call.out, known[0])
        return
    layout = next((one.layout for one in maps or known if one.layout is not None), None)
    if isinstance(layout, Tokens) and call.name == "cat":
        layout = Tokens(layout.dimension, layout.grid, _prefix(call.out, layout))
    hw = tracer.grid(call.out, layout)
    nodes = tuple(dict.fromkeys(one.node for one in maps or known))
    gate = bool(maps) and len(maps) < len(known)
    if gate and len(nodes) > 1:
        raise UnknownStep("several maps meet behind one gate")
    tracer.put(call.out, Node("gate" if gate else "merge", nodes, hw), layout, not maps)


def _cat(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    known = tracer.of(call.sources[0])
    if len(call.sources) == 1 and isinstance(known.layout, Tokens):  # a class token joins: it is no traced tensor
        layout = Tokens(known.layout.dimension, known.layout.grid, _prefix(call.out, known.layout))
        tracer.link(call.out, Traced(known.node, layout))
    else:
        _merge(tracer, call, shapes)


def _prefix(out: Tensor, layout: Tokens) -> int:
    return out.shape[layout.dimension] - layout.grid[0] * layout.grid[1]


def _attention(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """Every unit reads every other: the product of two traced tensors."""
    known = [tracer.of(source) for source in call.sources]
    if len(known) == 1:
        return _mixing(tracer, call, shapes, (-1,))
    layout = next((one.layout for one in known if one.layout is not None), None)
    if layout is not None and any(dim >= call.out.dim() for dim in layout.dimensions()):
        layout = None
    nodes = tuple(dict.fromkeys(one.node for one in known))
    tracer.put(call.out, Node("attention", nodes, tracer.grid(call.out, layout)), layout)
    return None


def _pool_all(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    known = tracer.of(call.sources[0])
    tracer.put(call.out, Node("pool all", (known.node,)), None, True)


def _mixing(tracer: Tracer, call: Call, shapes: Shapes, dims: tuple[int, ...]) -> None:
    """Whatever computes over ``dims`` mixes all units if they lie along one of them."""
    source = call.sources[0]
    known, count = tracer.of(source), len(shapes[id(source)])
    mixed = {dim % count for dim in dims}
    if known.layout is not None and mixed & set(known.layout.dimensions()):
        _pool_all(tracer, call, shapes)
    else:
        _same(tracer, call, shapes)


def _last(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    _mixing(tracer, call, shapes, (-1,))


def _layer_norm(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    _mixing(tracer, call, shapes, tuple(range(-len(call.value(1, "normalized_shape")), 0)))


def _over(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """mean, sum, softmax and their kind over the dimension that they name."""
    dims = call.value(1, "dim")
    if dims is None:
        return _pool_all(tracer, call, shapes)
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    _mixing(tracer, call, shapes, dims)
    kept = call.value(2, "keepdim", False) or call.out.dim() == len(shapes[id(call.sources[0])])
    known = tracer.of(call.out)
    if not kept and known.layout is not None:
        count = len(shapes[id(call.sources[0])])
        gone = {dim % count for dim in dims}
        where = {old: new for new, old in enumerate(dim for dim in range(count) if dim not in gone)}
        tracer.link(call.out, Traced(known.node, known.layout.moved(where)))
    return None


_SAME = (
    "relu", "gelu", "silu", "sigmoid", "hardswish", "hardsigmoid", "relu6", "hardtanh", "tanh", "elu", "leaky_relu",
    "mish", "dropout", "feature_dropout", "batch_norm", "contiguous", "clone", "to", "float", "type", "detach", "neg",
    "exp", "sqrt", "clamp", "pow", "rsqrt", "chunk", "split", "tensor_split",
)  # fmt: skip
_MERGE = ("add", "iadd", "radd", "mul", "imul", "rmul", "sub", "isub", "rsub", "div", "truediv", "maximum", "minimum")

RULES: dict[str, Rule] = {
    **dict.fromkeys(_SAME, _same),
    **dict.fromkeys(_MERGE, _merge),
    **dict.fromkeys(("cat", "concat", "stack"), _cat),
    **dict.fromkeys(("max_pool2d", "avg_pool2d"), _pool2d),
    **dict.fromkeys(("adaptive_avg_pool2d", "adaptive_max_pool2d"), _adaptive),
    **dict.fromkeys(("mean", "sum", "amax", "softmax", "log_softmax", "normalize"), _over),
    **dict.fromkeys(("matmul", "bmm", "scaled_dot_product_attention"), _attention),
    **dict.fromkeys(("reshape", "view", "flatten", "unflatten", "expand"), shape_ops.reshape),
    "conv2d": _conv2d,
    "pad": _pad,
    "interpolate": _resample,
    "multi_head_attention_forward": _pooling_attention,
    "linear": _last,
    "layer_norm": _layer_norm,
    "permute": shape_ops.permute,
    "transpose": shape_ops.transpose,
    "unsqueeze": shape_ops.unsqueeze,
    "squeeze": shape_ops.squeeze,
    "unbind": shape_ops.unbind,
    "getitem": shape_ops.getitem,
}  # fmt: skip

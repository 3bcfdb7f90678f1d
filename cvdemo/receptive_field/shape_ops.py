"""What becomes of a map's rows and columns when its numbers only move: the rules for reshapes and permutations."""

from cvdemo.receptive_field.graph import Node
from cvdemo.receptive_field.layouts import Layout, Map, Tokens, grid, reshaped
from cvdemo.receptive_field.torch_calls import Call, Shapes, Traced, Tracer, UnknownStep


def _moved(tracer: Tracer, call: Call, layout: Layout | None) -> None:
    """The same numbers at other places; units that nobody can follow any more count as mixed all together."""
    known = tracer.of(call.sources[0])
    if known.layout is None or layout is not None:
        tracer.link(call.out, Traced(known.node, layout if known.layout else None, known.pooled))
    elif call.out.dim() == 2:
        tracer.put(call.out, Node("pool all", (known.node,)), None, True)
    else:
        tracer.put(call.out, Node("attention", (known.node,)), None)


def permute(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """The dimensions in another order."""
    dims = call.args[1:] if len(call.args) > 2 else call.value(1, "dims")
    count = len(shapes[id(call.sources[0])])
    order = [dim % count for dim in (dims[0] if isinstance(dims[0], tuple | list) else dims)]
    _through(tracer, call, {old: new for new, old in enumerate(order)})


def transpose(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """Two dimensions change places."""
    count = len(shapes[id(call.sources[0])])
    a, b = call.value(1, "dim0") % count, call.value(2, "dim1") % count
    _through(tracer, call, {dim: {a: b, b: a}.get(dim, dim) for dim in range(count)})


def _through(tracer: Tracer, call: Call, where: dict[int, int]) -> None:
    known = tracer.of(call.sources[0])
    _moved(tracer, call, known.layout.moved(where) if known.layout else None)


def reshape(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """The same numbers under another shape."""
    known, old = tracer.of(call.sources[0]), shapes[id(call.sources[0])]
    _moved(tracer, call, reshaped(known.layout, old, tuple(call.out.shape)) if known.layout else None)


def unsqueeze(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """A dimension of 1 comes in."""
    count = len(shapes[id(call.sources[0])])
    new = call.value(1, "dim") % (count + 1)
    _through(tracer, call, {dim: dim + (dim >= new) for dim in range(count)})


def squeeze(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """A dimension of 1 goes."""
    count = len(shapes[id(call.sources[0])])
    gone = call.value(1, "dim") % count
    _through(tracer, call, {dim: dim - (dim > gone) for dim in range(count) if dim != gone})


def unbind(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """One dimension falls apart into tensors of their own."""
    known, count = tracer.of(call.sources[0]), len(shapes[id(call.sources[0])])
    gone = call.value(1, "dim", 0) % count
    where = {old: new for new, old in enumerate(dim for dim in range(count) if dim != gone)}
    for out in call.out:
        tracer.link(out, Traced(known.node, known.layout.moved(where) if known.layout else None, known.pooled))


def getitem(tracer: Tracer, call: Call, shapes: Shapes) -> None:
    """A part of a tensor, picked by numbers and ranges."""
    known, old = tracer.of(call.sources[0]), shapes[id(call.sources[0])]
    index = call.args[1] if isinstance(call.args[1], tuple) else (call.args[1],)
    if any(not isinstance(part, slice | int) for part in index):
        raise UnknownStep("an index that is neither a number nor a range")
    kept = [dim for dim in range(len(old)) if dim >= len(index) or isinstance(index[dim], slice)]
    layout = known.layout.moved({dim: new for new, dim in enumerate(kept)}) if known.layout else None
    if isinstance(layout, Map) and grid(layout, tuple(call.out.shape)) != tracer.nodes[known.node].output_hw:
        raise UnknownStep("a part cut out of a map")
    if isinstance(layout, Tokens):
        layout = Tokens(
            layout.dimension, layout.grid, call.out.shape[layout.dimension] - layout.grid[0] * layout.grid[1]
        )
    tracer.link(call.out, Traced(known.node, layout, known.pooled or layout is None))

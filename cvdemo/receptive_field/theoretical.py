"""The first of two methods for the theoretical field: walk the layer graph from the photo to the last layer."""

from dataclasses import dataclass

from cvdemo.receptive_field.axis import Axis, Each, Even, enlarge, interpolate, swin_windows, union, window
from cvdemo.receptive_field.graph import LayerGraph, Node, Pair, Window


@dataclass(frozen=True)
class Field:
    """What the units of one map can see.

    Args:
        rows, columns: along each axis; None where every unit sees the whole photo.
        global_gate: on the way here a squeeze-and-excitation gate scaled channels by a number computed from the
            whole photo; ``rows`` and ``columns`` leave it out.
    """

    rows: Axis | None
    columns: Axis | None
    global_gate: bool = False

    @property
    def size(self) -> int | None:
        """Longer side in pixels; None = the whole photo."""
        if self.rows is None or self.columns is None:
            return None
        return max(self.rows.size, self.columns.size)

    @property
    def stride(self) -> int | None:
        """Pixels of the photo between neighbouring units (the longer of both axes)."""
        if self.rows is None or self.columns is None:
            return None
        return max(self.rows.stride, self.columns.stride)

    @property
    def padding(self) -> int | None:
        """How many pixels before the photo's first one the first unit's field begins; 0 where it does not."""
        if self.rows is None or self.columns is None:
            return None
        return max(-self.rows.first, -self.columns.first)

    @property
    def start(self) -> float | None:
        """Centre of the first unit's field, in pixels from the centre of the photo's first pixel."""
        if self.rows is None:
            return None
        first, last = self.rows.interval(0)
        return (first + last) / 2


WHOLE = Field(None, None)


def theoretical_fields(graph: LayerGraph, shortest: bool = False) -> tuple[Field, ...]:
    """Return the field after each node of ``graph``, along its longest path or its ``shortest``.

    Where branches meet, the longest path gives the union of their fields; the shortest gives the smallest of them
    (through the skips of a ResNet or a transformer).
    """
    fields: list[Field] = []
    for node in graph.nodes:
        fields.append(_after(node, [fields[number] for number in node.inputs], graph, shortest))
    return tuple(fields)


def _after(node: Node, inputs: list[Field], graph: LayerGraph, shortest: bool) -> Field:
    if node.kind == "input":
        return Field(Even(), Even())
    gated = node.kind == "gate" or any(field.global_gate for field in inputs)
    if node.kind in ("same", "gate"):
        return Field(inputs[0].rows, inputs[0].columns, gated)
    if node.kind == "pool all" or (node.kind == "attention" and not shortest):
        return Field(None, None, gated)
    if node.kind in ("attention", "windows") and shortest:
        return inputs[0]
    if node.kind == "merge":
        return _merged(node, inputs, graph, gated, shortest)
    axes = [_moved(node, inputs[0], axis, graph) for axis in (0, 1)]
    return Field(None, None, gated) if None in axes else Field(axes[0], axes[1], gated)


def _moved(node: Node, source: Field, axis: int, graph: LayerGraph) -> Axis | None:
    """Return one axis of the field after a window, a patch merging or a Swin block."""
    before = (source.rows, source.columns)[axis]
    if before is None or node.output_hw is None:
        return None
    count, pixels = node.output_hw[axis], graph.input_hw[axis]
    if node.kind == "windows":
        seen: Axis = swin_windows(before, node.windows[axis], node.shift[axis], count, pixels)
    elif node.kind == "resample":
        source_hw = graph.nodes[node.inputs[0]].output_hw or node.output_hw
        change = enlarge if node.window.kernel == (1, 1) else interpolate
        seen = change(before, source_hw[axis], count, pixels)
    else:
        asked = Window((2, 2), (2, 2)) if node.kind == "merge 2x2" else node.window
        kernel, stride = asked.kernel[axis], asked.stride[axis]
        seen = window(before, kernel, stride, asked.padding[axis], asked.dilation[axis], count)
    return None if isinstance(seen, Each) and _all(seen, pixels) else seen


def _all(seen: Each, pixels: int) -> bool:
    return all(interval == (0, pixels - 1) for interval in seen.intervals)


def _merged(node: Node, inputs: list[Field], graph: LayerGraph, gated: bool, shortest: bool) -> Field:
    known = [field for field in inputs if field.size is not None]
    if shortest and known:
        least = min(known, key=lambda field: field.size or 0)
        return Field(least.rows, least.columns, gated)
    if len(known) < len(inputs):
        return Field(None, None, gated)
    hw: Pair = node.output_hw or (1, 1)
    rows = union([field.rows for field in known if field.rows is not None], hw[0], graph.input_hw[0])
    columns = union([field.columns for field in known if field.columns is not None], hw[1], graph.input_hw[1])
    return Field(rows, columns, gated)

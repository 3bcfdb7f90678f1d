"""OpenVINO: a network converted, compiled for this CPU, and kept on disk for the next start."""

import functools
import importlib.util
import sys
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cvdemo import compute
from cvdemo.engines import disk_cache
from cvdemo.engines.engine import Run, Shape
from cvdemo.engines.shared_copy import fingerprint

FILE = "model.xml"  # the weights lie beside it, in model.bin
OVERHEAD_BYTES = 4_000_000  # the graph itself, as text


@dataclass(frozen=True)
class Compiled:
    """A network that is ready to run, and the bytes of the weights that it keeps in its own layout."""

    run: Run
    byte_count: int


def installed() -> bool:
    """Return whether OpenVINO is here; imports nothing."""
    return importlib.util.find_spec("openvino") is not None


def build(name: str, graph: nn.Module, shape: Shape) -> Compiled:
    """Return ``graph`` in OpenVINO for inputs of ``shape``, from the disk where it lies there, else converted.

    Args:
        graph: a `shared_copy`, on the CPU: it is traced, which nobody else may disturb.

    Raises:
        ImportError, RuntimeError, ...: whatever the conversion fails of. Any of them means: this engine is not for
            this model.
    """
    ov = library()
    kept, key = disk_cache.shared(), fingerprint(name, graph, shape)
    found = kept.find(key)
    if found is not None:
        try:
            return _compiled(ov.read_model(found / FILE), shape)
        except RuntimeError:
            kept.drop(key)
    model = _converted(ov, graph, shape)
    compiled = _compiled(model, shape)

    def write(folder: Path) -> None:
        ov.module.save_model(model, folder / FILE, compress_to_fp16=False)

    kept.put(key, write, compiled.byte_count + OVERHEAD_BYTES)
    return compiled


def from_bytes(graph: bytes, weights: bytes, shape: Shape) -> Compiled:
    """Return a network out of its two files, graph (XML) and weights, compiled for inputs of ``shape``."""
    model = library().core.read_model(graph, weights)
    model.reshape(list(shape))
    return _compiled(model, shape)


@dataclass(frozen=True)
class Library:
    """OpenVINO: its Python module, and the core that reads and compiles."""

    module: Any
    core: Any

    def read_model(self, file: Path) -> Any:
        """Return the model that lies in ``file`` and in the weights beside it."""
        return self.core.read_model(str(file))


@functools.cache
def library() -> Library:
    """Import OpenVINO without its telemetry, which would report every import and conversion: nothing leaves here."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # «cannot be imported»
    import openvino

    return Library(openvino, openvino.Core())


def _converted(ov: Library, graph: nn.Module, shape: Shape) -> Any:
    """Trace and convert. The trace is ours: OpenVINO's own refuses YOLO, whose first run differs from its second."""
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)  # whether it is right, the outputs tell
    warnings.filterwarnings("ignore", category=FutureWarning, module="torch")
    example = torch.rand(shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        graph(example)  # networks that remember their grids for a shape have them now
        traced = torch.jit.trace(graph, example, check_trace=False, strict=False)
    return ov.module.convert_model(traced, example_input=example, input=[list(shape)])


def _compiled(model: Any, shape: Shape) -> Compiled:
    """Compile for one visitor's latency, all cores, and arithmetic in float32: bfloat16 would change answers."""
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": compute.cores(),
        "NUM_STREAMS": 1,
    }
    request = library().core.compile_model(model, "CPU", settings).create_infer_request()
    using = threading.Lock()  # a request serves one thread at a time

    def run(array: NDArray[np.float32]) -> NDArray[np.float32]:
        if array.shape != shape:
            raise ValueError(f"this engine was made for {shape}, got {array.shape}")
        with using:
            answer = request.infer([np.ascontiguousarray(array, np.float32)], share_inputs=True)
            return np.array(answer[0], np.float32)  # a copy: the next run writes over the original

    weights = sum(part.get_byte_size() for part in model.get_ops() if part.get_type_name() == "Constant")
    return Compiled(run, weights)

"""What a measurement depends on besides the models: the machine and the versions of what runs on it."""

import functools
import importlib.metadata
import platform
from pathlib import Path

from cvdemo import compute
from cvdemo.latency.result import Environment

PACKAGES = ("torch", "timm", "torchvision", "transformers", "openvino", "numpy")


@functools.cache
def environment() -> Environment:
    """Return the device, its processor, the threads of torch, and the versions of Python and the libraries."""
    import torch

    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return Environment(compute.describe(), _processor(), torch.get_num_threads(), versions)


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()

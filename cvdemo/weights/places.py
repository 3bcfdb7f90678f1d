"""Which files a model needs, and where in the world and on this machine they lie."""

import os
from dataclasses import dataclass
from pathlib import Path

from cvdemo.catalogue import ModelSpec
from cvdemo.weights import download_record
from cvdemo.weights.network import torch_cache

TORCHVISION_URL = "https://download.pytorch.org/models"
ULTRALYTICS_URL = "https://github.com/ultralytics/assets/releases/download/v8.4.0"

_TRANSFORMERS_WEIGHTS = ("model.safetensors", "pytorch_model.bin")  # the second is read with weights_only
_TRANSFORMERS_FILES = ("config.json", "preprocessor_config.json")
_ZERO_SHOT_FILES = (*_TRANSFORMERS_FILES, "spiece.model")


@dataclass(frozen=True)
class Repository:
    """A repository of the Hub: the first of ``weights`` that exists, and all of ``others``."""

    name: str
    weights: tuple[str, ...]
    others: tuple[str, ...] = ()
    revision: str | None = None


@dataclass(frozen=True)
class Address:
    """A single file on another server; ``hash_prefix`` begins its sha256, empty where the name does not tell."""

    url: str
    file: Path
    hash_prefix: str = ""

    @property
    def key(self) -> str:
        """The name of its record."""
        return self.file.name


def place(spec: ModelSpec) -> Repository | Address | None:
    """Return where the weights of ``spec`` come from over the network; None for bundled, OpenCV's and random ones."""
    if spec.weights is None:
        return None
    if spec.source in ("timm", "packaged"):
        return Repository(spec.weights, ("model.safetensors",), revision=spec.revision)
    if spec.source == "transformers":
        others = _ZERO_SHOT_FILES if spec.zero_shot else _TRANSFORMERS_FILES
        return Repository(spec.weights, _TRANSFORMERS_WEIGHTS, others, spec.revision)
    if spec.source == "torchvision":
        base = os.environ.get("CV_LAB_TORCHVISION_URL", TORCHVISION_URL)
        prefix = Path(spec.weights).stem.rsplit("-", 1)[-1]  # torch.hub's rule: name-<beginning of its sha256>.pth
        return Address(f"{base}/{spec.weights}", torch_cache() / spec.weights, prefix)
    if spec.source == "ultralytics":
        base = os.environ.get("CV_LAB_ULTRALYTICS_URL", ULTRALYTICS_URL)
        return Address(f"{base}/{spec.weights}", download_record.folder() / spec.weights)
    return None

"""Networks of each family that convert in a second, ready as the model cache lends them."""

from collections.abc import Callable
from typing import Any

import timm
import torch
from timm.models.swin_transformer import SwinTransformer
from torch import nn

from cvdemo.catalogue import get
from cvdemo.loading import ReadyDetector, ReadyModel, from_ultralytics
from cvdemo.loading.finish import finish
from cvdemo.loading.finish_detector import finish_detector
from cvdemo.loading.parts import DetectorParts, Parts
from cvdemo.preprocess import Preprocessing

SIDE = 64
_PREPROCESSING = Preprocessing((SIDE, SIDE), 1.0, "center", "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def cnn() -> nn.Module:
    """Return convolutions with normalisation, a squeeze gate and a residual."""
    return timm.create_model("test_efficientnet", num_classes=10)


def vit() -> nn.Module:
    """Return a ViT with a class token."""
    return timm.create_model("test_vit", img_size=SIDE, num_classes=10)


def swin() -> nn.Module:
    """Return a Swin with windows that shift."""
    sizes: dict[str, Any] = {"embed_dim": 24, "depths": (2, 2), "num_heads": (2, 4), "window_size": 4}
    return SwinTransformer(img_size=SIDE, num_classes=10, **sizes)


FAMILIES: dict[str, Callable[[], nn.Module]] = {"cnn": cnn, "vit": vit, "swin": swin}


def ready(network: nn.Module | None = None, name: str = "mini_resnet") -> ReadyModel:
    """Return ``network`` (a CNN) with random weights, as a model of the catalogue's line ``name``."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = Parts(network or cnn(), _PREPROCESSING, tuple(f"class {number}" for number in range(10)))
        return finish(get(name), parts, "cpu", "random", None)


def ready_yolo(side: int = SIDE) -> ReadyDetector:
    """Return a YOLOv8n with random weights that looks at ``side`` x ``side`` px."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        parts = from_ultralytics._parts(from_ultralytics.build("yolov8n", 3), ("RBC", "WBC", "Platelets"), side)
        assert isinstance(parts, DetectorParts)
        return finish_detector(get("yolov8n_blood_cells"), parts, "cpu", "random", None)


def hook_count(network: nn.Module) -> int:
    """Return how many forward and backward hooks hang on ``network``."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in network.modules() for kind in kinds)

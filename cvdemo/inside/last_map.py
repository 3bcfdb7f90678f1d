"""Where a network's last map lies: the map from which the answer is calculated without looking at the photo again."""

from dataclasses import dataclass
from typing import Any, Literal

from timm.models.swin_transformer import SwinTransformer
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

from cvdemo.errors import SettingError
from cvdemo.inside.crop import grid_of

Layout = Literal["nchw", "nhwc", "tokens"]

LAST: dict[str, str] = {
    "AlexNet": "features",
    "ByobNet": "final_conv",
    "ConvNeXt": "stages",
    "DenseNet": "features",
    "EfficientNet": "bn2",
    "GoogLeNet": "inception5b",
    "InceptionV3": "Mixed_7c",
    "LeNet5": "s4",
    "MobileNetV3": "blocks",
    "ResNet": "layer4",
    "ResNetV2": "norm",
    "VGG": "features",
}  # by the network's class; other networks of timm say it themselves in ``feature_info``


@dataclass(frozen=True)
class LastMap:
    """A module whose output is the last map.

    Args:
        layout: of its output: (1, C, h, w), (1, h, w, C), or (1, tokens, C) row after row.
        prefix: tokens before those of the patches (class token, registers).
    """

    name: str
    layout: Layout
    prefix: int = 0


def last_map(network: nn.Module) -> LastMap:
    """Return where the last map of a classifier lies.

    A ViT that answers from its class token reads the patches for the last time in its last attention: so its last map
    is what enters that block's attention, as in the grad-cam package. A ViT or Swin that averages its patches reads
    the normalised patches at the very end.

    Raises:
        SettingError: the network keeps no maps that this lab knows of.
    """
    if isinstance(network, VisionTransformer):
        return _of_timm_vit(network)
    if isinstance(network, SwinTransformer):
        return LastMap("norm", "nhwc")
    if hasattr(network, "vision_model"):
        return LastMap("vision_model.post_layernorm", "tokens")
    if hasattr(network, "inner"):
        depth = len(network.inner.dinov2.encoder.layer)  # type: ignore[union-attr, arg-type]
        return LastMap(f"inner.dinov2.encoder.layer.{depth - 1}.norm1", "tokens", 1)
    name = LAST.get(type(network).__name__) or _last_stage(network)
    if name is None:
        raise SettingError("This network keeps no map from which its answer is calculated. Choose another model.")
    return LastMap(name, "nchw")


def _of_timm_vit(network: VisionTransformer) -> LastMap:
    prefix = int(network.num_prefix_tokens)
    name = f"blocks.{len(network.blocks) - 1}.norm1" if network.global_pool == "token" else "norm"
    return LastMap(name, "tokens", prefix)


def _last_stage(network: Any) -> str | None:
    stages = getattr(network, "feature_info", None)
    return stages[-1]["module"] if stages else None


def as_map(tensor: Tensor, place: LastMap, size_hw: tuple[int, int]) -> Tensor:
    """Return the module's output (or a gradient of that shape) as (C, h, w); prefix tokens are dropped.

    Args:
        size_hw: of the picture, whose shape the grid of patches shares.
    """
    if place.layout == "nchw":
        return tensor[0]
    if place.layout == "nhwc":
        return tensor[0].permute(2, 0, 1)
    patches = tensor[0, place.prefix :]  # (h * w, C)
    rows, columns = grid_of(patches.shape[0], size_hw)
    return patches.T.reshape(patches.shape[1], rows, columns)

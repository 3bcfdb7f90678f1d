"""The small classifiers that ship with the page: timm's own classes, at sizes that two CPU cores can train."""

from collections.abc import Callable

from timm.models.resnet import BasicBlock, ResNet
from timm.models.vision_transformer import VisionTransformer
from torch import nn

INPUT_SIZE = 64
CLASS_COUNT = 100


def mini_resnet() -> ResNet:
    """Return an untrained ResNet-18 of half width with a 3 x 3 stem, about 0.14 G multiply-adds at 64 x 64.

    The stem's first convolution has stride 2 and there is no max-pool, so the stages give 32, 16, 8 and 4 px
    maps from a 64 px picture (He et al. 2016; deep stem as in He et al. 2019).
    """
    model = ResNet(
        BasicBlock,  # type: ignore[arg-type]
        layers=(2, 2, 2, 2),
        channels=(32, 64, 128, 256),
        stem_type="deep",
        stem_width=16,
        num_classes=CLASS_COUNT,
    )
    model.maxpool = nn.Sequential()  # nothing: the first stage keeps 32 x 32 px
    return model


def mini_vit() -> VisionTransformer:
    """Return an untrained ViT with 64 patches of 8 x 8 and a class token, about 0.15 G multiply-adds at 64 x 64.

    ``dynamic_img_size`` lets training start on smaller pictures (Dosovitskiy et al. 2021).
    """
    return VisionTransformer(
        img_size=INPUT_SIZE,
        patch_size=8,
        embed_dim=160,
        depth=7,
        num_heads=5,
        num_classes=CLASS_COUNT,
        dynamic_img_size=True,
    )


ARCHITECTURES: dict[str, Callable[[], nn.Module]] = {
    "mini_resnet": mini_resnet,
    "mini_resnet_long": mini_resnet,
    "mini_resnet_distilled": mini_resnet,
    "mini_vit": mini_vit,
    "mini_vit_distilled": mini_vit,
}

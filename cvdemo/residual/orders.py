"""In which order the blocks of the catalogue's models normalise, convolve and add."""

from typing import Final, Literal

Kind = Literal["post", "pre", "linear"]
KINDS: Final[dict[tuple[Kind, ...], tuple[str, ...]]] = {
    ("post",): ("mini_resnet", "mini_resnet_long", "mini_resnet_distilled", "resnet18", "resnet34", "resnet50",
                "resnet101", "resnet152", "resnext50_32x4d", "resnetblur50"),
    ("linear",): ("mobilenetv3_large_100", "tf_efficientnet_lite0", "efficientnet_lite0", "efficientnet_b0",
                  "efficientnet_b4", "convnext_tiny"),
    ("pre",): ("mini_vit", "mini_vit_distilled", "resnetv2_50", "deit_small_patch16_224", "vit_small_patch16_224",
               "vit_base_patch16_224", "vit_large_patch16_224", "swin_base_patch4_window7_224",
               "swin_large_patch4_window7_224", "dinov2_small_linear", "dinov2_base_linear", "siglip_base_patch16_224",
               "mae_base", "dinov2_small", "dinov2_base", "dinov2_large"),
    ("linear", "pre"): ("mobilevit_s",),
    (): ("lenet5", "alexnet", "vgg16", "googlenet", "inception_v3", "densenet121"),
}  # fmt: skip
"""What `cvdemo.loading.block_orders` finds in the catalogue's models that take whole photos, a test reads them all.

``post``: an activation follows the sum; ``linear``: none does; ``pre``: the branch begins with normalisation; ():
nothing is ever added to what came in.
"""

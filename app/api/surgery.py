"""`/block_lesion`."""

from typing import Any

import gradio as gr

from app.api.arguments import photo, text
from app.errors import shows_errors
from cvdemo.surgery.export import block_lesions


@shows_errors
def block_lesion(image: gr.FileData, model: str) -> dict[str, Any]:
    """Tell how probable a model's answer stays without each of its residual branches, each switched off alone.

    Args:
        image: the photo, uploaded before, or by MCP a data: URL (JPEG, PNG, WebP, BMP, GIF or TIFF, at most 10 MB).
        model: a name from /models with task "classify": a ResNet, ResNeXt, EfficientNet, MobileNet, ConvNeXt, ViT,
            DeiT, Swin or DINOv2 with a head.

    Returns:
        model, weights, answer (of the whole network), probability (of that answer), blocks in the order of computation:
        name (ViT: blocks.3.attn and blocks.3.mlp), label, shortcut (identity, projection, or null where there is none),
        droppable, probability_without, answer_without, reason (why a block without a shortcut cannot be left out).
    """
    return block_lesions(photo(image), text(model, "model", "mini_resnet"))

"""A copy of a network that shares its numbers, set to another picture size: the borrowed one stays as it is."""

import copy
import itertools
from typing import Any

from timm.models.swin_transformer import SwinTransformer, SwinTransformerBlock
from torch import Tensor, nn

from cvdemo.errors import SettingError
from cvdemo.lenet import INPUT_SIZE, LeNet5

EMBEDDINGS = ("patch_embed.proj", "patch_embeddings.projection", "embeddings.patch_embedding")


class PictureTower(nn.Module):
    """The half of a model of pictures and texts that looks at pictures."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """Return one vector a picture, (N, width), for pictures (N, 3, h, w)."""
        seen: Tensor = self.network.get_image_features(pictures, interpolate_pos_encoding=True).pooler_output
        return seen


def nearest_side(network: nn.Module, side: int) -> int:
    """Return the picture size nearest to ``side`` that ``network`` takes: a multiple of its patch's side."""
    if isinstance(network, LeNet5):
        return INPUT_SIZE
    step = _step(network)
    return max(step, round(side / step) * step)


def _step(network: nn.Module) -> int:
    if isinstance(network, SwinTransformer):
        return 32  # it merges patches of 4 pixels three times
    embeddings: list[Any] = [part for name, part in network.named_modules() if name.endswith(EMBEDDINGS)]
    return int(embeddings[0].stride[0]) if embeddings else 1


def sized_copy(network: nn.Module, side: int) -> nn.Module:
    """Return a copy of ``network`` for pictures of ``side`` pixels (see `nearest_side`): one tensor in, one out.

    Weights are shared, not copied; position embeddings are resampled once, as before fine-tuning at another size
    (Dosovitskiy et al. 2021), instead of in every run.

    Raises:
        SettingError: it cannot be set to this size.
    """
    shared = {id(one): one for one in itertools.chain(network.parameters(), network.buffers())}
    copied: Any = copy.deepcopy(network, shared)
    if hasattr(copied, "set_input_size"):
        try:
            copied.set_input_size(img_size=(side, side), **_windows(copied))
        except (AssertionError, RuntimeError, ValueError) as error:
            raise SettingError(f"This model cannot look at pictures of {side} pixels. Choose another size.") from error
    whole = PictureTower(copied) if hasattr(copied, "get_image_features") else copied
    return whole.eval().requires_grad_(False)


def _windows(network: nn.Module) -> dict[str, Any]:
    """Swin would widen its windows with the picture; keep them as they are, or it is another network."""
    if not isinstance(network, SwinTransformer):
        return {}
    blocks = [part for part in network.modules() if isinstance(part, SwinTransformerBlock)]
    return {"window_size": max(block.window_size for block in blocks)}

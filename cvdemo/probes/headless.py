"""A timm classifier without its last layer."""

from typing import Any

from torch import Tensor, nn


class Headless(nn.Module):
    """Gives what enters the last layer, (N, D); shares every weight with the network that it was made of."""

    network: Any  # one of timm's

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.eval()

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the pooled features of normalised pixels (N, 3, h, w)."""
        features: Tensor = self.network.forward_head(self.network.forward_features(pixels), pre_logits=True)
        return features

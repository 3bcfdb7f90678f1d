"""Classifiers of torchvision that timm does not have, with their weights' own preprocessing and class names."""

import torch
from torchvision import models
from torchvision.models import AlexNet_Weights, GoogLeNet_Weights

from cvdemo import labels
from cvdemo.catalogue import ModelSpec
from cvdemo.loading.parts import Parts
from cvdemo.preprocess import Preprocessing
from cvdemo.weights import Fetched

WEIGHTS = {"alexnet": AlexNet_Weights.IMAGENET1K_V1, "googlenet": GoogLeNet_Weights.IMAGENET1K_V1}


def load_torchvision(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    """Return AlexNet or GoogLeNet; GoogLeNet's two auxiliary classifiers serve training only and are left out."""
    network = _googlenet(fetched) if spec.name == "googlenet" else _alexnet(fetched)
    preset = WEIGHTS[spec.name].transforms()
    side = preset.crop_size[0]
    share = side / preset.resize_size[0]
    preprocessing = Preprocessing(
        (side, side), share, "center", preset.interpolation.value, tuple(preset.mean), tuple(preset.std)
    )
    return Parts(network, preprocessing, labels.named(labels.imagenet()), labels.imagenet())


def _alexnet(fetched: Fetched | None) -> torch.nn.Module:
    network = models.alexnet()
    if fetched is not None:
        network.load_state_dict(_read(fetched))
    return network


def _googlenet(fetched: Fetched | None) -> torch.nn.Module:
    """The published weights expect inputs as TensorFlow prepares them, and carry the auxiliary classifiers."""
    network = models.googlenet(init_weights=False, aux_logits=True, transform_input=True)
    if fetched is not None:
        network.load_state_dict(_read(fetched))
    network.aux_logits = False
    network.aux1 = network.aux2 = None
    return network


def _read(fetched: Fetched) -> dict[str, torch.Tensor]:
    return torch.load(fetched.weights, map_location="cpu", weights_only=True)

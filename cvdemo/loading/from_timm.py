"""Models of timm, built by their architecture's name and filled from a verified safetensors file."""

from typing import Any

import timm
from timm.data import infer_imagenet_subset, resolve_model_data_config

from cvdemo import labels
from cvdemo.catalogue import ModelSpec
from cvdemo.loading.parts import Parts
from cvdemo.preprocess import from_timm
from cvdemo.weights import Fetched


def load_timm(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    """Return a model of timm; labels follow from the number of its classes.

    Transformers of the task ``features`` accept any picture whose sides are multiples of the patch.
    """
    assert spec.weights is not None
    options: dict[str, Any] = {"dynamic_img_size": True} if spec.task == "features" else {}
    if fetched is None:
        network = timm.create_model(_tagged(spec), pretrained=False, **options)
    else:
        overlay = {"file": str(fetched.weights)}
        network = timm.create_model(_tagged(spec), pretrained=True, pretrained_cfg_overlay=overlay, **options)
    preprocessing = from_timm(resolve_model_data_config(network))
    synsets = labels.imagenet() if infer_imagenet_subset(network) == "imagenet-1k" else ()
    return Parts(network, preprocessing, labels.named(synsets), synsets)


def _tagged(spec: ModelSpec) -> str:
    """Return timm's full name of the model, architecture and training: ``resnet50.a1_in1k``."""
    assert spec.weights is not None
    return spec.weights.removeprefix("timm/")

"""Classifiers of transformers: DINOv2 with its linear head, and SigLIP, which takes the visitor's own labels."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cvdemo import labels
from cvdemo.catalogue import ModelSpec
from cvdemo.loading.parts import Parts
from cvdemo.loading.texts import spelled, tokenizer
from cvdemo.loading.untouched import untouched
from cvdemo.preprocess import Preprocessing
from cvdemo.weights import Fetched

with untouched():
    from transformers import Dinov2Config, Dinov2ForImageClassification, SiglipConfig, SiglipModel
    from transformers.utils import logging

logging.set_verbosity_error()  # its remarks on published configurations help nobody here
logging.disable_progress_bar()

DINOV2_SHAPES: dict[str, Any] = {
    "dinov2_small_linear": {"hidden_size": 384, "num_attention_heads": 6},
    "dinov2_base_linear": {"hidden_size": 768, "num_attention_heads": 12},
}  # Oquab et al. 2023, table 17; for random weights only, trained ones bring their own config.json
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_INTERPOLATION: dict[int, Literal["bilinear", "bicubic"]] = {2: "bilinear", 3: "bicubic"}  # PIL's numbers


class Logits(nn.Module):
    """Makes a classifier of transformers answer like all others: ``network(x)`` is a tensor (N, classes)."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """Return logits for pictures (N, 3, h, w)."""
        return self.inner(pixel_values=x).logits


def load_transformers(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    """Return DINOv2 with a linear head, or SigLIP."""
    return _siglip(fetched) if spec.zero_shot else _dinov2(spec, fetched)


def _dinov2(spec: ModelSpec, fetched: Fetched | None) -> Parts:
    if fetched is None:
        config = Dinov2Config(**DINOV2_SHAPES[spec.name], num_labels=1000, image_size=518)  # type: ignore[call-arg]
        network = Logits(Dinov2ForImageClassification(config))
        preprocessing = Preprocessing((224, 224), 0.875, "center", "bicubic", IMAGENET_MEAN, IMAGENET_STD)
        return Parts(network, preprocessing, labels.named(labels.imagenet()), labels.imagenet())
    inner = trained(Dinov2ForImageClassification, fetched)
    own = tuple(inner.config.id2label[index] for index in range(inner.config.num_labels))
    synsets = labels.aligned(own)
    names = labels.named(synsets) if synsets else tuple(name.split(",")[0].strip() for name in own)
    return Parts(Logits(inner), _preprocessing(fetched.files["preprocessor_config.json"]), names, synsets)


def _siglip(fetched: Fetched | None) -> Parts:
    if fetched is None:
        preprocessing = Preprocessing((224, 224), 1.0, "squash", "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
        return Parts(SiglipModel(SiglipConfig()), preprocessing, texts=spelled)
    network = trained(SiglipModel, fetched)
    length = network.config.text_config.max_position_embeddings
    texts: Callable[[tuple[str, ...]], NDArray[np.int64]] = tokenizer(fetched.files["spiece.model"], length)
    return Parts(network, _preprocessing(fetched.files["preprocessor_config.json"]), texts=texts)


def trained(kind: Any, fetched: Fetched) -> Any:
    """Read config and weights from the folder of the verified files; nothing is looked up elsewhere."""
    return kind.from_pretrained(
        fetched.files["config.json"].parent,
        local_files_only=True,
        use_safetensors=fetched.weights.suffix == ".safetensors",
        weights_only=True,
        dtype=torch.float32,
    )


def _preprocessing(file: Path) -> Preprocessing:
    """Translate ``preprocessor_config.json``: resize the shorter side and crop, or squash to a fixed size."""
    config = json.loads(file.read_text())
    size = config["size"]
    mean, std = tuple(config["image_mean"]), tuple(config["image_std"])
    interpolation = _INTERPOLATION[config["resample"]]
    if "shortest_edge" in size:
        crop = config["crop_size"]
        share = crop["height"] / size["shortest_edge"]
        return Preprocessing((crop["height"], crop["width"]), share, "center", interpolation, mean, std)
    return Preprocessing((size["height"], size["width"]), 1.0, "squash", interpolation, mean, std)

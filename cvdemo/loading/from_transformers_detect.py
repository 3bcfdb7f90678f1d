"""RT-DETR of transformers: some hundred queries, each with one box and its best class, and no suppression at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from cvdemo.catalogue import ModelSpec
from cvdemo.loading import coco
from cvdemo.loading.from_transformers import trained
from cvdemo.loading.parts import DetectorParts, Entry, Proposals
from cvdemo.loading.untouched import untouched
from cvdemo.weights import Fetched

with untouched():
    from transformers import RTDetrConfig, RTDetrForObjectDetection


@dataclass(frozen=True)
class Squeeze:
    """How a photo is brought to the one size that the network knows: squeezed, no matter its shape.

    Args:
        resample: PIL's number of the interpolation.
        mean, std: of each colour, or None where the network takes 0..1.
    """

    size_hw: tuple[int, int] = (640, 640)
    resample: int = 2
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None


def load_transformers_detector(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    """Return RT-DETR; random weights get the size of its R50 variant and COCO's classes."""
    if fetched is None:
        network = RTDetrForObjectDetection(RTDetrConfig(num_labels=len(coco.NAMES)))  # type: ignore[call-arg]
        labels, squeeze = coco.NAMES, Squeeze()
    else:
        network = trained(RTDetrForObjectDetection, fetched)
        config = network.config
        labels = coco.named(tuple(config.id2label[index] for index in range(config.num_labels)))
        squeeze = _squeeze(fetched.files["preprocessor_config.json"])
    return DetectorParts(network, labels, partial(prepare, squeeze=squeeze), propose, squeeze.size_hw)


def prepare(pixels: NDArray[np.uint8], squeeze: Squeeze) -> Entry:
    """Squeeze a photo to the network's size."""
    height, width = squeeze.size_hw
    small = np.array(Image.fromarray(pixels).resize((width, height), squeeze.resample))
    array = torch.from_numpy(small).permute(2, 0, 1)[None].float() / 255
    if squeeze.mean is not None and squeeze.std is not None:
        array = (array - torch.tensor(squeeze.mean).view(3, 1, 1)) / torch.tensor(squeeze.std).view(3, 1, 1)
    return Entry(array, (width / pixels.shape[1], height / pixels.shape[0]))


def propose(network: Callable[..., Any], array: Tensor) -> Proposals:
    """Return one candidate for each query, with its best class.

    transformers itself gives the best pairs of query and class, so that one box may come twice.
    """
    output = network(pixel_values=array)
    scores, classes = output.logits[0].sigmoid().max(1)
    size = torch.tensor([array.shape[-1], array.shape[-2]], device=array.device)
    middle, extent = output.pred_boxes[0].split(2, dim=1)  # shares of width and height
    return torch.cat([middle - extent / 2, middle + extent / 2], dim=1) * size.repeat(2), scores, classes.int()


def _squeeze(file: Path) -> Squeeze:
    """Translate ``preprocessor_config.json``."""
    config = json.loads(file.read_text())
    spread = (tuple(config["image_mean"]), tuple(config["image_std"])) if config.get("do_normalize") else (None, None)
    size = config["size"]
    return Squeeze((size["height"], size["width"]), config.get("resample", 2), *spread)

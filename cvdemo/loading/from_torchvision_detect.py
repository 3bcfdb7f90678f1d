"""Faster R-CNN and RetinaNet of torchvision, asked for every candidate before their own suppression."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.models import detection
from torchvision.ops import FrozenBatchNorm2d

from cvdemo.catalogue import ModelSpec
from cvdemo.loading import coco
from cvdemo.loading.parts import DetectorParts, Entry, Proposals
from cvdemo.weights import Fetched

BUILDERS: dict[str, tuple[Callable[..., nn.Module], float]] = {
    "fasterrcnn_resnet50_fpn": (detection.fasterrcnn_resnet50_fpn, 0.0),
    "fasterrcnn_mobilenet_v3_large_fpn": (detection.fasterrcnn_mobilenet_v3_large_fpn, 1e-5),
    "retinanet_resnet50_fpn": (detection.retinanet_resnet50_fpn, 0.0),
}
"""Each with the epsilon of its frozen normalisation, as torchvision sets it for the weights that it publishes."""

LOWEST_SCORE = 0.01  # these propose each class for each place, ninety boxes or more where YOLO proposes one
MOST = 100_000
SIDE = 800  # of the shorter side, unless the longer one would pass 1333 px

_PLACES = torch.tensor([coco.NAMES.index(name) if name in coco.NAMES else -1 for name in coco.CATEGORIES])


class Invalid(ArithmeticError):
    """The network computed something that is no number."""


def load_torchvision_detector(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    """Return a detector of torchvision that keeps its overlapping boxes.

    Only its last suppression is set aside, for this copy: the regions that Faster R-CNN looks at twice are still
    thinned out at IoU 0.7, and RetinaNet still takes the 1,000 best of each of its five maps.
    """
    network = _network(spec, fetched)
    last: Any = network.roi_heads if hasattr(network, "roi_heads") else network
    last.nms_thresh, last.score_thresh, last.detections_per_img = 1.0, LOWEST_SCORE, MOST  # no IoU is over 1
    for part in (network.rpn.head, last.box_predictor) if hasattr(network, "rpn") else (network.head,):
        part.register_forward_hook(_check)
    countable = not hasattr(network, "rpn")  # what the second look costs depends on how many regions the photo has
    return DetectorParts(network, coco.NAMES, prepare, propose, (SIDE, SIDE), countable)


def _network(spec: ModelSpec, fetched: Fetched | None) -> Any:
    builder, epsilon = BUILDERS[spec.name]
    network = builder(weights=None, weights_backbone=None, num_classes=len(coco.CATEGORIES))
    _freeze(network, epsilon)
    if fetched is not None:
        network.load_state_dict(torch.load(fetched.weights, map_location="cpu", weights_only=True))
    return network


def _freeze(module: nn.Module, epsilon: float) -> None:
    """Put frozen normalisation in place of the usual one, as torchvision builds these networks for their weights."""
    for name, part in module.named_children():
        if isinstance(part, nn.BatchNorm2d):
            setattr(module, name, FrozenBatchNorm2d(part.num_features, epsilon))
        else:
            _freeze(part, epsilon)


def prepare(pixels: NDArray[np.uint8]) -> Entry:
    """Return the photo as it is: these networks resize it themselves and give their boxes in its pixels."""
    array = torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float() / 255
    return Entry(array, (1.0, 1.0))


def propose(network: Callable[..., Any], array: Tensor) -> Proposals:
    """Return a candidate for each place and class that scores over `LOWEST_SCORE`.

    Raises:
        Invalid: torchvision would leave out what is no number, and seem to see nothing.
    """
    found = network([array[0]])[0]
    classes = _PLACES.to(array.device)[found["labels"]]
    named = classes >= 0  # the gaps in COCO's numbers have no name
    return found["boxes"][named], found["scores"][named], classes[named].int()


def _check(_: nn.Module, __: object, output: Any) -> None:
    parts = output.values() if isinstance(output, dict) else output
    tensors = [tensor for part in parts for tensor in (part if isinstance(part, list) else [part])]
    if not all(torch.isfinite(tensor).all() for tensor in tensors):
        raise Invalid

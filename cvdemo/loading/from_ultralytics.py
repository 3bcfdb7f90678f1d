"""YOLO: ultralytics' architectures called as plain networks, with weights from their server or our own."""

import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from cvdemo.catalogue import ModelSpec
from cvdemo.loading import coco
from cvdemo.loading.checkpoint import read
from cvdemo.loading.parts import DetectorParts, Entry, Proposals
from cvdemo.loading.untouched import untouched
from cvdemo.weights import Fetched

for _name, _value in {"YOLO_AUTOINSTALL": "false", "YOLO_OFFLINE": "true", "YOLO_VERBOSE": "false"}.items():
    os.environ.setdefault(_name, _value)
with untouched():
    from ultralytics.nn.tasks import DetectionModel

SIDE = 640
STRIDE = 32
GREY = 114  # what ultralytics puts around a photo, in training too
BLOOD_CELLS = ("RBC", "WBC", "Platelets")
BLOOD_CELLS_SIDE = 416

_building = threading.Lock()  # while it builds one architecture, ultralytics keeps its facts in shared classes


def load_ultralytics(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    """Return a YOLO of the catalogue; random weights get COCO's classes."""
    state, own = read(fetched.weights) if fetched is not None else ({}, coco.NAMES)
    network = build(spec.name, len(own))
    if fetched is not None:
        network.load_state_dict(state)
    return _parts(network, coco.named(own), SIDE)


def load_blood_cells(spec: ModelSpec, fetched: Fetched | None) -> DetectorParts:
    """Return the bundled YOLOv8n that was trained on blood cells; its file holds float16, the network float32."""
    network = build("yolov8n", len(BLOOD_CELLS))
    if fetched is not None:
        network.load_state_dict(load_file(fetched.weights))
    return _parts(network, BLOOD_CELLS, BLOOD_CELLS_SIDE)


def build(name: str, class_count: int) -> nn.Module:
    """Return the architecture ``name`` (``yolov8n``, ``yolo26n``) as ultralytics' own table describes it."""
    with _building:
        return DetectionModel(f"{name}.yaml", nc=class_count, verbose=False)


def letterbox(pixels: NDArray[np.uint8], side: int) -> Entry:
    """Fit a photo into ``side`` x ``side`` pixels and fill it up with grey to multiples of 32, as ultralytics does."""
    height, width = pixels.shape[:2]
    share = min(side / height, side / width)
    inner_wh = max(1, round(width * share)), max(1, round(height * share))
    if inner_wh != (width, height):
        pixels = np.asarray(cv2.resize(pixels, inner_wh, interpolation=cv2.INTER_LINEAR), np.uint8)
    beside, below = ((side - inner) % STRIDE / 2 for inner in inner_wh)
    left, right, top, bottom = (round(rest) for rest in (beside - 0.1, beside + 0.1, below - 0.1, below + 0.1))
    grey = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(GREY, GREY, GREY))
    array = torch.from_numpy(grey).permute(2, 0, 1)[None].float() / 255  # keeps colours last in memory
    return Entry(array, (inner_wh[0] / width, inner_wh[1] / height), (left, top))


def propose(network: Callable[..., Any], array: Tensor) -> Proposals:
    """Return one candidate for each cell of the network's grids, with its best class.

    Networks that need no NMS answer with their 300 best cells, as they were trained to.
    """
    output = network(array)[0]
    if output.shape[-1] == 6:  # (1, 300, 6): x0, y0, x1, y1, score, class
        boxes, scores, classes = output[0].split((4, 1, 1), dim=1)
        return boxes, scores[:, 0], classes[:, 0].int()
    middle, size, scores = output[0].split((2, 2, output.shape[1] - 4))  # (2, cells), (2, cells), (classes, cells)
    best, classes = scores.max(0)
    return torch.cat([middle - size / 2, middle + size / 2]).T, best, classes.int()


class First(nn.Module):
    """A network's first output: boxes and scores of all cells in one tensor; the others serve training."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, array: Tensor) -> Tensor:
        """Return (N, 4 + classes, cells), or (N, 300, 6) from networks that need no NMS."""
        output: Tensor = self.network(array)[0]
        return output


def _parts(network: Any, labels: tuple[str, ...], side: int) -> DetectorParts:
    """Join each convolution with its normalisation, as ultralytics does; colours last is a quarter faster on CPUs."""
    if hasattr(network.model[-1], "one2one_cv2"):
        network.end2end = True
        network.model[-1].agnostic_nms = True  # the 300 best cells, not the 300 best pairs of cell and class
    network = network.eval().fuse(verbose=False).to(memory_format=torch.channels_last)
    return DetectorParts(network, labels, partial(letterbox, side=side), propose, (side, side), graph=First(network))

